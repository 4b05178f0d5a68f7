import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import type { AnswerStore } from "../../../spec/answer-store.ts";
import { answerStoreConformance } from "../../../testing/answer-store-conformance.ts";
import { sampleStoredAtMs as nowMs } from "../../../testing/sample-answer.ts";
import { openSqliteAnswerStore } from "./open-answer-store.ts";
import { testClock } from "./test-clock.ts";

const directories: string[] = [];
const alarm = (code: string, detail: string): never => {
  throw new Error(`${code}: ${detail}`);
};

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "farthing-answers-"));
  directories.push(directory);
  return directory;
}

describe("answers in SQLite: conformance", () => {
  // Two threads take a moment to begin, so one store serves all tests that are not about room, emptied before each.
  const shared = { directory: "", store: null as AnswerStore | null };
  afterAll(async () => {
    await shared.store?.close();
    for (const directory of directories) rmSync(directory, { recursive: true });
  });
  answerStoreConformance(test, async ({ bytesMax }) => {
    if (bytesMax < 1 << 20)
      return openSqliteAnswerStore({ directory: freshDirectory(), bytesMax, clock: testClock, alarm, gatherMs: 0 });
    shared.directory ||= freshDirectory();
    shared.store ??= await openSqliteAnswerStore({
      directory: shared.directory,
      bytesMax,
      clock: testClock,
      alarm,
      gatherMs: 0,
    });
    await shared.store.purge({}, nowMs);
    return withoutClose(shared.store);
  });
});

function withoutClose(store: AnswerStore): AnswerStore {
  return {
    get: (scope_, key, atMs) => store.get(scope_, key, atMs),
    getMany: (scope_, keys, atMs) => store.getMany(scope_, keys, atMs),
    ticketOf: (owner_, atMs) => store.ticketOf(owner_, atMs),
    set: (scope_, key, answer, ticket, atMs) => store.set(scope_, key, answer, ticket, atMs),
    invalidate: (owner_, tag, atMs) => store.invalidate(owner_, tag, atMs),
    purge: (selector, atMs) => store.purge(selector, atMs),
    stats: (atMs) => store.stats(atMs),
    scan: (selector, atMs) => store.scan(selector, atMs),
    close: () => Promise.resolve(),
  };
}
