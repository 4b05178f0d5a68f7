import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AnswerStore } from "../../../spec/answer-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import { modelFound, storeAnswer } from "../../../testing/answer-store-probes.ts";
import { sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "../../../testing/sample-answer.ts";
import type { OpenAnswerStoreOptions } from "./answer-parts.ts";
import { openSqliteAnswerStore } from "./open-answer-store.ts";
import { testClock } from "./test-clock.ts";

let directory: string;
let alarms: string[];
const opened: AnswerStore[] = [];
const owner = "owner" as Scope;
const scope = sampleScope("owner");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-answers-"));
  alarms = [];
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(directory, { recursive: true });
});

const alarm = (code: string, detail: string): void => void alarms.push(`${code}: ${detail}`);

async function open(over: Partial<OpenAnswerStoreOptions> = {}): Promise<AnswerStore> {
  const store = await openSqliteAnswerStore({
    directory,
    bytesMax: 8 << 20,
    clock: testClock,
    alarm,
    gatherMs: 0,
    ...over,
  });
  opened.push(store);
  return store;
}

const file = (): string => join(directory, "answers.sqlite");

/** Everything that lies in the directory. */
function bytesOnDisk(): Buffer {
  return Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
}

describe("answers in SQLite: the file", () => {
  test("is private, and gives back after a new beginning what was stored and not invalidated", async () => {
    const first = await open();
    for (const key of ["a", "b", "c"]) await storeAnswer(first, scope, key, { model: key, tags: [`tag:${key}`] });
    await first.invalidate(owner, "tag:b", nowMs);
    await first.close();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const second = await open();
    expect(await modelFound(second, scope, "a")).toBe("a");
    expect(await modelFound(second, scope, "b")).toBeNull();
    await second.purge({ key: "c" }, nowMs);
    expect(await modelFound(second, scope, "c")).toBeNull();
    const reader = new DatabaseSync(file(), { readOnly: true });
    expect(reader.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    reader.close();
  });

  test("answers a miss at once and a hit later", async () => {
    const store = await open();
    const miss = store.get(scope, "none", nowMs);
    expect(miss).not.toBeInstanceOf(Promise);
    expect(await miss).toMatchObject({ answer: null, ticket: { sequence: 0 } });
    await storeAnswer(store, scope, "key");
    const hit = store.get(scope, "key", nowMs);
    expect(hit).toBeInstanceOf(Promise);
    expect((await hit).answer?.model).toBe("gpt-4o-mini");
  });

  test("holds nothing of what was deleted, neither in its free pages nor in its log", async () => {
    const store = await open();
    const secret = new TextEncoder().encode("what nobody must read again");
    await storeAnswer(store, scope, "key", { pieces: [secret, new Uint8Array(9_000).fill(0x71)], tags: ["user:u"] });
    expect(bytesOnDisk().includes(secret)).toBe(true);
    expect(await store.purge({ owner, tag: "user:u" }, nowMs)).toBe(1);
    expect(bytesOnDisk().includes(secret)).toBe(false);
  });

  test("is hardly larger than what it counts", async () => {
    const bytesMax = 8 << 20;
    const store = await open({ bytesMax });
    const sizes = [200, 1_000, 3_000, 9_000, 30_000];
    const writes: (void | Promise<void>)[] = [];
    const ticket = await store.ticketOf(owner, nowMs);
    for (let index = 0; index < 3_000; index++) {
      const pieces = [new Uint8Array(sizes[index % sizes.length] ?? 0)];
      writes.push(store.set(scope, `key-${index}`, sampleAnswer({ pieces }), ticket, nowMs + index));
      if (index % 100 === 99) await Promise.all(writes.splice(0));
    }
    const { bytes, evicted } = await store.stats(nowMs);
    expect(evicted).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThanOrEqual(bytesMax);
    expect(bytes).toBeGreaterThan(bytesMax * 0.9);
    await store.close();
    expect(statSync(file()).size / bytesMax).toBeLessThan(1.15);
  });

  test("of something else, or of a newer version, is refused with what to do", async () => {
    const foreign = new DatabaseSync(file());
    foreign.exec("CREATE TABLE theirs (id INTEGER)");
    foreign.close();
    await expect(open()).rejects.toThrow(/answers.sqlite in .* is not a Farthing store of answers. Move it away/);
    rmSync(file());
    await (await open()).close();
    const newer = new DatabaseSync(file());
    newer.exec("PRAGMA user_version=99");
    newer.close();
    await expect(open()).rejects.toThrow(/newer Farthing/);
  });

  test("gives up what has ended by itself", async () => {
    const timers: (() => void)[] = [];
    const after = (_delayMs: number, run: () => void): (() => void) => {
      timers.push(run);
      return () => undefined;
    };
    const store = await open({ clock: { ...testClock, after, nowMs: () => nowMs + 5_000 } });
    await storeAnswer(store, scope, "ended", { freshUntilMs: nowMs + 4_000, endsAtMs: nowMs + 4_000 });
    await storeAnswer(store, scope, "lives");
    expect((await store.stats(nowMs)).entries).toBe(2);
    for (const run of timers.splice(0)) run();
    await expect.poll(async () => (await store.stats(nowMs)).entries, { timeout: 10_000 }).toBe(1);
    expect(await modelFound(store, scope, "lives")).toBe("gpt-4o-mini");
  });
});

describe("answers in SQLite: several at one file", () => {
  test("an invalidation and a deletion from outside hold at once", async () => {
    const store = await open();
    const outside = await open();
    for (const key of ["a", "b", "c"]) await storeAnswer(store, scope, key, { model: key, tags: [`tag:${key}`] });
    const before = await store.ticketOf(owner, nowMs);
    await outside.invalidate(owner, "tag:a", nowMs);
    expect(await modelFound(store, scope, "a")).toBeNull();
    expect(await outside.purge({ owner, tag: "tag:b" }, nowMs)).toBe(1);
    expect(await modelFound(store, scope, "b")).toBeNull();
    expect(await modelFound(store, scope, "c")).toBe("c");
    expect((await store.ticketOf(owner, nowMs)).sequence).toBeGreaterThan(before.sequence);
    expect(await outside.purge({}, nowMs)).toBe(2);
    expect(await modelFound(store, scope, "c")).toBeNull();
  });

  test("an answer on its way when another process invalidated it is not served", async () => {
    const store = await open();
    const { ticket } = await store.get(scope, "key", nowMs);
    const outside = await open();
    await outside.invalidate(owner, "route:default", nowMs);
    if (ticket !== null) await store.set(scope, "key", sampleAnswer(), ticket, nowMs);
    expect(await modelFound(store, scope, "key")).toBeNull();
  });

  test("a ticket tells at once of what was invalidated from outside, however often it was asked for before", async () => {
    const [store, other] = [await open(), await open()];
    const sequences: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (let again = 0; again < 2; again++) sequences.push((await store.ticketOf(owner, nowMs)).sequence);
      await other.invalidate(owner, `tag:${round}`, nowMs);
    }
    expect(sequences).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test("one that was replaced by another is left, and nothing of it is served", async () => {
    const store = await open();
    await storeAnswer(store, scope, "key");
    await (store as AnswerStore).stats(nowMs);
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    await expect(Promise.resolve(store.get(scope, "key", nowMs))).rejects.toThrow(/replaced/);
    await expect.poll(async () => (await store.get(scope, "key", nowMs)).ticket?.sequence, { timeout: 10_000 }).toBe(0);
    expect(await modelFound(store, scope, "key")).toBeNull();
    await storeAnswer(store, scope, "key");
    expect(await modelFound(store, scope, "key")).toBe("gpt-4o-mini");
    expect(alarms).toHaveLength(1);
  });
});

describe("answers in SQLite: trouble", () => {
  test("a file that is no database is put aside with an alarm, and the start goes on", async () => {
    writeFileSync(file(), "not a database at all, but long enough to be read as one".repeat(200));
    const store = await open();
    await storeAnswer(store, scope, "key");
    expect(await modelFound(store, scope, "key")).toBe("gpt-4o-mini");
    expect(alarms).toEqual([
      expect.stringMatching(/cache-unreachable: .*spoilt.*put aside as .*answers.sqlite.spoilt/),
    ]);
    expect(readFileSync(`${file()}.spoilt`, "utf8")).toMatch(/^not a database/);
  });

  test("pages overwritten with noise never lead to a wrong answer, nor to a start that fails", async () => {
    const first = await open();
    for (let index = 0; index < 200; index++) {
      await storeAnswer(first, scope, `key-${index}`, { model: `model-${index}`, pieces: [new Uint8Array(3_000)] });
    }
    await first.close();
    const whole = `${directory}-whole`;
    copyFileSync(file(), whole);
    const pages = statSync(file()).size / 4_096;
    try {
      let served = 0;
      for (const page of [0, 1, 2, 5, 9, pages >> 1, pages - 2]) {
        copyFileSync(whole, file());
        const handle = openSync(file(), "r+");
        writeSync(handle, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096);
        closeSync(handle);
        const store = await open();
        for (let index = 0; index < 200; index++) {
          const model = await modelFound(store, scope, `key-${index}`).catch(() => null);
          if (model === null) continue;
          expect(model).toBe(`model-${index}`);
          served++;
        }
        await store.close();
      }
      expect(served).toBeGreaterThan(200);
    } finally {
      rmSync(whole);
    }
  });

  test("a body that was torn is not served, and is deleted with an alarm", async () => {
    const store = await open();
    await storeAnswer(store, scope, "key");
    const outside = new DatabaseSync(file());
    outside.exec("UPDATE bodies SET body = CAST(substr(body, 1, length(body) - 7) || x'00000000000000' AS BLOB)");
    outside.close();
    expect(await modelFound(store, scope, "key")).toBeNull();
    expect(alarms).toEqual([expect.stringMatching(/spoilt on the disk/)]);
    await expect.poll(async () => (await store.stats(nowMs)).entries, { timeout: 10_000 }).toBe(0);
    await storeAnswer(store, scope, "key", { model: "new" });
    expect(await modelFound(store, scope, "key")).toBe("new");
  });

  test("a body put under another key is not served", async () => {
    const store = await open();
    await storeAnswer(store, scope, "a", { model: "a" });
    await storeAnswer(store, sampleScope("other"), "a", { model: "of the other" });
    const outside = new DatabaseSync(file());
    outside.exec("UPDATE bodies SET body = (SELECT body FROM bodies WHERE id = 2) WHERE id = 1");
    outside.close();
    expect(await modelFound(store, scope, "a")).toBeNull();
    expect(await modelFound(store, sampleScope("other"), "a")).toBe("of the other");
  });

  test("a thread that dies rejects what it had, and the next one goes on", async () => {
    const store = await open({ faults: { dieAtFirstBatch: true } });
    await expect(storeAnswer(store, scope, "key")).rejects.toThrow(/ended before it answered/);
    await storeAnswer(store, scope, "key");
    expect(await modelFound(store, scope, "key")).toBe("gpt-4o-mini");
    expect(alarms).toEqual([expect.stringMatching(/started again/)]);
  });

  test("a transaction that another process holds keeps nobody from reading", async () => {
    const store = await open();
    await storeAnswer(store, scope, "key");
    const other = new DatabaseSync(file());
    other.exec("BEGIN IMMEDIATE");
    const write = storeAnswer(store, scope, "later");
    expect(await modelFound(store, scope, "key")).toBe("gpt-4o-mini");
    other.exec("ROLLBACK");
    other.close();
    await write;
    expect(await modelFound(store, scope, "later")).toBe("gpt-4o-mini");
  });

  test("a closed store has written what it took, and takes nothing more", async () => {
    const store = await open();
    const ticket = await store.ticketOf(owner, nowMs);
    const write = store.set(scope, "key", sampleAnswer(), ticket, nowMs);
    await store.close();
    await write;
    await expect(Promise.resolve(store.get(scope, "key", nowMs))).rejects.toThrow(/closed/);
    await expect(store.invalidate(owner, "tag:x", nowMs)).rejects.toThrow(/closed/);
    expect(await modelFound(await open(), scope, "key")).toBe("gpt-4o-mini");
  });
});
