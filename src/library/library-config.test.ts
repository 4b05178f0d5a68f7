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
  it("that is wrong is refused by the place of what is wrong, and nothing is left behind", async () => {
    const dataDirectory = join(directory, "wrong");
    const file = writeLibraryConfig(directory, upstream.origin, `routes: [{ name: a, exactCache: { ttl: soon } }]`);
    const env = { FARTHING_DATA_DIR: dataDirectory };
    const wrong = createFarthing({ config: file, env, ...quiet });
    await expect(wrong).rejects.toMatchObject({ code: "config_invalid" });
    await expect(wrong).rejects.toThrow(/farthing\.yaml:\d+:\d+: routes\[0\]\.exactCache\.ttl: /);
    for (const config of [join(directory, "no.yaml"), { routes: [] } as never]) {
      await expect(createFarthing({ config, env, ...quiet })).rejects.toMatchObject({ code: "config_invalid" });
    }
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
