import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AnswerStore } from "../../../spec/answer-store.ts";
import { modelFound, storeAnswer } from "../../../testing/answer-store-probes.ts";
import { sampleScope, sampleStoredAtMs as nowMs } from "../../../testing/sample-answer.ts";
import { openSqliteAnswerStore } from "./open-answer-store.ts";
import { testClock } from "./test-clock.ts";

const entries = 50_000;
/** Where the steps are what matters. */
const few = 20_000;
/** A hundred times what it takes on an idle machine would be a mistake, ten times is a busy one. */
const openMsMax = 3_000;
const scope = sampleScope("owner");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-answers-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(bytesMax = 2 ** 30): Promise<AnswerStore> {
  return openSqliteAnswerStore({ directory, bytesMax, clock: testClock, alarm: () => undefined, gatherMs: 0 });
}

/** As the writing thread leaves them, but for the bodies, which nobody asks for. */
function addEntries(count: number): void {
  const database = new DatabaseSync(join(directory, "answers.sqlite"));
  database.exec(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
     INSERT INTO entries SELECT NULL, abs(random()) >> 11, 1000, 0, 0, ${nowMs}, 0, ${nowMs}, ${nowMs + 3_600_000}, 'tenant',
       'owner', 'owner', 'filler-' || i, '["tag:' || (i % 10) || '"]' FROM n`,
  );
  database.exec("INSERT INTO bodies SELECT id, zeroblob(800) FROM entries WHERE key LIKE 'filler-%'");
  database.exec(`UPDATE store SET entries = entries + ${count}, bytes = bytes + ${count} * 1000`);
  database.close();
}

describe("answers in SQLite: many of them", () => {
  test("are there soon after the start, and a miss among them asks no file", { timeout: 30_000 }, async () => {
    const first = await open();
    await storeAnswer(first, scope, "known");
    await first.close();
    addEntries(entries);
    const begunMs = performance.now();
    const store = await open();
    expect(performance.now() - begunMs).toBeLessThan(openMsMax);
    expect((await store.stats(nowMs)).entries).toBe(entries + 1);
    expect(await modelFound(store, scope, "known")).toBe("gpt-4o-mini");
    for (let index = 0; index < 1_000; index++) {
      expect(store.get(scope, `unknown-${index}`, nowMs)).not.toBeInstanceOf(Promise);
    }
    await store.close();
  });

  test("are gone through in steps when some are deleted, while others are read", { timeout: 30_000 }, async () => {
    await (await open()).close();
    addEntries(few);
    const store = await open();
    await storeAnswer(store, scope, "known", { tags: ["tag:other"] });
    const purging = { isDone: false };
    const gone = Promise.resolve(store.purge({ tag: "tag:3" }, nowMs)).finally(() => (purging.isDone = true));
    let readMeanwhile = 0;
    while (!purging.isDone) if ((await modelFound(store, scope, "known")) === "gpt-4o-mini") readMeanwhile++;
    expect(await gone).toBe(few / 10);
    expect(readMeanwhile).toBeGreaterThan(10);
    expect((await store.stats(nowMs)).entries).toBe(few - few / 10 + 1);
    await store.close();
  });

  test("make room in steps when the store was made smaller", { timeout: 30_000 }, async () => {
    await (await open()).close();
    addEntries(few);
    const store = await open(few * 200);
    for (let index = 0; index < 40; index++) await storeAnswer(store, scope, `new-${index}`);
    const { bytes, bytesMax } = await store.stats(nowMs);
    expect(bytes).toBeLessThanOrEqual(bytesMax);
    expect(await modelFound(store, scope, "new-39")).toBe("gpt-4o-mini");
    await store.close();
  });
});
