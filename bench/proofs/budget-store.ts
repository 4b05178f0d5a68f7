import { randomUUID } from "node:crypto";
import type { LimitStore } from "../../src/spec/limit-store.ts";
import { createQueuedLimitStore, type LimitAnswer, type LimitCall } from "../../src/stores/limit-calls.ts";
import { openLimitDatabase } from "../../src/stores/sqlite/limits/limit-database.ts";

/**
 * The store of balances in SQLite without its thread, so that virtual time can run it: what is called in one turn is one
 * transaction, as in the thread. It does not sync: a race measures who gets in, the conformance suite that it is kept.
 */
export function openInProcess(directory: string): LimitStore {
  const database = openLimitDatabase(directory, randomUUID(), 5_000, "OFF");
  let waiting: { call: LimitCall; resolve: (answer: LimitAnswer) => void; reject: (error: unknown) => void }[] = [];
  let sequence = 0;
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    sequence += 1;
    try {
      const answers = database.apply({ sequence, nowMs: 0, calls: batch.map(({ call }) => call) });
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] ?? null);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return createQueuedLimitStore(
    (call) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) queueMicrotask(flush);
        waiting.push({ call, resolve, reject });
      }),
    () => Promise.resolve(database.close()),
  );
}
