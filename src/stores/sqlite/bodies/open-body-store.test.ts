import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BodyStore, ExportedBody, StoredReplyBody, StoredRequestBody } from "../../../spec/body-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import type { Clock } from "../../../spec/clock.ts";
import { sampleAnswered, sampleAsked } from "../../../testing/test-asked.ts";
import { openBodyFile } from "./open-body-file.ts";
import { type OpenBodyStoreOptions, openBodyStore } from "./open-body-store.ts";
import { makeBodyFolder, ownerA, ownerB, removeBodyFolder, testKey } from "./test-body-files.ts";

const dayMs = 86_400_000;
let directory: string;
let nowMs: number;
let alarms: string[];
let opened: BodyStore[];

beforeEach(() => {
  directory = makeBodyFolder();
  nowMs = 1_790_000_000_000;
  alarms = [];
  opened = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  removeBodyFolder(directory);
});

const clock: Clock = {
  nowMs: () => nowMs,
  monotonicUs: () => performance.now() * 1_000,
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

const alarm = (code: string, detail: string): void => void alarms.push(`${code}: ${detail}`);

async function open(changes: Partial<OpenBodyStoreOptions> = {}): Promise<BodyStore> {
  const store = await openBodyStore({ directory, key: testKey, retentionDays: 365, clock, alarm, ...changes });
  opened.push(store);
  return store;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const user = (name: string): Scope => name as Scope;

function request(id: bigint, changes: Partial<StoredRequestBody> = {}): StoredRequestBody {
  const about = {
    owner: ownerA,
    user: null,
    route: "legal",
    dialect: "openai-chat" as const,
    called: "gpt-4o",
    atMs: nowMs,
  };
  return { id, ...about, asked: sampleAsked, body: bytes(`what is asked in ${id}`), ...changes };
}

function reply(id: bigint, changes: Partial<StoredReplyBody> = {}): StoredReplyBody {
  const pieces = [bytes("what is "), bytes(`answered to ${id}`)];
  return {
    id,
    owner: ownerA,
    user: null,
    atMs: nowMs,
    status: 200,
    complete: true,
    answered: sampleAnswered,
    pieces,
    ...changes,
  };
}

async function all(store: BodyStore, selector: Parameters<BodyStore["read"]>[0] = {}): Promise<ExportedBody[]> {
  const bodies: ExportedBody[] = [];
  for await (const body of store.read(selector)) bodies.push(body);
  return bodies;
}

const textsOf = (bodies: readonly ExportedBody[]): (string | null)[] =>
  bodies.map(({ body }) => (body === null ? null : new TextDecoder().decode(body)));

describe("a store of bodies", () => {
  it("gives back what was kept, in order, by owner and by request, after a restart too", async () => {
    const first = await open();
    await first.keepRequest(request(1n));
    await Promise.all([first.keepReply(reply(1n)), first.keepRequest(request(2n, { owner: ownerB }))]);
    await first.close();
    const second = await open();
    await second.keepReply(reply(2n, { owner: ownerB, status: 404, complete: false }));
    const told = await all(second);
    expect(textsOf(told)).toEqual([
      "what is asked in 1",
      "what is answered to 1",
      "what is asked in 2",
      "what is answered to 2",
    ]);
    expect(told[3]).toMatchObject({
      position: 4n,
      id: 2n,
      part: "reply",
      route: "legal",
      called: "gpt-4o",
      status: 404,
      complete: false,
    });
    expect((await all(second, { owner: ownerB })).map(({ id }) => id)).toEqual([2n, 2n]);
    expect(await all(second, { id: 1n })).toHaveLength(2);
    expect(await second.verify()).toMatchObject({ records: 4n, brokenAt: null });
    expect(alarms).toEqual([]);
  });

  it("holds no word of a body in plain, and is for its owner alone", async () => {
    const store = await open();
    await store.keepRequest(request(1n, { user: user("u1"), body: bytes("PLAIN-WORD-OF-A-BODY") }));
    await store.close();
    for (const name of ["bodies.sqlite", "bodies.head"]) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(directory, name)).includes("PLAIN-WORD")).toBe(false);
    }
  });

  it("keeps bodies of any size, and many at once", { timeout: 30_000 }, async () => {
    const store = await open();
    const large = new Uint8Array(9_000_000).fill(7);
    await store.keepRequest(request(1n, { body: large }));
    await store.keepReply(reply(1n, { pieces: [] }));
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => store.keepRequest(request(BigInt(index + 10)))));
    const told = await all(store, { id: 1n });
    expect(told.map(({ body }) => body?.length)).toEqual([9_000_000, 0]);
    expect(await store.verify()).toMatchObject({ records: 1_002n, brokenAt: null });
  });

  it("does not open with another key, and opens with its own again", async () => {
    await (await open()).close();
    await expect(open({ key: `${testKey}!` })).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("made with another key"),
    });
    await open();
  });

  it("is written by two processes in turn", async () => {
    const [one, other] = [await open(), await open()];
    for (let id = 1n; id <= 20n; id += 2n)
      await Promise.all([one.keepRequest(request(id)), other.keepRequest(request(id + 1n))]);
    expect(await other.deleteUser(ownerA, user("nobody"))).toBe(0);
    expect(await one.verify()).toMatchObject({ records: 20n, brokenAt: null });
  });
});

describe("deleting a user", () => {
  it("makes that user's bodies unreadable and no others, and the chain stays whole", async () => {
    const store = await open();
    const [u1, u2] = [user("u1"), user("u2")];
    await store.keepRequest(request(1n, { user: u1 }));
    await store.keepReply(reply(1n, { user: u1 }));
    await store.keepRequest(request(2n, { user: u2 }));
    await store.keepRequest(request(3n, { user: u1, owner: ownerB }));
    expect(await store.deleteUser(ownerA, u1)).toBe(2);
    expect(await store.deleteUser(ownerA, u1)).toBe(0);
    await store.keepRequest(request(4n, { user: u1 }));
    const told = await all(store);
    expect(textsOf(told)).toEqual([null, null, "what is asked in 2", "what is asked in 3", "what is asked in 4"]);
    expect(await store.verify()).toMatchObject({ records: 6n, brokenAt: null });
  });

  it("leaves no copy of the wrapped key in the file or its log", async () => {
    const store = await open();
    await store.keepRequest(request(1n, { user: user("u1") }));
    const reader = new DatabaseSync(join(directory, "bodies.sqlite"), { readOnly: true });
    const wrapped = reader.prepare("SELECT wrapped FROM data_keys").get()?.["wrapped"] as Uint8Array;
    reader.close();
    const holds = (): boolean =>
      ["bodies.sqlite", "bodies.sqlite-wal"]
        .map((name) => join(directory, name))
        .some((file) => existsSync(file) && readFileSync(file).includes(wrapped));
    expect(holds()).toBe(true);
    await store.deleteUser(ownerA, user("u1"));
    expect(holds()).toBe(false);
  });

  it("rejects while a reader keeps the old log, and can be said again", { timeout: 20_000 }, async () => {
    const store = await open({ waitMsMax: 15_000 });
    await store.keepRequest(request(1n, { user: user("u1") }));
    const reader = new DatabaseSync(join(directory, "bodies.sqlite"), { readOnly: true });
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM records").get();
    await expect(store.deleteUser(ownerA, user("u1"))).rejects.toThrow(/a reader keeps a copy/);
    reader.close();
    expect(await store.deleteUser(ownerA, user("u1"))).toBe(0);
    expect(textsOf(await all(store))).toEqual([null]);
  });
});

describe("retention", () => {
  it("deletes the oldest records with their keys, and the chain begins where it stopped", async () => {
    const first = await open();
    for (let id = 1n; id <= 450n; id++) void first.keepRequest(request(id, { user: user("u1") }));
    await first.keepReply(reply(450n, { user: user("u1") }));
    nowMs += 31 * dayMs;
    await first.keepRequest(request(500n, { user: user("u2") }));
    const noted = (await first.verify()).head;
    await first.close();
    const second = await open({ retentionDays: 30 });
    await expect.poll(async () => (await second.verify()).records).toBe(1n);
    expect(await second.verify(noted ?? undefined)).toMatchObject({ brokenAt: null, head: noted });
    expect(textsOf(await all(second))).toEqual(["what is asked in 500"]);
    await second.keepReply(reply(500n, { user: user("u2") }));
    await second.close();
    const file = openBodyFile(directory, testKey);
    expect(file.database.prepare("SELECT count(*) AS n FROM data_keys").get()).toEqual({ n: 1n });
    file.database.close();
    expect(alarms).toEqual([]);
  });
});

describe("a store in trouble", () => {
  it("rejects when the disk takes nothing, and takes more when it does again", async () => {
    const full = await open({ faults: { diskFull: true } });
    const body = new Uint8Array(100_000);
    await expect(full.keepRequest(request(1n, { body }))).rejects.toThrow(/full/);
    await full.close();
    const store = await open();
    await store.keepRequest(request(2n, { body }));
    expect(await store.verify()).toMatchObject({ records: 1n, brokenAt: null });
  });

  it("rejects at once while its thread is dead, says so, and goes on with a new one", async () => {
    const store = await open({ faults: { dieAtFirstBatch: true } });
    await expect(store.keepRequest(request(1n))).rejects.toThrow(/thread of the store of bodies ended/);
    await expect(store.keepRequest(request(2n))).rejects.toThrow(/thread/);
    expect(alarms).toEqual([expect.stringMatching(/^bodies-unavailable: /)]);
    await expect
      .poll(
        () =>
          store.keepRequest(request(3n)).then(
            () => true,
            () => false,
          ),
        { timeout: 5_000 },
      )
      .toBe(true);
    expect((await store.verify()).brokenAt).toBeNull();
  });

  it("rejects after its longest wait when the disk stalls", async () => {
    const store = await open({ faults: { silent: true }, waitMsMax: 50 });
    await expect(store.keepRequest(request(1n))).rejects.toThrow("not on disk after 50 ms");
  });

  it("rejects what comes after it was closed", async () => {
    const store = await open();
    await store.close();
    await expect(store.keepRequest(request(1n))).rejects.toThrow(/closed/);
  });
});
