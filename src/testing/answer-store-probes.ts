import assert from "node:assert/strict";
import type { AnswerStore, AnswerTicket, StoredAnswer } from "../spec/answer-store.ts";
import type { CacheScope } from "../spec/cache-scope.ts";
import { sampleAnswer, sampleStoredAtMs } from "./sample-answer.ts";

/** Registers a test that gets an empty store with room for `bytesMax` (default ample) and closes it. */
export type StoreTest = (name: string, run: (store: AnswerStore) => Promise<void>, bytesMax?: number) => void;

/** Stores as a stage does: with the ticket of its own lookup. */
export async function storeAnswer(
  store: AnswerStore,
  scope: CacheScope,
  key: string,
  over: Partial<StoredAnswer> = {},
  atMs: number = sampleStoredAtMs,
): Promise<void> {
  const { ticket } = await store.get(scope, key, atMs);
  await store.set(scope, key, sampleAnswer(over), told(ticket), atMs);
}

/** The model of the answer found, which tests tell answers by; null for none. */
export async function modelFound(
  store: AnswerStore,
  scope: CacheScope,
  key: string,
  atMs: number = sampleStoredAtMs,
): Promise<string | null> {
  return (await store.get(scope, key, atMs)).answer?.model ?? null;
}

/** The ticket, which a store that is well always gives. */
export function told(ticket: AnswerTicket | null): AnswerTicket {
  assert.notEqual(ticket, null, "a store that is well gives a ticket");
  return ticket as AnswerTicket;
}
