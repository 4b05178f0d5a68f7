import type { AnswerStore } from "../../src/spec/answer-store.ts";
import type { CacheScope } from "../../src/spec/cache-scope.ts";

/** Where a store's answers are, by number, in no particular order. */
export interface StoredPlaces {
  /** Of all of them: they have one owner. */
  readonly scope: CacheScope;
  readonly count: number;
  /** @param index from 0 up to but without `count`. */
  readonly keyAt: (index: number) => string;
}

/**
 * Reads where the answers of a store are, which all have one owner and keys of one length. The keys are kept out of the heap: a million texts
 * would be looked through by every large collection, and that is no cost of a hit.
 *
 * @throws Error when the store is empty or its keys differ in length.
 */
export async function readPlaces(store: AnswerStore): Promise<StoredPlaces> {
  const nowMs = Date.now();
  const { entries } = await store.stats(nowMs);
  let keys = Buffer.alloc(0);
  let [shared, width, count]: [CacheScope | null, number, number] = [null, 0, 0];
  for await (const { scope, key } of store.scan({}, nowMs)) {
    if (shared === null) [shared, width, keys] = [scope, key.length, Buffer.alloc(entries * key.length)];
    if (key.length !== width) throw new Error("keys differ in length");
    keys.write(key, count * width, "latin1");
    count += 1;
  }
  if (shared === null) throw new Error("the store is empty");
  return { scope: shared, count, keyAt: (index) => keys.toString("latin1", index * width, (index + 1) * width) };
}
