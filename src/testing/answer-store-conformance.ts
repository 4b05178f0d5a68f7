import assert from "node:assert/strict";
import type { AnswerSelector, AnswerStore, FoundAnswer, StoredAnswer } from "../spec/answer-store.ts";
import type { CacheScope } from "../spec/cache-scope.ts";
import type { Scope } from "../spec/caller.ts";
import { modelFound, storeAnswer, told, type StoreTest } from "./answer-store-probes.ts";
import { checkAnswerSizes } from "./answer-store-size-rules.ts";
import { checkForgetting } from "./answer-store-forgetting-rules.ts";
import { sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "./sample-answer.ts";

/** How a test framework takes a test; `test` of vitest and of node:test both fit. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

/** Makes an empty store with room for so many bytes; the test closes it. */
export type CreateAnswerStore = (options: { readonly bytesMax: number }) => AnswerStore | Promise<AnswerStore>;

const scope = sampleScope("owner");
/** Room for whatever a test stores that is not about room. */
const amplyBytes = 4 << 20;

/**
 * What every {@link AnswerStore} must hold to, synchronous or not.
 *
 * @param rules `bounded: false` leaves out the rules about size, for a model that has none.
 */
export function answerStoreConformance(
  test: RegisterTest,
  create: CreateAnswerStore,
  rules: { readonly bounded: boolean } = { bounded: true },
): void {
  const withStore: StoreTest = (name, run, bytesMax = amplyBytes) => {
    test(name, async () => {
      const store = await create({ bytesMax });
      try {
        await run(store);
      } finally {
        await store.close();
      }
    });
  };
  checkKeeping(withStore);
  checkPlaces(withStore);
  checkShowing(withStore);
  checkForgetting(withStore);
  if (rules.bounded) checkAnswerSizes(withStore);
}

function plain(found: FoundAnswer | undefined): unknown {
  const answer = found?.answer ?? null;
  return answer && { ...answer, pieces: answer.pieces.map((piece) => Buffer.from(piece).toString("latin1")) };
}

function plainSample(over: Partial<StoredAnswer> = {}): unknown {
  return plain({ answer: sampleAnswer(over), ticket: null });
}

/** 21 places for a count. */
function placeOf(index: number): CacheScope {
  return sampleScope(`owner-${index % 3}`, `partition-${index % 7}`);
}

function checkKeeping(withStore: StoreTest): void {
  withStore("gives back what was stored, piece for piece", async (store) => {
    await storeAnswer(store, scope, "key");
    assert.deepEqual(plain(await store.get(scope, "key", nowMs)), plainSample());
  });

  withStore("gives back every kind of field: none, empty, beyond ASCII, beyond 2^53", async (store) => {
    const over: Partial<StoredAnswer> = {
      kind: "whole",
      status: 422,
      headers: [],
      pieces: [Uint8Array.of(0, 255, 10), new Uint8Array(0), Uint8Array.of(0xf0, 0x9f)],
      streamUsage: true,
      usage: {
        source: "provider",
        tokens: {},
        serverToolCalls: { "naïve 🔎": 1 },
        serviceTier: "flex",
        units: { audioInputSecond: 0.5 },
      },
      servedModel: null,
      asked: "digest of the request as it was",
      boughtBy: 2n ** 63n - 1n,
      costPicoUsd: 0n,
      tags: ["document:Ünïcode 4711", "tag:a:b c\n"],
    };
    await storeAnswer(store, scope, "key", over);
    assert.deepEqual(plain(await store.get(scope, "key", nowMs)), plainSample(over));
  });

  withStore("keeps an answer without any piece or tag", async (store) => {
    await storeAnswer(store, scope, "key", { pieces: [], tags: [] });
    assert.deepEqual(plain(await store.get(scope, "key", nowMs)), plainSample({ pieces: [], tags: [] }));
  });
}

function checkPlaces(withStore: StoreTest): void {
  withStore("gives nothing to another owner, another partition, another key", async (store) => {
    const user = sampleScope("owner", "user-1");
    await storeAnswer(store, user, "key", { model: "of the user" });
    for (const other of [
      sampleScope("other", "user-1"),
      sampleScope("owner", "user-2"),
      scope,
      sampleScope("user-1", "owner"),
    ]) {
      assert.equal(await modelFound(store, other, "key"), null);
    }
    assert.equal(await modelFound(store, user, "KEY"), null);
    assert.equal(await modelFound(store, user, "key"), "of the user");
  });

  withStore("tells owner, partition and key apart however their texts are cut", async (store) => {
    await storeAnswer(store, sampleScope("a:b", "c"), "d");
    for (const [owner, partition, key] of [
      ["a", "b:c", "d"],
      ["a:b", "c:d", ""],
      ["a:b:c", "d", ""],
      ["a:b", "", "c:d"],
    ] as const) {
      assert.equal(await modelFound(store, sampleScope(owner, partition), key), null);
    }
    assert.equal(await modelFound(store, sampleScope("a:b", "c"), "d"), "gpt-4o-mini");
  });

  withStore("keeps the newer of two answers to one key", async (store) => {
    await storeAnswer(store, scope, "key", { model: "old" });
    await storeAnswer(store, scope, "key", { model: "new", storedAtMs: nowMs + 1 }, nowMs + 1);
    assert.equal(await modelFound(store, scope, "key", nowMs + 1), "new");
    assert.equal((await store.stats(nowMs + 1)).entries, 1);
  });

  withStore("is not touched by what later happens to the bytes it was given, or to those it gave", async (store) => {
    const bytes = new TextEncoder().encode("a whole answer");
    await storeAnswer(store, scope, "key", { pieces: [bytes] });
    bytes.fill(0);
    const first = await store.get(scope, "key", nowMs);
    assert.deepEqual(plain(first), plainSample({ pieces: [new TextEncoder().encode("a whole answer")] }));
  });

  withStore("gives several at once in the order asked, with a ticket for each", async (store) => {
    for (const key of ["a", "b", "c"]) await storeAnswer(store, scope, key, { model: `model ${key}` });
    const found = await store.getMany(scope, ["c", "none", "a", "c"], nowMs);
    assert.deepEqual(
      found.map(({ answer }) => answer?.model ?? null),
      ["model c", null, "model a", "model c"],
    );
    for (const { ticket } of found) told(ticket);
    assert.deepEqual(await store.getMany(scope, [], nowMs), []);
    const others = await store.getMany(sampleScope("other"), ["a", "b"], nowMs);
    assert.deepEqual(
      others.map(({ answer }) => answer),
      [null, null],
    );
  });

  withStore("keeps many entries apart", async (store) => {
    for (let index = 0; index < 210; index++)
      await storeAnswer(store, placeOf(index), `key-${index % 30}`, { model: `m${index}` });
    for (let index = 0; index < 210; index++)
      assert.equal(await modelFound(store, placeOf(index), `key-${index % 30}`), `m${index}`);
    assert.equal((await store.stats(nowMs)).entries, 210);
  });
}

function checkShowing(withStore: StoreTest): void {
  withStore("shows what it holds, by owner, tag and key, and nothing that has ended", async (store) => {
    const user = sampleScope("owner", "user-1");
    await storeAnswer(store, scope, "a", { tags: ["tag:x", "tag:y"] });
    await storeAnswer(store, user, "b", { tags: ["tag:y"] });
    await storeAnswer(store, sampleScope("other"), "a", { tags: ["tag:x"] });
    await storeAnswer(store, scope, "ended", { tags: ["tag:x"], freshUntilMs: nowMs + 5, endsAtMs: nowMs + 5 });
    const shown = async (selector: AnswerSelector): Promise<readonly string[]> => {
      const lines: string[] = [];
      for await (const { scope: at, key, answer } of store.scan(selector, nowMs + 5)) {
        assert.deepEqual(plain({ answer, ticket: null }), plainSample({ tags: answer.tags }));
        lines.push(`${at.owner}/${at.partition}/${at.isolation}/${key}`);
      }
      return lines.toSorted();
    };
    const [a, b, c] = ["other/other/tenant/a", "owner/owner/tenant/a", "owner/user-1/user/b"];
    assert.deepEqual(await shown({}), [a, b, c]);
    assert.deepEqual(await shown({ owner: "owner" as Scope }), [b, c]);
    assert.deepEqual(await shown({ tag: "tag:x" }), [a, b]);
    assert.deepEqual(await shown({ owner: "owner" as Scope, tag: "tag:y", key: "b" }), [c]);
    assert.deepEqual(await shown({ key: "a" }), [a, b]);
    assert.deepEqual(await shown({ key: "none" }), []);
  });
}
