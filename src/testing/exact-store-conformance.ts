import assert from "node:assert/strict";
import type { Scope } from "../spec/caller.ts";
import type { ExactStore, StoredReply } from "../spec/exact-store.ts";

/** How a test framework takes a test; `test` of vitest and of node:test both fit. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

const scopeA = "scope-a" as Scope;
const scopeB = "scope-b" as Scope;
const nowMs = 1_767_225_600_000;

/** An answer as a stage would store it, of two pieces. */
export function sampleReply(over: Partial<StoredReply> = {}): StoredReply {
  return {
    kind: "stream",
    headers: ["content-type", "text/event-stream"],
    pieces: [new TextEncoder().encode("data: one\n\n"), new TextEncoder().encode("data: [DONE]\n\n")],
    usage: { source: "provider", tokens: { input: 12, output: 3 } },
    endpointId: "openai",
    vendor: "openai",
    model: "gpt-4o-mini",
    boughtBy: 1n << 58n,
    storedAtMs: nowMs,
    expiresAtMs: nowMs + 3_600_000,
    ...over,
  };
}

/** What every {@link ExactStore} must hold to. `create` makes an empty store with room for a megabyte. */
export function exactStoreConformance(test: RegisterTest, create: () => ExactStore | Promise<ExactStore>): void {
  test("gives back what was stored, byte for byte and piece for piece", async () => {
    const store = await create();
    const reply = sampleReply();
    await store.set(scopeA, "key", reply);
    assertSame(await store.get(scopeA, "key", nowMs), reply);
  });

  test("knows nothing about keys it never saw", async () => {
    const store = await create();
    await store.set(scopeA, "key", sampleReply());
    assert.equal(await store.get(scopeA, "other", nowMs), null);
  });

  test("gives nothing to another scope, even for the same key", async () => {
    const store = await create();
    await store.set(scopeA, "key", sampleReply());
    assert.equal(await store.get(scopeB, "key", nowMs), null);
    assertSame(await store.get(scopeA, "key", nowMs), sampleReply());
  });

  test("ends an entry at its time, which reading does not put off", async () => {
    const store = await create();
    const reply = sampleReply({ expiresAtMs: nowMs + 1_000 });
    await store.set(scopeA, "key", reply);
    assertSame(await store.get(scopeA, "key", nowMs + 500), reply);
    assertSame(await store.get(scopeA, "key", nowMs + 999), reply);
    assert.equal(await store.get(scopeA, "key", nowMs + 1_000), null);
    assert.equal(await store.get(scopeA, "key", nowMs + 60_000), null);
  });

  test("keeps the newer of two answers to one key", async () => {
    const store = await create();
    await store.set(scopeA, "key", sampleReply({ model: "old" }));
    await store.set(scopeA, "key", sampleReply({ model: "new" }));
    assert.equal((await store.get(scopeA, "key", nowMs))?.model, "new");
  });

  test("is not touched by what later happens to the bytes it was given", async () => {
    const store = await create();
    const bytes = new TextEncoder().encode("a whole answer");
    await store.set(scopeA, "key", sampleReply({ kind: "whole", pieces: [bytes] }));
    bytes.fill(0);
    const found = await store.get(scopeA, "key", nowMs);
    assert.deepEqual(found?.pieces.map(textOf), ["a whole answer"]);
  });

  test("keeps many entries apart", async () => {
    const store = await create();
    for (let index = 0; index < 100; index++)
      await store.set(scopeA, `key-${index}`, sampleReply({ model: `m${index}` }));
    for (let index = 0; index < 100; index++) {
      assert.equal((await store.get(scopeA, `key-${index}`, nowMs))?.model, `m${index}`);
    }
  });
}

function assertSame(found: StoredReply | null, stored: StoredReply): void {
  assert.notEqual(found, null);
  if (found === null) return;
  assert.deepEqual({ ...found, pieces: found.pieces.map(textOf) }, { ...stored, pieces: stored.pieces.map(textOf) });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
