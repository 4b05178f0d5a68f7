import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startUpstream, type Upstream, usualAnswer } from "../gateway/test-gateway.ts";
import { createFarthing } from "./create-farthing.ts";
import { chatInit, chatUrl, writeLibraryConfig } from "./test-library.ts";

let upstream: Upstream;
let directory: string;
const home = process.cwd();
beforeAll(async () => {
  upstream = await startUpstream();
  directory = mkdtempSync(join(tmpdir(), "farthing-library-config-"));
});
beforeEach(() => {
  upstream.answer = usualAnswer;
  upstream.calls.length = 0;
});
afterAll(async () => {
  process.chdir(home);
  await upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

const quiet = { log: (): void => undefined };

describe("the config of a library", () => {
  it("may be the document itself, read by the rules of the file", async () => {
    const config = {
      dataDirectory: join(directory, "object"),
      providers: { openai: { baseUrl: upstream.origin, key: "${PROVIDER_KEY}" }, anthropic: undefined },
      routes: [{ name: "cached", exactCache: { enabled: true, ttl: "1h" } }],
    };
    const farthing = await createFarthing({ config, env: { PROVIDER_KEY: "sk-held" }, ...quiet });
    const key = /fk_\S+/.exec(farthing.firstStartNotices.join("\n"))?.[0] ?? "";
    const init = chatInit({ temperature: 0 }, { authorization: `Bearer ${key}` });
    const [first, second] = [await farthing.fetch(chatUrl, init), await farthing.fetch(chatUrl, init)];
    expect([first, second].map((response) => response.headers.get("x-farthing-cache"))).toEqual(["miss", "hit"]);
    expect(upstream.calls[0]?.headers).toContain("Bearer sk-held");
    await farthing.close();
  });

  it("as a document that is wrong is refused by the path of what is wrong", async () => {
    const env = { FARTHING_DATA_DIR: join(directory, "wrong-object") };
    const config = { providers: { openai: {}, local: {} }, routes: [{ name: "a", exactCache: { ttl: "soon" } }] };
    const wrong = createFarthing({ config, env, ...quiet });
    await expect(wrong).rejects.toMatchObject({ code: "config_invalid" });
    await expect(wrong).rejects.toThrow(/^config: routes\[0\]\.exactCache\.ttl: /m);
  });

  it("that is wrong is refused by the place of what is wrong, and nothing is left behind", async () => {
    const dataDirectory = join(directory, "wrong");
    const file = writeLibraryConfig(directory, upstream.origin, `routes: [{ name: a, exactCache: { ttl: soon } }]`);
    const env = { FARTHING_DATA_DIR: dataDirectory };
    const wrong = createFarthing({ config: file, env, ...quiet });
    await expect(wrong).rejects.toMatchObject({ code: "config_invalid" });
    await expect(wrong).rejects.toThrow(/farthing\.yaml:\d+:\d+: routes\[0\]\.exactCache\.ttl: /);
    const absent = createFarthing({ config: join(directory, "no.yaml"), env, ...quiet });
    await expect(absent).rejects.toMatchObject({ code: "config_invalid" });
    expect(existsSync(dataDirectory)).toBe(false);
  });

  it("that is odd without being wrong is told to the log", async () => {
    const config = writeLibraryConfig(directory, upstream.origin);
    const lines: object[] = [];
    const env = { OPENAI_BASE_URL: "http://127.0.0.1:9", FARTHING_DATA_DIR: join(directory, "odd") };
    const farthing = await createFarthing({ config, env, log: (line) => lines.push(line) });
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", event: "config-warning" }));
    await farthing.close();
  });

  it("is the command line's when none is named: farthing.yaml, if it is there", async () => {
    writeLibraryConfig(directory, upstream.origin);
    process.chdir(directory);
    const farthing = await createFarthing({ env: {}, ...quiet });
    expect((await farthing.fetch(chatUrl, chatInit())).status).toBe(200);
    expect(upstream.calls).toHaveLength(1);
    await farthing.close();
  });
});
