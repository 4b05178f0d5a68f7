import { describe, expect, test } from "vitest";
import type { Scope } from "../../spec/caller.ts";
import type { StoredReply } from "../../spec/exact-store.ts";
import { exactStoreConformance, sampleReply } from "../../testing/exact-store-conformance.ts";
import { createMemoryExactStore } from "./exact-store.ts";

describe("exact store in memory: conformance", () => {
  exactStoreConformance(test, () => createMemoryExactStore({ bytesMax: 1 << 20 }));
});

function replyOf(bytes: number): StoredReply {
  return sampleReply({ pieces: [new Uint8Array(bytes)] });
}

describe("exact store in memory: size", () => {
  const scope = "scope" as Scope;

  test("never holds more than its bytes, whatever is stored", () => {
    const store = createMemoryExactStore({ bytesMax: 100_000 });
    for (let index = 0; index < 2_000; index++) {
      store.set(scope, `key-${index % 700}`, replyOf((index * 7_919) % 60_000));
      expect(store.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(store.entries).toBeGreaterThan(0);
  });

  test("keeps what is asked for when it makes room", () => {
    const store = createMemoryExactStore({ bytesMax: 64_000 });
    store.set(scope, "wanted", replyOf(1_000));
    for (let index = 0; index < 500; index++) {
      store.set(scope, `other-${index}`, replyOf(1_000));
      expect(store.get(scope, "wanted", 0)).not.toBeNull();
    }
    expect(store.get(scope, "other-0", 0)).toBeNull();
  });

  test("keeps at least half of its bytes of the newest answers", () => {
    const store = createMemoryExactStore({ bytesMax: 64_000 });
    for (let index = 0; index < 500; index++) store.set(scope, `key-${index}`, replyOf(1_000));
    for (let index = 490; index < 500; index++) expect(store.get(scope, `key-${index}`, 0)).not.toBeNull();
  });

  test("does not store an answer above half of its bytes", () => {
    const store = createMemoryExactStore({ bytesMax: 10_000 });
    store.set(scope, "large", replyOf(5_000));
    expect(store.get(scope, "large", 0)).toBeNull();
    expect(store.bytes).toBe(0);
  });

  test("lets go of an expired answer when it is asked for", () => {
    const store = createMemoryExactStore({ bytesMax: 10_000 });
    store.set(scope, "key", sampleReply({ expiresAtMs: 10 }));
    expect(store.get(scope, "key", 10)).toBeNull();
    expect({ bytes: store.bytes, entries: store.entries }).toEqual({ bytes: 0, entries: 0 });
  });

  test("counts what really stays when most answers of a block expire", () => {
    const bytesMax = 8 << 20;
    const store = createMemoryExactStore({ bytesMax });
    const survivors: string[] = [];
    for (let index = 0; index < 10_000; index++) {
      const lives = index % 100 === 0;
      const pieces = [new Uint8Array(4_000), new Uint8Array(4_000)];
      store.set(scope, `key-${index}`, sampleReply({ pieces, expiresAtMs: lives ? 1_000 : 1 }));
      if (lives) survivors.push(`key-${index}`);
      else store.get(scope, `key-${index}`, 1);
      expect(store.bytes).toBeLessThanOrEqual(bytesMax);
    }
    const counted = store.bytes;
    const held = new Set(
      survivors.flatMap((key) => store.get(scope, key, 0)?.pieces ?? []).map(({ buffer }) => buffer),
    );
    const heldBytes = [...held].reduce((sum, buffer) => sum + buffer.byteLength, 0);
    // Far more than the answers that are left: each keeps its block.
    expect(heldBytes).toBeGreaterThan(10 * store.entries * 8_000);
    expect(counted).toBeGreaterThanOrEqual(heldBytes);
  });

  test("does not hold the buffers alive that the pieces came in", () => {
    const store = createMemoryExactStore({ bytesMax: 10_000 });
    const network = new Uint8Array(1 << 20);
    store.set(scope, "key", sampleReply({ pieces: [network.subarray(0, 10), network.subarray(100, 110)] }));
    const pieces = store.get(scope, "key", 0)?.pieces ?? [];
    expect(pieces.map((piece) => piece.byteLength)).toEqual([10, 10]);
    expect(pieces.some((piece) => piece.buffer === network.buffer)).toBe(false);
  });
});
