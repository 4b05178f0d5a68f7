import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StoredAnswer } from "../../../spec/answer-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import { answerStoreConformance } from "../../../testing/answer-store-conformance.ts";
import { sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "../../../testing/sample-answer.ts";
import { createMemoryAnswerStore, type MemoryAnswerStore } from "./memory-answer-store.ts";

const scope = sampleScope("owner");
const owner = "owner" as Scope;

function answerOf(bytes: number, over: Partial<StoredAnswer> = {}): StoredAnswer {
  return sampleAnswer({ kind: "whole", pieces: [new Uint8Array(bytes)], ...over });
}

function put(store: MemoryAnswerStore, key: string, answer: StoredAnswer, atMs: number = nowMs): void {
  store.set(scope, key, answer, store.ticketOf(owner, atMs), atMs);
}

function has(store: MemoryAnswerStore, key: string, atMs: number = nowMs): boolean {
  return store.get(scope, key, atMs).answer !== null;
}

describe("the answer store in memory: conformance", () => {
  answerStoreConformance(test, createMemoryAnswerStore);
});

describe("the answer store in memory: room", () => {
  test("never holds more than its bytes, and what it gives is what was stored, whatever happens", () => {
    const sizes = fc.oneof(fc.nat({ max: 400 }), fc.nat({ max: 5_000 }), fc.nat({ max: 60_000 }));
    const step = fc.record({
      key: fc.nat({ max: 60 }),
      bytes: sizes,
      reads: fc.nat({ max: 3 }),
      laterMs: fc.nat({ max: 300_000 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 100_000, max: 600_000 }), fc.array(step, { maxLength: 300 }), (bytesMax, steps) => {
        const store = createMemoryAnswerStore({ bytesMax });
        const latest = new Map<string, StoredAnswer>();
        let atMs = nowMs;
        for (const { key, bytes, reads, laterMs } of steps) {
          atMs += laterMs;
          const answer = answerOf(bytes, { boughtBy: BigInt(atMs) * 1_000n + BigInt(bytes), endsAtMs: atMs + 600_000 });
          put(store, `key-${key}`, answer, atMs);
          latest.set(`key-${key}`, answer);
          for (let read = 0; read < reads; read++) {
            const name = `key-${(key * (read + 1) + read) % 61}`;
            const found = store.get(scope, name, atMs).answer;
            const wanted = latest.get(name);
            if (found === null) continue;
            expect([found.boughtBy, found.pieces[0]?.length]).toEqual([wanted?.boughtBy, wanted?.pieces[0]?.length]);
            expect(atMs).toBeLessThan(found.endsAtMs);
          }
          expect(store.stats(atMs).bytes).toBeLessThanOrEqual(bytesMax);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("keeps of equal answers those that were asked for most, when all were asked for", () => {
    const store = createMemoryAnswerStore({ bytesMax: 400_000 });
    for (let index = 0; index < 400; index++) {
      put(store, `key-${index}`, answerOf(1_000), nowMs + index);
      const hits = index % 4 === 0 ? 8 : 1;
      for (let hit = 0; hit < hits; hit++) has(store, `key-${index}`, nowMs + index);
    }
    const left = (rest: number): number =>
      Array.from({ length: 75 }, (_, index) => has(store, `key-${index * 4 + rest}`)).filter(Boolean).length;
    expect(left(0)).toBeGreaterThan(3 * left(1));
  });

  test("keeps of answers that were asked for alike the dear and the small", () => {
    const store = createMemoryAnswerStore({ bytesMax: 400_000 });
    const kinds = [answerOf(1_000, { costPicoUsd: 9_000_000n }), answerOf(1_000), answerOf(1_000, { costPicoUsd: 0n })];
    for (let index = 0; index < 600; index++) {
      put(store, `key-${index}`, kinds[index % 3] ?? answerOf(0), nowMs + index);
      has(store, `key-${index}`, nowMs + index);
    }
    const left = (rest: number): number =>
      Array.from({ length: 100 }, (_, index) => has(store, `key-${index * 3 + rest}`)).filter(Boolean).length;
    expect(left(0)).toBeGreaterThan(50);
    expect(left(0)).toBeGreaterThan(left(1));
    expect(left(2)).toBe(0);
  });

  test("lets go of what was asked for long ago", () => {
    const store = createMemoryAnswerStore({ bytesMax: 400_000 });
    const day = 86_400_000;
    put(store, "yesterday", answerOf(1_000, { endsAtMs: nowMs + 9 * day }));
    for (let hit = 0; hit < 3; hit++) has(store, "yesterday");
    for (let index = 0; index < 1_000; index++)
      put(store, `key-${index}`, answerOf(1_000, { endsAtMs: nowMs + 9 * day }), nowMs + 2 * day);
    expect(has(store, "yesterday", nowMs + 2 * day)).toBe(false);
  });

  test("keeps nothing in a room too small for it, and does not hang", () => {
    const store = createMemoryAnswerStore({ bytesMax: 10_000 });
    put(store, "key", answerOf(10));
    expect(has(store, "key")).toBe(false);
  });

  test("holds no piece in memory that came from the network, and gives none of its own out", () => {
    const store = createMemoryAnswerStore({ bytesMax: 1 << 20 });
    put(store, "key", answerOf(8));
    const [piece] = store.get(scope, "key", nowMs).answer?.pieces ?? [];
    piece?.fill(7);
    expect(store.get(scope, "key", nowMs).answer?.pieces[0]?.every((byte) => byte === 0)).toBe(true);
  });
});

describe("the answer store in memory: owners", () => {
  test("forgets all of an owner with more invalidations than it has room for, and nothing of the others", () => {
    const store = createMemoryAnswerStore({ bytesMax: 1 << 20 });
    put(store, "key", answerOf(10));
    const other = sampleScope("other");
    store.set(other, "key", answerOf(10), store.ticketOf(other.owner, nowMs), nowMs);
    const before = store.ticketOf(owner, nowMs);
    for (let index = 0; index < 2_000; index++) store.invalidate(owner, `document:${index}`, nowMs);
    expect(store.ticketOf(owner, nowMs).generation).not.toBe(before.generation);
    expect(has(store, "key")).toBe(false);
    expect(store.get(other, "key", nowMs).answer).not.toBeNull();
    put(store, "key", answerOf(10));
    expect(has(store, "key")).toBe(true);
  });

  test("stays within its bytes however many owners come and invalidate", () => {
    const bytesMax = 300_000;
    const store = createMemoryAnswerStore({ bytesMax });
    for (let index = 0; index < 5_000; index++) {
      const at = sampleScope(`owner-${index}`);
      store.set(at, "key", answerOf(500), store.ticketOf(at.owner, nowMs), nowMs);
      store.invalidate(at.owner, `tag:${index}`, nowMs);
      expect(store.stats(nowMs).bytes).toBeLessThanOrEqual(bytesMax);
    }
  });

  test("serves nothing of an owner that it had no more room to remember", () => {
    const store = createMemoryAnswerStore({ bytesMax: 1 << 20 });
    put(store, "key", answerOf(10));
    const ticket = store.ticketOf(owner, nowMs);
    store.invalidate(owner, "route:default", nowMs);
    for (let index = 0; index < 5_000; index++) store.ticketOf(`owner-${index}` as Scope, nowMs);
    expect(has(store, "key")).toBe(false);
    store.set(scope, "key", answerOf(10), ticket, nowMs);
    expect(has(store, "key")).toBe(false);
  });
});
