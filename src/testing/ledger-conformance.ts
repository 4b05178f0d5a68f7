import assert from "node:assert/strict";
import type { Attempt } from "../spec/attempt.ts";
import type { LedgerStore, RequestRecord } from "../spec/ledger.ts";
import { firstIdAt, requestIdOf } from "../kit/request-id.ts";

/** How a test framework takes a test; `test` of vitest and of node:test both fit. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

const arrivedAtMs = 1_767_225_600_000;

/** The id of the `index`-th sample request; a later index is a later request. */
export function sampleId(index: number): bigint {
  return firstIdAt(arrivedAtMs + index);
}

/** One call as meter would write it, with ids of its own. */
export function sampleAttempt(index: number, over: Partial<Attempt> = {}): Attempt {
  return {
    index,
    endpointId: "openai",
    vendor: "openai",
    model: "gpt-4o-mini",
    servedModel: "gpt-4o-mini-2024-07-18",
    outcome: "complete",
    status: 200,
    usage: { source: "provider", tokens: { input: 1_000, cacheRead: 200, output: 300, reasoning: 0, cacheWrite5m: 7 } },
    cost: { state: "priced", picoUsd: 330_000_000n },
    startedAtMs: arrivedAtMs + 1,
    durationUs: 812_345,
    timeToFirstByteUs: 301_000,
    providerRequestId: `req_${index}`,
    providerResponseId: `chatcmpl-${index}`,
    finishReason: "stop",
    ...over,
  };
}

/** A settled request with one attempt, number `index` of the samples. */
export function sampleRecord(index: number, over: Partial<RequestRecord> = {}): RequestRecord {
  const id = sampleId(index);
  const attempt = sampleAttempt(0, { providerRequestId: `req_${index}`, providerResponseId: `chatcmpl-${index}` });
  return {
    id,
    requestId: requestIdOf(id),
    arrivedAtMs: arrivedAtMs + index,
    durationUs: 815_000,
    timeToFirstByteUs: 302_000,
    dialect: "openai-chat",
    route: "default",
    keyId: "own-1f2e3d",
    claims: { feature: "support-chat", user: "u-17", tags: ["eu", "beta"] },
    requestedModel: "gpt-4o",
    stream: true,
    bypass: false,
    clientRetries: 1,
    status: 200,
    outcome: "ok",
    origin: "provider",
    cache: "miss",
    usage: attempt.usage,
    cost: { state: "priced", picoUsd: 330_000_000n },
    baseline: { state: "priced", picoUsd: 5_500_000_000n },
    savings: [{ technique: "choose-target", picoUsd: 5_170_000_000n, method: "measured" }],
    attempts: [attempt],
    journal: [
      { stage: "settle", decision: "record", reason: "settled" },
      {
        stage: "choose-target",
        decision: "gpt-4o-mini",
        reason: "rule",
        picoUsd: 5_170_000_000n,
        note: 'small "talk"\n',
      },
      { stage: "call-provider", decision: "openai", reason: "answered", us: 812_345 },
    ],
    configGeneration: 3,
    priceVersion: "0123456789abcdef",
    ...over,
  };
}

/** What a stored request must look like: the record as JSON, bigints as decimal strings. */
export function asStored(record: RequestRecord): unknown {
  return JSON.parse(
    JSON.stringify({ ...record, corrections: [] }, (_name, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    ),
  );
}

/** What every {@link LedgerStore} must hold to. `create` makes an empty one, which the test closes. */
export function ledgerConformance(test: RegisterTest, create: () => Promise<LedgerStore> | LedgerStore): void {
  const withLedger = (name: string, run: (ledger: LedgerStore) => Promise<void>): void => {
    test(name, async () => {
      const ledger = await create();
      try {
        await run(ledger);
      } finally {
        await ledger.close();
      }
    });
  };

  withLedger("gives a row back whole by our id and by both ids of the provider", async (ledger) => {
    const record = sampleRecord(1);
    assert.equal(await ledger.append(record, true), "synced");
    for (const id of [record.requestId, "req_1", "chatcmpl-1"]) {
      assert.deepEqual(await ledger.find(id), asStored(record), id);
    }
  });

  withLedger("finds a row that was only handed over", async (ledger) => {
    const record = sampleRecord(1);
    assert.equal(await ledger.append(record, false), "accepted");
    assert.deepEqual(await ledger.find(record.requestId), asStored(record));
  });

  withLedger("finds nothing for ids it never saw", async (ledger) => {
    await ledger.append(sampleRecord(1), true);
    for (const id of ["fr_1", "fr_", "req_2", "stop", "", "x".repeat(10_000)])
      assert.equal(await ledger.find(id), null, id);
  });

  withLedger("keeps every attempt, in order, and finds by the ids of each", async (ledger) => {
    const failed = sampleAttempt(0, {
      outcome: "unknown",
      status: 0,
      usage: { source: "unknown", tokens: {} },
      cost: { state: "unpriced", picoUsd: null },
      servedModel: null,
      timeToFirstByteUs: null,
      providerRequestId: null,
      providerResponseId: null,
      finishReason: null,
    });
    const second = sampleAttempt(1, {
      usage: {
        source: "provider",
        tokens: { input: 5, output: 0, audioOutput: 9 },
        serverToolCalls: { web_search: 2 },
        serviceTier: "priority",
      },
    });
    const record = sampleRecord(1, { attempts: [failed, second, sampleAttempt(2)], usage: second.usage });
    await ledger.append(record, true);
    for (const id of [record.requestId, "req_1", "chatcmpl-2"])
      assert.deepEqual(await ledger.find(id), asStored(record));
  });

  withLedger("keeps a row without an attempt", async (ledger) => {
    const record = sampleRecord(1, {
      attempts: [],
      origin: "exact",
      cache: "hit",
      cost: { state: "free", picoUsd: 0n },
      claims: { tags: [] },
      journal: [],
    });
    await ledger.append(record, true);
    assert.deepEqual(await ledger.find(record.requestId), asStored(record));
  });

  withLedger("finds the newest of several rows with one id of a provider", async (ledger) => {
    const call = sampleAttempt(0, { providerRequestId: "req_same" });
    for (const index of [1, 3, 2]) await ledger.append(sampleRecord(index, { attempts: [call] }), true);
    assert.equal((await ledger.find("req_same"))?.["requestId"], requestIdOf(sampleId(3)));
  });

  withLedger("keeps amounts that no float holds", async (ledger) => {
    const picoUsd = 9_223_372_036_854_775_807n;
    const record = sampleRecord(1, {
      cost: { state: "estimated", picoUsd },
      baseline: { state: "priced", picoUsd: -picoUsd },
      savings: [{ technique: "retry", picoUsd: -9_007_199_254_740_993n, method: "modelled" }],
    });
    await ledger.append(record, true);
    assert.deepEqual(await ledger.find(record.requestId), asStored(record));
  });

  withLedger("takes many rows at once and counts each", async (ledger) => {
    const results = await Promise.all(
      Array.from({ length: 1_200 }, (_, index) => ledger.append(sampleRecord(index), true)),
    );
    assert.ok(results.every((result) => result === "synced"));
    const { rowsWritten, rowsQueued, rowsSpooled, rowsDropped } = ledger.status();
    assert.deepEqual(
      { rowsWritten, rowsQueued, rowsSpooled, rowsDropped },
      {
        rowsWritten: 1_200,
        rowsQueued: 0,
        rowsSpooled: 0,
        rowsDropped: 0,
      },
    );
  });

  withLedger("takes nothing after its end, and says so", async (ledger) => {
    await ledger.append(sampleRecord(1), false);
    await ledger.close();
    assert.equal(ledger.status().rowsWritten, 1);
    assert.equal(await ledger.append(sampleRecord(2), true), "dropped");
    assert.equal(ledger.status().rowsDropped, 1);
  });
}
