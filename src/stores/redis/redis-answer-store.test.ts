import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import { systemClock } from "../../assembly/system-clock.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Scope } from "../../spec/caller.ts";
import { answerStoreConformance } from "../../testing/answer-store-conformance.ts";
import { modelFound, storeAnswer } from "../../testing/answer-store-probes.ts";
import { sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "../../testing/sample-answer.ts";
import { untilItWorks } from "../test-free-port.ts";
import { openRedisAnswerStore } from "./redis-answer-store.ts";
import { redisAbsence, startTestRedisServer, type TestRedisServer } from "./test-redis-server.ts";

const scope = sampleScope("owner");
const owner = "owner" as Scope;
let server: TestRedisServer;
let prefixes = 0;

function open(prefix = `test-${++prefixes}`, bytesMax = 1 << 20): Promise<AnswerStore> {
  return openRedisAnswerStore({ url: server.url, prefix, bytesMax, clock: systemClock, alarm: () => {} });
}

async function assertRejectsSoon(run: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await assert.rejects(run);
  assert.ok(performance.now() - startMs < 50, "rejected late");
}

describe.skipIf(redisAbsence !== null)(
  `Redis store of answers${redisAbsence === null ? "" : `: ${redisAbsence}`}`,
  () => {
    beforeAll(async () => void (server = await startTestRedisServer()));
    afterAll(() => server.stop());

    answerStoreConformance(test, ({ bytesMax }) => open(undefined, bytesMax));

    test("two clients share answers and invalidations; another prefix shares neither", async () => {
      const [one, other, apart] = [await open("shared"), await open("shared"), await open("apart")];
      await storeAnswer(one, scope, "key");
      assert.equal(await modelFound(other, scope, "key"), "gpt-4o-mini");
      assert.equal(await modelFound(apart, scope, "key"), null);
      await apart.invalidate(owner, "route:default", nowMs);
      assert.equal(await modelFound(one, scope, "key"), "gpt-4o-mini");
      await other.invalidate(owner, "route:default", nowMs);
      assert.equal(await modelFound(one, scope, "key"), null);
      await Promise.all([one.close(), other.close(), apart.close()]);
    });

    test("entries whose owner was thrown away by the server are dead for good", async () => {
      const store = await open("evicted");
      await storeAnswer(store, scope, "key", { tags: ["tag:x"] });
      const ticket = await store.ticketOf(owner, nowMs);
      await store.invalidate(owner, "tag:y", nowMs);
      const client = await rawClient();
      const names = await client.keys("{evicted}:o:*");
      assert.equal(names.length, 1);
      await client.del(names);
      client.destroy();
      assert.equal(await modelFound(store, scope, "key"), null);
      await store.set(scope, "late", sampleAnswer(), ticket, nowMs);
      assert.equal(await modelFound(store, scope, "late"), null);
      await store.close();
    });

    test("bytes put under another entry's name are read as nothing", async () => {
      const store = await open("foreign");
      await storeAnswer(store, scope, "mine", { model: "mine" });
      await storeAnswer(store, sampleScope("owner", "user-1"), "theirs", { model: "theirs" });
      const client = await rawClient();
      const [one, other] = await client.keys("{foreign}:e:*");
      const place = await client.sendCommand(["EVAL", swap, "2", one ?? "", other ?? ""]);
      client.destroy();
      assert.equal(place, 1);
      assert.equal(await modelFound(store, scope, "mine"), null);
      assert.equal(await modelFound(store, sampleScope("owner", "user-1"), "theirs"), null);
      await store.close();
    });

    test("an owner with more invalidated tags than are remembered loses its answers and never revives one", async () => {
      const store = await open("many-tags");
      await storeAnswer(store, scope, "key", { tags: ["tag:0"] });
      await store.invalidate(owner, "tag:0", nowMs);
      await Promise.all(Array.from({ length: 600 }, (_, index) => store.invalidate(owner, `tag:${index}`, nowMs)));
      const client = await rawClient();
      const [name = ""] = await client.keys("{many-tags}:o:*");
      await client.hSet(name, Object.fromEntries(Array.from({ length: 9_999 }, (_, index) => [`f${index}`, "1"])));
      const before = await store.ticketOf(owner, nowMs);
      await store.invalidate(owner, "tag:last", nowMs);
      assert.notEqual((await store.ticketOf(owner, nowMs)).generation, before.generation);
      assert.ok((await client.hLen(name)) < 10);
      client.destroy();
      assert.equal(await modelFound(store, scope, "key"), null);
      await store.close();
    });

    test("nothing stays on the server past its end", async () => {
      const store = await open("ends");
      await storeAnswer(store, scope, "key", { freshUntilMs: nowMs + 5_000, endsAtMs: nowMs + 5_000 });
      const client = await rawClient();
      for (const name of await client.keys("{ends}:e:*")) {
        const leftMs = await client.pTTL(name);
        assert.ok(leftMs > 0 && leftMs <= 65_000, `${leftMs} ms`);
      }
      client.destroy();
      await store.close();
    });

    test("counts no fewer bytes than the server holds, by more than a tenth", async () => {
      const client = await rawClient();
      const used = async (): Promise<number> => {
        const text = String(await client.sendCommand(["INFO", "memory"]));
        return Number(/used_memory:(\d+)/.exec(text)?.[1]);
      };
      const store = await open("counted", 8 << 20);
      const ticket = await store.ticketOf(owner, nowMs);
      const before = await used();
      const answer = sampleAnswer({ pieces: [new Uint8Array(1_024)] });
      await Promise.all(
        Array.from({ length: 1_000 }, (_, index) => store.set(scope, `key-${index}`, answer, ticket, nowMs)),
      );
      const held = (await used()) - before;
      const { bytes, entries } = await store.stats(nowMs);
      client.destroy();
      assert.equal(entries, 1_000);
      assert.ok(held < 1.1 * bytes, `${held} bytes held, ${bytes} counted`);
      await store.purge({}, nowMs);
      await store.close();
    });

    test("an emptied server serves nothing old and takes new answers", async () => {
      const store = await open("flushed");
      await storeAnswer(store, scope, "key");
      const ticket = await store.ticketOf(owner, nowMs);
      const client = await rawClient();
      await client.sendCommand(["FLUSHALL"]);
      await client.sendCommand(["SCRIPT", "FLUSH"]);
      client.destroy();
      assert.equal(await modelFound(store, scope, "key"), null);
      await store.set(scope, "late", sampleAnswer(), ticket, nowMs);
      assert.equal(await modelFound(store, scope, "late"), null);
      await storeAnswer(store, scope, "key", { model: "new" });
      assert.equal(await modelFound(store, scope, "key"), "new");
      await store.close();
    });

    test("a server that came back with an old snapshot serves nothing that was taken back since, nor anything older", async () => {
      const lasting = await startTestRedisServer(["--dbfilename", "old.rdb"]);
      onTestFinished(() => lasting.stop());
      const options = { url: lasting.url, prefix: "old", bytesMax: 1 << 20, clock: systemClock, alarm: () => {} };
      const store = await openRedisAnswerStore(options);
      await storeAnswer(store, scope, "key", { tags: ["tag:x"] });
      const ticket = await store.ticketOf(owner, nowMs);
      const client = await rawClient(lasting.url);
      await client.sendCommand(["SAVE"]);
      client.destroy();
      await store.invalidate(owner, "tag:x", nowMs);
      await lasting.kill();
      await lasting.start();
      assert.equal(await untilItWorks(() => modelFound(store, scope, "key")), null);
      await store.set(scope, "late", sampleAnswer(), ticket, nowMs);
      assert.equal(await modelFound(store, scope, "late"), null);
      await storeAnswer(store, scope, "key", { model: "new" });
      assert.equal(await modelFound(store, scope, "key"), "new");
      await store.close();
    });

    test("a server that syncs each command came back with all it had and serves what was not taken back", async () => {
      const lasting = await startTestRedisServer(["--appendonly", "yes", "--appendfsync", "always"]);
      onTestFinished(() => lasting.stop());
      const options = { url: lasting.url, prefix: "whole", bytesMax: 1 << 20, clock: systemClock, alarm: () => {} };
      const store = await openRedisAnswerStore(options);
      await storeAnswer(store, scope, "kept", { tags: ["tag:y"] });
      await storeAnswer(store, scope, "gone", { tags: ["tag:x"] });
      await store.invalidate(owner, "tag:x", nowMs);
      await lasting.kill();
      await lasting.start();
      assert.equal(await untilItWorks(() => modelFound(store, scope, "kept")), "gpt-4o-mini");
      assert.equal(await modelFound(store, scope, "gone"), null);
      await store.close();
    });

    test("a full server that takes no writes still serves", async () => {
      const store = await open("full");
      await storeAnswer(store, scope, "key");
      const client = await rawClient();
      await client.sendCommand(["CONFIG", "SET", "maxmemory", "1"]);
      assert.equal(await modelFound(store, scope, "key"), "gpt-4o-mini");
      const ticket = await store.ticketOf(owner, nowMs);
      await assert.rejects(async () => store.set(scope, "more", sampleAnswer(), ticket, nowMs), /OOM/);
      await client.sendCommand(["CONFIG", "SET", "maxmemory", "0"]);
      client.destroy();
      await store.close();
    });

    test("without its server it opens, rejects at once, and works when the server comes back", async () => {
      const store = await open("killed");
      await storeAnswer(store, scope, "key");
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await assertRejectsSoon(async () => store.get(scope, "key", nowMs));
      await assertRejectsSoon(async () => store.invalidate(owner, "tag:x", nowMs));
      await assertRejectsSoon(async () => store.purge({}, nowMs));
      const late = await open("killed");
      await assertRejectsSoon(async () => late.ticketOf(owner, nowMs));
      await server.start();
      assert.equal((await untilItWorks(async () => store.get(scope, "key", nowMs))).answer, null);
      await storeAnswer(store, scope, "key", { model: "new" });
      assert.equal(await untilItWorks(() => modelFound(late, scope, "key")), "new");
      await Promise.all([store.close(), late.close()]);
    });

    test("a server that stalls is left: what waited rejects within seconds, then all rejects at once", async () => {
      const store = await open("stalled");
      await storeAnswer(store, scope, "key");
      server.stall();
      const startMs = performance.now();
      await assert.rejects(async () => store.get(scope, "key", nowMs));
      assert.ok(performance.now() - startMs < 4_000);
      await assertRejectsSoon(async () => store.get(scope, "key", nowMs));
      server.resume();
      assert.equal(await untilItWorks(() => modelFound(store, scope, "key")), "gpt-4o-mini");
      await store.close();
    });
  },
);

/** Exchanges the bytes of two entries, as a mistake in a name would. */
const swap = `local one, other = redis.call('HGET', KEYS[1], 'b'), redis.call('HGET', KEYS[2], 'b')
redis.call('HSET', KEYS[1], 'b', other) redis.call('HSET', KEYS[2], 'b', one) return 1`;

async function rawClient(url = server.url): Promise<RawClient> {
  const { createClient } = await import("@redis/client");
  const client = createClient({ url });
  await client.connect();
  return client as unknown as RawClient;
}

interface RawClient {
  keys(pattern: string): Promise<string[]>;
  del(names: readonly string[]): Promise<number>;
  hSet(name: string, fields: Readonly<Record<string, string>>): Promise<number>;
  hLen(name: string): Promise<number>;
  pTTL(name: string): Promise<number>;
  sendCommand(words: readonly string[]): Promise<unknown>;
  destroy(): void;
}
