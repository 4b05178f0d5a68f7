import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyedDigests } from "../assembly/access/keyed-digests.ts";
import { openDataDirectory } from "../assembly/data-directory.ts";
import { openConfiguredBodies } from "../assembly/open-bodies.ts";
import { loadForCommand } from "../assembly/operation.ts";
import { systemClock } from "../assembly/system-clock.ts";
import { requestIdOf } from "../kit/request-id.ts";
import type { Scope } from "../spec/caller.ts";
import { sampleAnswered, sampleAsked } from "../testing/test-asked.ts";
import { exitCodes } from "./exit-codes.ts";
import { folderWith, runHere } from "./test-run.ts";

const key = "a-key-of-a-test-with-more-than-32-characters";
const config = "dataDirectory: data\nbodies: { key: '${BODIES_KEY}' }\nroutes: [{ name: legal, compliance: true }]\n";
const env = { BODIES_KEY: key };
let folder: string;

beforeEach(async () => {
  folder = folderWith(config);
  await keepSome();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One exchange of a tenant's user, and one of the holder of a provider key; the second one's reply is no text. */
async function keepSome(): Promise<void> {
  const loaded = loadForCommand({ config: join(folder, "farthing.yaml") }, env).config;
  const digests = createKeyedDigests(openDataDirectory(loaded.dataDirectory).secret);
  const store = await openConfiguredBodies(loaded, systemClock, () => undefined);
  if (store === null) throw new Error("no store");
  for (const [id, owner] of [
    [1n, digests.scopeOf("tenant", "default")],
    [2n, digests.scopeOf("own-key", "sk-own")],
  ] as const) {
    const user = digests.digest(owner, "user:ada") as Scope;
    const about = { id, owner, user, atMs: 1_790_000_000_000 };
    await store.keepRequest({
      ...about,
      route: "legal",
      dialect: "openai-chat",
      called: "gpt-4o",
      asked: sampleAsked,
      body: bytes(`ask ${id}`),
    });
    const pieces = id === 1n ? [bytes("answer "), bytes("1")] : [Uint8Array.of(0xff, 0xfe)];
    await store.keepReply({ ...about, status: 200, complete: true, answered: sampleAnswered, pieces });
  }
  await store.close();
}

const run = (...words: string[]): ReturnType<typeof runHere> => runHere(["bodies", ...words], folder, env);
const linesOf = (out: string): Record<string, unknown>[] =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("farthing bodies export", () => {
  it("writes one line a body, text as text and anything else as base64", async () => {
    const { code, out, talk } = await run("export");
    expect([code, talk]).toEqual([exitCodes.ok, "4 bodies.\n"]);
    const about = { route: "legal", called: "gpt-4o", at: "2026-09-21T14:13:20.000Z", deleted: false };
    expect(linesOf(out)).toMatchObject([
      {
        ...about,
        position: 1,
        requestId: requestIdOf(1n),
        part: "request",
        status: null,
        complete: null,
        asked: sampleAsked,
        answered: null,
        text: "ask 1",
      },
      {
        ...about,
        position: 2,
        part: "reply",
        status: 200,
        complete: true,
        text: "answer 1",
        base64: null,
        asked: null,
      },
      { ...about, position: 3, text: "ask 2" },
      { ...about, position: 4, text: null, base64: "//4=" },
    ]);
    const one = await run("export", "--request", requestIdOf(2n));
    expect(linesOf(one.out).map(({ position }) => position)).toEqual([3, 4]);
    expect((await run("export", "--request", "nonsense")).code).toBe(exitCodes.usage);
  });

  it("says what is lacking without a key, and with another one", async () => {
    writeFileSync(join(folder, "farthing.yaml"), "dataDirectory: data\n");
    expect(await run("export")).toMatchObject({
      code: exitCodes.usage,
      talk: expect.stringContaining("no bodies.key"),
    });
    writeFileSync(join(folder, "farthing.yaml"), config);
    const other = await runHere(["bodies", "export"], folder, { BODIES_KEY: `${key}!` });
    expect(other).toMatchObject({ code: exitCodes.failure, talk: expect.stringContaining("made with another key") });
  });
});

describe("farthing bodies verify", () => {
  it("prints the head of a whole chain, which it takes back later", async () => {
    const first = await run("verify");
    expect(first).toMatchObject({ code: exitCodes.ok, talk: "The chain is whole: 4 records.\n" });
    const head = first.out.trim();
    expect(head).toMatch(/^4:[0-9a-f]{64}$/);
    expect((await run("verify", "--head", head)).code).toBe(exitCodes.ok);
    expect(
      (
        await run(
          "verify",
          "--head",
          head.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
        )
      ).code,
    ).toBe(7);
    expect((await run("verify", "--head", "4")).code).toBe(exitCodes.usage);
    const [told] = linesOf((await run("verify", "--json")).out);
    expect(told).toEqual({
      schema: "farthing.bodies.verify.v1",
      whole: true,
      records: 4,
      head: { position: 4, digest: head.slice(2) },
      brokenAt: null,
    });
  });

  it("ends with 7 where the chain is broken, and says where", async () => {
    rmSync(join(folder, "data", "bodies.head"));
    const broken = await run("verify", "--json");
    expect(broken).toMatchObject({
      code: exitCodes.checkFailed,
      talk: expect.stringContaining("bodies.head is missing"),
    });
    expect(linesOf(broken.out)).toMatchObject([{ whole: false, brokenAt: { position: 4 } }]);
  });
});

describe("farthing bodies delete-user", () => {
  it("makes that user's bodies unreadable, of a tenant or of the holder of a provider key", async () => {
    expect(await run("delete-user", "ada", "--json")).toMatchObject({
      code: exitCodes.ok,
      out: '{"schema":"farthing.bodies.delete-user.v1","records":2}\n',
    });
    const told = linesOf((await run("export")).out);
    expect(told.map(({ deleted, text }) => [deleted, text])).toEqual([
      [true, null],
      [true, null],
      [false, "ask 2"],
      [false, null],
    ]);
    expect((await run("delete-user", "ada")).talk).toContain("No bodies of this user");
    writeFileSync(join(folder, "key"), "sk-own\n");
    expect((await run("delete-user", "ada", "--own-key-file", "key")).talk).toContain("2 bodies can be read no more");
    expect(await run("verify")).toMatchObject({ code: exitCodes.ok, talk: "The chain is whole: 6 records.\n" });
  });
});

describe("farthing bodies rewrap", () => {
  it("puts the config's key in place of the old one", async () => {
    writeFileSync(join(folder, "old"), `${key}\n`);
    const next = { BODIES_KEY: `${key} no more`.replaceAll(" ", "-") };
    const told = await runHere(["bodies", "rewrap", "--old-key-file", "old", "--json"], folder, next);
    expect(told).toMatchObject({ code: exitCodes.ok, out: '{"schema":"farthing.bodies.rewrap.v1","keys":2}\n' });
    expect((await runHere(["bodies", "verify"], folder, next)).code).toBe(exitCodes.ok);
    expect((await run("verify")).code).toBe(exitCodes.failure);
  });
});
