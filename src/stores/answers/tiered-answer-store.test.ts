import { describe, expect, test } from "vitest";
import type { AnswerStore, FoundAnswer } from "../../spec/answer-store.ts";
import type { Scope } from "../../spec/caller.ts";
import { answerStoreConformance } from "../../testing/answer-store-conformance.ts";
import { modelFound, storeAnswer, told } from "../../testing/answer-store-probes.ts";
import { MapAnswerStore } from "../../testing/map-answer-store.ts";
import { sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "../../testing/sample-answer.ts";
import { createMemoryAnswerStore } from "../memory/answers/memory-answer-store.ts";
import { createTieredAnswerStore } from "./tiered-answer-store.ts";

const scope = sampleScope("owner");
const owner = "owner" as Scope;

function tierOf(back: AnswerStore): AnswerStore {
  return createTieredAnswerStore({ bytesMax: 1 << 20, back });
}

/** A model that counts what it is asked, and fails while it is told to. */
class CountingStore extends MapAnswerStore {
  gets = 0;
  tickets = 0;
  down = false;

  override get(...call: Parameters<MapAnswerStore["get"]>): FoundAnswer {
    this.gets++;
    if (this.down) throw new Error("down");
    return super.get(...call);
  }

  override ticketOf(of: Scope): ReturnType<MapAnswerStore["ticketOf"]> {
    this.tickets++;
    if (this.down) throw new Error("down");
    return super.ticketOf(of);
  }
}

/** The same store, every answer of which comes later. */
function later(store: AnswerStore): AnswerStore {
  return {
    get: async (...call) => store.get(...call),
    getMany: async (...call) => store.getMany(...call),
    ticketOf: async (...call) => store.ticketOf(...call),
    set: async (...call) => store.set(...call),
    invalidate: async (...call) => store.invalidate(...call),
    purge: async (...call) => store.purge(...call),
    stats: async (...call) => store.stats(...call),
    scan: (...call) => store.scan(...call),
    close: () => store.close(),
  };
}

describe("a tier before a store in memory: conformance", () => {
  answerStoreConformance(test, ({ bytesMax }) => {
    const back = createMemoryAnswerStore({ bytesMax: bytesMax / 2 });
    return createTieredAnswerStore({ bytesMax: bytesMax / 2, back });
  });
});

describe("a tier before a store that answers later: conformance", () => {
  answerStoreConformance(test, () => tierOf(later(new MapAnswerStore())), { bounded: false });
});

describe("a tier", () => {
  test("answers at once where the store behind does", async () => {
    const tier = tierOf(new MapAnswerStore());
    await storeAnswer(tier, scope, "key");
    expect(tier.get(scope, "key", nowMs)).not.toBeInstanceOf(Promise);
    expect(tier.get(scope, "none", nowMs)).not.toBeInstanceOf(Promise);
    expect(tier.getMany(scope, ["key", "none"], nowMs)).not.toBeInstanceOf(Promise);
    expect(tier.ticketOf(owner, nowMs)).not.toBeInstanceOf(Promise);
  });

  test("asks for a ticket only, and for the answer each time the hits have doubled", async () => {
    const back = new CountingStore();
    const tier = tierOf(back);
    await storeAnswer(tier, scope, "key");
    back.gets = 0;
    for (let hit = 0; hit < 100; hit++) expect(await modelFound(tier, scope, "key")).toBe("gpt-4o-mini");
    expect(back.gets).toBe(6);
  });

  test("serves nothing that another process invalidated, purged or replaced after it was stale", async () => {
    const back = new MapAnswerStore();
    const [one, other] = [tierOf(back), tierOf(back)];
    for (const forget of [
      () => other.invalidate(owner, "route:default", nowMs),
      () => other.purge({ owner }, nowMs),
      () => other.purge({ key: "key" }, nowMs),
      () => other.purge({}, nowMs),
    ]) {
      await storeAnswer(one, scope, "key");
      expect(await modelFound(one, scope, "key")).toBe("gpt-4o-mini");
      await forget();
      expect(await modelFound(one, scope, "key")).toBeNull();
      expect((await one.getMany(scope, ["key"], nowMs))[0]?.answer).toBeNull();
    }
    await storeAnswer(one, scope, "grown-old", { model: "old", freshUntilMs: nowMs + 5 });
    await storeAnswer(other, scope, "grown-old", { model: "new", storedAtMs: nowMs + 1 });
    expect(await modelFound(one, scope, "grown-old", nowMs + 4)).toBe("old");
    expect(await modelFound(one, scope, "grown-old", nowMs + 5)).toBe("new");
  });

  test("goes on serving what was not meant, asking for it once more", async () => {
    const back = new CountingStore();
    const tier = tierOf(back);
    await storeAnswer(tier, scope, "key");
    await tier.invalidate(owner, "tag:else", nowMs);
    back.gets = 0;
    expect(await modelFound(tier, scope, "key")).toBe("gpt-4o-mini");
    expect(back.gets).toBe(1);
    expect(await modelFound(tier, scope, "key")).toBe("gpt-4o-mini");
    expect(back.gets).toBe(1);
  });

  test("gives nothing, and no ticket, while the store behind cannot be asked; and all again afterwards", async () => {
    const back = new CountingStore();
    const tier = tierOf(back);
    await storeAnswer(tier, scope, "key");
    back.down = true;
    expect(await tier.get(scope, "key", nowMs)).toEqual({ answer: null, ticket: null });
    expect(await tier.get(scope, "none", nowMs)).toEqual({ answer: null, ticket: null });
    expect(await tier.getMany(scope, ["key"], nowMs)).toEqual([{ answer: null, ticket: null }]);
    expect(await tierOf(later(back)).get(scope, "key", nowMs)).toEqual({ answer: null, ticket: null });
    back.down = false;
    expect(await modelFound(tier, scope, "key")).toBe("gpt-4o-mini");
  });

  test("serves what the store behind threw out for room", async () => {
    const back = new MapAnswerStore();
    const tier = tierOf(back);
    await storeAnswer(tier, scope, "key");
    back.entries.clear();
    for (let hit = 0; hit < 5; hit++) expect(await modelFound(tier, scope, "key")).toBe("gpt-4o-mini");
    expect(await modelFound(tier, scope, "key", sampleAnswer().endsAtMs)).toBeNull();
  });

  test("keeps no copy of what was read before a purge and came after it", async () => {
    const back = new MapAnswerStore();
    const slow = later(back);
    const tier = tierOf(slow);
    await storeAnswer(slow, scope, "key");
    const bytes = (await tier.stats(nowMs)).bytes;
    const reading = tier.get(scope, "key", nowMs);
    const purging = tier.purge({ owner }, nowMs);
    back.entries.clear();
    expect(told((await reading).ticket)).toBeDefined();
    await purging;
    expect(await modelFound(tier, scope, "key")).toBeNull();
    // A copy on the shelf would have begun a segment.
    expect((await tier.stats(nowMs)).bytes - bytes).toBeLessThan(8_192);
  });
});
