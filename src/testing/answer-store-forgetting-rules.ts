import assert from "node:assert/strict";
import type { AnswerSelector, AnswerStore } from "../spec/answer-store.ts";
import type { Scope } from "../spec/caller.ts";
import { modelFound, storeAnswer, told, type StoreTest } from "./answer-store-probes.ts";
import { foreignTicket, sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "./sample-answer.ts";

const owner = "owner" as Scope;
const scope = sampleScope("owner");
const other = sampleScope("other");

/** Rules of {@link AnswerStore} about what must not be served any more: ends, invalidations, purges. */
export function checkForgetting(withStore: StoreTest): void {
  checkEnds(withStore);
  checkInvalidations(withStore);
  checkTickets(withStore);
  checkPurges(withStore);
}

function checkEnds(withStore: StoreTest): void {
  withStore("ends an entry at its time, which reading does not put off", async (store) => {
    await storeAnswer(store, scope, "key", { freshUntilMs: nowMs + 500, endsAtMs: nowMs + 1_000 });
    for (const ms of [0, 499, 500, 999]) assert.equal(await modelFound(store, scope, "key", nowMs + ms), "gpt-4o-mini");
    assert.equal(await modelFound(store, scope, "key", nowMs + 1_000), null);
    assert.equal(await modelFound(store, scope, "key", nowMs + 60_000), null);
  });

  withStore("ends entries that are asked for together, too", async (store) => {
    await storeAnswer(store, scope, "short", { freshUntilMs: nowMs + 10, endsAtMs: nowMs + 10 });
    await storeAnswer(store, scope, "long");
    const found = await store.getMany(scope, ["short", "long"], nowMs + 10);
    assert.deepEqual(
      found.map(({ answer }) => answer !== null),
      [false, true],
    );
  });

  withStore("takes a new answer where one has ended", async (store) => {
    await storeAnswer(store, scope, "key", { model: "old", freshUntilMs: nowMs + 10, endsAtMs: nowMs + 10 });
    await storeAnswer(store, scope, "key", { model: "new", storedAtMs: nowMs + 10 }, nowMs + 10);
    assert.equal(await modelFound(store, scope, "key", nowMs + 10), "new");
  });
}

function checkInvalidations(withStore: StoreTest): void {
  withStore("serves no entry with a tag that was invalidated; others stay", async (store) => {
    await storeAnswer(store, scope, "both", { tags: ["tag:x", "tag:y"] });
    await storeAnswer(store, sampleScope("owner", "user-1"), "x", { tags: ["tag:x"] });
    await storeAnswer(store, scope, "y", { tags: ["tag:y"] });
    await storeAnswer(store, scope, "none", { tags: [] });
    await storeAnswer(store, other, "x", { tags: ["tag:x"] });
    await store.invalidate(owner, "tag:x", nowMs);
    assert.equal(await modelFound(store, scope, "both"), null);
    assert.equal(await modelFound(store, sampleScope("owner", "user-1"), "x"), null);
    for (const key of ["y", "none"]) assert.equal(await modelFound(store, scope, key), "gpt-4o-mini", key);
    assert.equal(await modelFound(store, other, "x"), "gpt-4o-mini", "of another owner");
    const together = await store.getMany(scope, ["both", "y"], nowMs);
    assert.deepEqual(
      together.map(({ answer }) => answer !== null),
      [false, true],
    );
    const shown: string[] = [];
    for await (const { scope: at, key } of store.scan({}, nowMs)) shown.push(`${at.owner}/${key}`);
    assert.deepEqual(shown.toSorted(), ["other/x", "owner/none", "owner/y"]);
  });

  withStore("serves what was looked up and stored after the invalidation", async (store) => {
    await storeAnswer(store, scope, "key", { model: "old", tags: ["tag:x"] });
    await store.invalidate(owner, "tag:x", nowMs);
    await storeAnswer(store, scope, "key", { model: "new", tags: ["tag:x"] });
    assert.equal(await modelFound(store, scope, "key"), "new");
    await store.invalidate(owner, "tag:x", nowMs);
    assert.equal(await modelFound(store, scope, "key"), null);
  });

  withStore("takes any text for a tag", async (store) => {
    const tags = ["", "*", "tag:%", 'tag:it\'s "quoted"\n', "tag:ключ", "__proto__", "x".repeat(500)];
    for (const [index, tag] of tags.entries()) await storeAnswer(store, scope, `key-${index}`, { tags: [tag] });
    for (const [index, tag] of tags.entries()) {
      assert.equal(await modelFound(store, scope, `key-${index}`), "gpt-4o-mini", tag);
      await store.invalidate(owner, tag, nowMs);
      assert.equal(await modelFound(store, scope, `key-${index}`), null, tag);
    }
  });
}

function checkTickets(withStore: StoreTest): void {
  withStore("never serves an answer that was on its way when its tag was invalidated", async (store) => {
    const ticket = told((await store.get(scope, "key", nowMs)).ticket);
    await store.invalidate(owner, "route:default", nowMs);
    await store.set(scope, "key", sampleAnswer(), ticket, nowMs);
    assert.equal(await modelFound(store, scope, "key"), null);
    await storeAnswer(store, scope, "key");
    assert.equal(await modelFound(store, scope, "key"), "gpt-4o-mini");
  });

  withStore("serves an answer with an older ticket when only other tags and owners were invalidated", async (store) => {
    const ticket = await store.ticketOf(owner, nowMs);
    await store.invalidate(owner, "tag:else", nowMs);
    await store.invalidate("other" as Scope, "route:default", nowMs);
    await store.set(scope, "key", sampleAnswer(), ticket, nowMs);
    assert.equal(await modelFound(store, scope, "key"), "gpt-4o-mini");
    await store.invalidate(owner, "tag:else", nowMs);
    assert.equal(await modelFound(store, scope, "key"), "gpt-4o-mini", "after it was read and another came");
    await store.invalidate(owner, "route:default", nowMs);
    assert.equal(await modelFound(store, scope, "key"), null);
  });

  withStore("moves the ticket of an owner with every invalidation of its own and no other's", async (store) => {
    const first = await store.ticketOf(owner, nowMs);
    assert.deepEqual(await store.ticketOf(owner, nowMs), first);
    await store.invalidate("other" as Scope, "tag:x", nowMs);
    assert.deepEqual(await store.ticketOf(owner, nowMs), first);
    await store.invalidate(owner, "tag:x", nowMs);
    const second = await store.ticketOf(owner, nowMs);
    await store.invalidate(owner, "tag:x", nowMs);
    const third = await store.ticketOf(owner, nowMs);
    assert.notDeepEqual(second, first);
    assert.notDeepEqual(third, second);
    assert.ok(second.generation !== first.generation || second.sequence > first.sequence);
  });

  withStore("never serves an answer with a ticket of another generation", async (store) => {
    await store.ticketOf(owner, nowMs);
    await store.set(scope, "key", sampleAnswer(), foreignTicket, nowMs);
    assert.equal(await modelFound(store, scope, "key"), null);
    const found = await store.getMany(scope, ["key"], nowMs);
    assert.equal(found[0]?.answer, null);
    for await (const entry of store.scan({}, nowMs)) assert.fail(`shows ${entry.key}`);
  });
}

async function fill(store: AnswerStore): Promise<void> {
  await storeAnswer(store, scope, "a", { tags: ["tag:x"] });
  await storeAnswer(store, scope, "b", { tags: ["tag:y"] });
  await storeAnswer(store, sampleScope("owner", "user-1"), "a", { tags: ["tag:y"] });
  await storeAnswer(store, other, "a", { tags: ["tag:x"] });
}

const places = [
  [scope, "a"],
  [scope, "b"],
  [sampleScope("owner", "user-1"), "a"],
  [other, "a"],
] as const;

async function left(store: AnswerStore): Promise<string> {
  let text = "";
  for (const [at, key] of places) text += (await modelFound(store, at, key)) === null ? "-" : "+";
  return text;
}

/** What is left of the four of {@link fill}: whole and spoilt by each kind of selector. */
const purges: readonly (readonly [what: string, selector: AnswerSelector, left: string, gone: number])[] = [
  ["an owner", { owner }, "---+", 3],
  ["a tag of an owner", { owner, tag: "tag:x" }, "-+++", 1],
  ["a key of an owner", { owner, key: "a" }, "-+-+", 2],
  ["a tag of everybody", { tag: "tag:x" }, "-++-", 2],
  ["a key of everybody", { key: "a" }, "-+--", 3],
  ["everything", {}, "----", 4],
];

function checkPurges(withStore: StoreTest): void {
  for (const [what, selector, rest, gone] of purges) {
    withStore(`deletes ${what} when told to, and tells how many went`, async (store) => {
      await fill(store);
      assert.equal(await left(store), "++++");
      assert.equal(await store.purge(selector, nowMs), gone);
      assert.equal(await left(store), rest);
      assert.equal((await store.stats(nowMs)).entries, 4 - gone);
      assert.equal(await store.purge(selector, nowMs), 0);
      await fill(store);
      assert.equal(await left(store), "++++", "afterwards it takes new ones");
    });

    withStore(`never serves an answer that was on its way when ${what} was deleted`, async (store) => {
      await fill(store);
      const [at, key] = places[0];
      const before = told((await store.get(at, key, nowMs)).ticket);
      await store.purge(selector, nowMs);
      // Tiers in front of this store, in other processes too, know by the ticket that something of the owner went.
      assert.notDeepEqual(await store.ticketOf(owner, nowMs), before);
      await store.set(at, key, sampleAnswer({ tags: ["tag:x"] }), before, nowMs);
      assert.equal(await modelFound(store, at, key), null);
    });
  }

  withStore("deletes nothing of an owner it never heard of", async (store) => {
    await fill(store);
    assert.equal(await store.purge({ owner: "nobody" as Scope }, nowMs), 0);
    assert.equal(await store.purge({ owner, tag: "tag:none" }, nowMs), 0);
    assert.equal(await left(store), "++++");
  });
}
