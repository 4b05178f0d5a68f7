import assert from "node:assert/strict";
import type { AnswerStore, StoredAnswer } from "../spec/answer-store.ts";
import { modelFound, storeAnswer, type StoreTest } from "./answer-store-probes.ts";
import { sampleScope, sampleStoredAtMs as nowMs } from "./sample-answer.ts";

const scope = sampleScope("owner");
const bytesMax = 256 << 10;
/** Answers of 2 KiB: about a hundred fit. */
const floodBytes = 2_048;
/** Fills the room several times. */
const floodEntries = 500;

function bodyOf(bytes: number): Partial<StoredAnswer> {
  return { kind: "whole", pieces: [new Uint8Array(bytes).fill(0x61)] };
}

/** Answers that nobody asks for again, a millisecond apart, at a cost of a thousandth of the sample's. */
async function flood(store: AnswerStore, name: string): Promise<void> {
  for (let index = 0; index < floodEntries; index++) {
    const over = { ...bodyOf(floodBytes), costPicoUsd: 3_600n };
    await storeAnswer(store, scope, `${name}-${index}`, over, nowMs + index);
    if (index % 25 === 0) assertWithin(await store.stats(nowMs + index));
  }
}

function assertWithin(stats: Awaited<ReturnType<AnswerStore["stats"]>>): void {
  assert.ok(stats.bytes <= bytesMax, `${stats.bytes} bytes where ${bytesMax} were allowed`);
}

/** Rules of {@link AnswerStore} about room: a bound in bytes, and who goes when it is reached. */
export function checkAnswerSizes(withStore: StoreTest): void {
  withStore(
    "tells how full it is",
    async (store) => {
      assert.deepEqual((await store.stats(nowMs)).entries, 0);
      for (let index = 0; index < 10; index++) await storeAnswer(store, scope, `key-${index}`, bodyOf(1_000));
      const { entries, bytes, bytesMax: told, evicted } = await store.stats(nowMs);
      assert.deepEqual({ entries, told, evicted }, { entries: 10, told: bytesMax, evicted: 0 });
      assert.ok(bytes >= 10_000, `${bytes} bytes for ten answers of a thousand`);
    },
    bytesMax,
  );

  withStore(
    "never holds more bytes than it may, and keeps the newest, however much comes",
    async (store) => {
      await flood(store, "flood");
      const { entries, evicted, ...stats } = await store.stats(nowMs + floodEntries);
      assertWithin({ entries, evicted, ...stats });
      assert.ok(entries >= 30, `only ${entries} entries are left where about a hundred have room`);
      assert.equal(entries + evicted, floodEntries);
      const newest = await modelFound(store, scope, `flood-${floodEntries - 1}`, nowMs + floodEntries);
      assert.equal(newest, "gpt-4o-mini");
    },
    bytesMax,
  );

  withStore(
    "keeps what was asked for and dear through a flood of answers that nobody asks for again",
    async (store) => {
      const wanted = ["wanted-1", "wanted-2", "wanted-3", "wanted-4"];
      for (const key of wanted) await storeAnswer(store, scope, key, bodyOf(floodBytes));
      for (let hit = 0; hit < 5; hit++)
        for (const key of wanted) assert.notEqual(await modelFound(store, scope, key), null);
      await flood(store, "flood");
      for (const key of wanted) assert.notEqual(await modelFound(store, scope, key, nowMs + floodEntries), null, key);
    },
    bytesMax,
  );

  withStore(
    "does not store an answer larger than itself, nor throw others out for it",
    async (store) => {
      for (let index = 0; index < 10; index++) await storeAnswer(store, scope, `key-${index}`, bodyOf(floodBytes));
      await storeAnswer(store, scope, "large", bodyOf(bytesMax));
      assert.equal(await modelFound(store, scope, "large"), null);
      for (let index = 0; index < 10; index++) assert.notEqual(await modelFound(store, scope, `key-${index}`), null);
      assertWithin(await store.stats(nowMs));
    },
    bytesMax,
  );

  withStore(
    "has room again for what was deleted",
    async (store) => {
      await flood(store, "first");
      const before = await store.stats(nowMs);
      assert.ok((await store.purge({}, nowMs)) > 0);
      const after = await store.stats(nowMs);
      assert.equal(after.entries, 0);
      assert.ok(after.bytes < before.bytes);
      await flood(store, "second");
      assert.ok((await store.stats(nowMs)).entries >= 30);
    },
    bytesMax,
  );
}
