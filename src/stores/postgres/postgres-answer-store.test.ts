import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, test } from "vitest";
import { systemClock } from "../../assembly/system-clock.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Scope } from "../../spec/caller.ts";
import { answerStoreConformance } from "../../testing/answer-store-conformance.ts";
import { modelFound, storeAnswer } from "../../testing/answer-store-probes.ts";
import { sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "../../testing/sample-answer.ts";
import { untilItWorks } from "../test-free-port.ts";
import { openPostgresAnswerStore } from "./postgres-answer-store.ts";
import { postgresAbsence, query, startTestPostgresServer, type TestPostgresServer } from "./test-postgres-server.ts";

const scope = sampleScope("owner");
const owner = "owner" as Scope;
let server: TestPostgresServer;
let prefixes = 0;
/** A server that starts again on a busy machine takes its time. */
const patient = { timeout: 60_000 };

function open(prefix = `test "${++prefixes}`, bytesMax = 1 << 20): Promise<AnswerStore> {
  return openPostgresAnswerStore({ url: server.plainUrl, prefix, bytesMax, clock: systemClock, alarm: () => {} });
}

async function assertRejectsWithin(ms: number, run: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await assert.rejects(run);
  assert.ok(performance.now() - startMs < ms, "rejected late");
}

/** One of a crowd of clients: stores, reads, and now and then takes back. */
async function step(store: AnswerStore, index: number): Promise<void> {
  await storeAnswer(store, sampleScope(`owner-${index % 3}`), `key-${index % 40}`);
  await store.get(sampleScope(`owner-${index % 3}`), `key-${(index + 3) % 40}`, nowMs);
  if (index % 7 === 0) await store.invalidate(`owner-${index % 3}` as Scope, "route:default", nowMs);
  if (index % 11 === 0) await store.purge({ key: `key-${index % 40}` }, nowMs);
}

describe.skipIf(postgresAbsence !== null)(
  `PostgreSQL store of answers${postgresAbsence === null ? "" : `: ${postgresAbsence}`}`,
  () => {
    beforeAll(async () => void (server = await startTestPostgresServer()));
    afterAll(() => server.stop());

    answerStoreConformance(test, ({ bytesMax }) => open(undefined, bytesMax));

    test("two clients share answers and invalidations; another prefix shares neither", async () => {
      const [one, other, apart] = await Promise.all([open("shared"), open("shared"), open("apart")]);
      await storeAnswer(one, scope, "key");
      assert.equal(await modelFound(other, scope, "key"), "gpt-4o-mini");
      assert.equal(await modelFound(apart, scope, "key"), null);
      await apart.invalidate(owner, "route:default", nowMs);
      assert.equal(await modelFound(one, scope, "key"), "gpt-4o-mini");
      await other.invalidate(owner, "route:default", nowMs);
      assert.equal(await modelFound(one, scope, "key"), null);
      await Promise.all([one.close(), other.close(), apart.close()]);
    });

    test("two clients that store, count hits, invalidate and purge at once keep the sums exact", async () => {
      const [one, other] = await Promise.all([open("crowd", 60_000), open("crowd", 60_000)]);
      await Promise.all(Array.from({ length: 120 }, (_, index) => step(index % 2 === 0 ? one : other, index)));
      const { entries, bytes, evicted } = await one.stats(nowMs);
      const [sums] = await query(
        server.url,
        'SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes FROM "crowd".answers',
      );
      assert.deepEqual({ entries: String(entries), bytes: String(bytes) }, sums);
      assert.ok(bytes <= 60_000 && entries > 0 && evicted > 0);
      await Promise.all([one.close(), other.close()]);
    });

    test("a query that forgot whose rows it means sees none: row security stands behind it", async () => {
      const store = await open("walled");
      await storeAnswer(store, scope, "key");
      assert.deepEqual(await query(server.plainUrl, 'SELECT * FROM "walled".answers'), []);
      assert.equal((await query(server.url, 'SELECT * FROM "walled".answers')).length, 1);
      await store.close();
    });

    test("entries whose owner the server lost are dead for good", async () => {
      const store = await open("lost");
      await storeAnswer(store, scope, "key", { tags: ["tag:x"] });
      const ticket = await store.ticketOf(owner, nowMs);
      await query(server.url, 'DELETE FROM "lost".owners; DELETE FROM "lost".epochs');
      assert.equal(await modelFound(store, scope, "key"), null);
      await store.set(scope, "late", sampleAnswer(), ticket, nowMs);
      assert.equal(await modelFound(store, scope, "late"), null);
      await store.close();
    });

    test("bytes put into another entry's row are read as nothing", async () => {
      const store = await open("foreign");
      await storeAnswer(store, scope, "mine", { model: "mine" });
      await storeAnswer(store, sampleScope("other"), "theirs", { model: "theirs" });
      await query(
        server.url,
        'UPDATE "foreign".answers SET body = (SELECT b.body FROM "foreign".answers b WHERE b.owner <> answers.owner)',
      );
      assert.equal(await modelFound(store, scope, "mine"), null);
      assert.equal(await modelFound(store, sampleScope("other"), "theirs"), null);
      await store.close();
    });

    test("an owner with more invalidated tags than are remembered begins anew", async () => {
      const store = await open("many-tags");
      await storeAnswer(store, scope, "key", { tags: ["tag:0"] });
      await store.invalidate(owner, "tag:0", nowMs);
      const before = await store.ticketOf(owner, nowMs);
      const fill = "SELECT o.owner, n::text, 1 FROM owners o, generate_series(1, 9999) n";
      await query(server.url, `SET search_path TO "many-tags"; INSERT INTO epochs ${fill}`);
      await store.invalidate(owner, "tag:last", nowMs);
      assert.notEqual((await store.ticketOf(owner, nowMs)).generation, before.generation);
      assert.equal(await modelFound(store, scope, "key"), null);
      assert.deepEqual(await query(server.url, 'SELECT * FROM "many-tags".epochs'), []);
      await store.close();
    });

    test("a schema of a newer Farthing is refused with what to do", async () => {
      await (await open("newer")).close();
      await query(server.url, 'UPDATE "newer".schema_version SET version = 99');
      await assert.rejects(open("newer"), /newer Farthing \(version 99, .*Update Farthing/);
      await assert.rejects(open("x".repeat(64)), /cache\.prefix is longer than 63 bytes/);
    });

    test("answers and invalidations outlive a killed server; without it all rejects at once", patient, async () => {
      const store = await open("killed");
      await storeAnswer(store, scope, "key", { tags: ["tag:x"] });
      await storeAnswer(store, scope, "other", { tags: ["tag:y"] });
      await store.invalidate(owner, "tag:x", nowMs);
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await assertRejectsWithin(100, async () => store.get(scope, "key", nowMs));
      await assertRejectsWithin(100, async () => store.invalidate(owner, "tag:y", nowMs));
      await assertRejectsWithin(100, async () => store.purge({}, nowMs));
      const late = await open("killed");
      await assertRejectsWithin(100, async () => late.ticketOf(owner, nowMs));
      await server.start();
      assert.equal(await untilItWorks(() => modelFound(store, scope, "other")), "gpt-4o-mini");
      assert.equal(await modelFound(late, scope, "key"), null);
      await Promise.all([store.close(), late.close()]);
    });

    test(
      "a replica that takes over serves nothing that was stored before: it may lack what was taken back",
      patient,
      async () => {
        const store = await open("taken-over");
        await storeAnswer(store, scope, "key");
        const ticket = await store.ticketOf(owner, nowMs);
        await server.takeOver();
        assert.equal(await untilItWorks(() => modelFound(store, scope, "key")), null);
        await store.set(scope, "late", sampleAnswer(), ticket, nowMs);
        assert.equal(await modelFound(store, scope, "late"), null);
        await storeAnswer(store, scope, "key", { model: "new" });
        assert.equal(await modelFound(store, scope, "key"), "new");
        await store.close();
      },
    );

    test("a server that stalls is left within seconds, and works again afterwards", patient, async () => {
      const store = await open("stalled");
      await storeAnswer(store, scope, "key");
      server.stall();
      await assertRejectsWithin(3_000, async () => store.get(scope, "key", nowMs));
      server.resume();
      assert.equal(await untilItWorks(() => modelFound(store, scope, "key")), "gpt-4o-mini");
      await store.close();
    });
  },
);
