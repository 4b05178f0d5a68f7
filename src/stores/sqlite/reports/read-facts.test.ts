import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { firstIdAt, requestIdOf } from "../../../kit/request-id.ts";
import { zonedDay } from "../../../kit/zoned-time.ts";
import { sampleAttempt, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { createFold } from "../roll-ups/fold-rows.ts";
import { createFactsReader } from "./read-facts.ts";
import { openFactsThread } from "./read-facts-thread.ts";
import { takeZone } from "../roll-ups/reset-roll-ups.ts";
import { costOf, makeTestLedger, type TestLedger } from "../ledger/test-ledger-database.ts";

let ledger: TestLedger;
/** 2026-03-29T10:00:00Z: the day on which Europe's clocks went forward. */
const nowMs = 1_774_778_400_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

beforeEach(() => void (ledger = makeTestLedger()));
afterEach(() => ledger.remove());

let sequence = 0n;

function call(atMs: number, picoUsd: bigint | null, over: Partial<RequestRecord> = {}): RequestRecord {
  const id = firstIdAt(atMs) + (sequence++ & 4095n);
  const cost = costOf(picoUsd);
  const attempts = [sampleAttempt(0, { cost })];
  return sampleRecord(0, { id, requestId: requestIdOf(id), arrivedAtMs: atMs, cost, attempts, savings: [], ...over });
}

const by = (keyId: string, user: string) => ({ keyId, claims: { user, tags: [] } });

const reader = (zone = "UTC") => createFactsReader({ directory: ledger.directory, zone, withUsers: true });

describe("facts", () => {
  it("are of one day where there is nothing", () => {
    expect(reader().read(nowMs)).toEqual({
      nowMs,
      days: [{ day: "2026-03-29", costPicoUsd: 0n, requests: 0 }],
      keys: [],
      lastHour: { costPicoUsd: 0n, requests: 0, unpriced: 0 },
      dayBefore: { costPicoUsd: 0n, requests: 0 },
      users: [],
      unpricedModels: [],
    });
  });

  it("tell days without gaps down to the first request, by the zone's clocks", () => {
    ledger.write([call(nowMs - 4 * dayMs, 1n), call(nowMs - 2 * dayMs, 2n), call(nowMs - 1, 4n)]);
    expect(reader("Asia/Kathmandu").read(nowMs).days).toEqual([
      { day: "2026-03-29", costPicoUsd: 4n, requests: 1 },
      { day: "2026-03-28", costPicoUsd: 0n, requests: 0 },
      { day: "2026-03-27", costPicoUsd: 2n, requests: 1 },
      { day: "2026-03-26", costPicoUsd: 0n, requests: 0 },
      { day: "2026-03-25", costPicoUsd: 1n, requests: 1 },
    ]);
  });

  it("see rows that come late, those that settle an hour after they arrived too", () => {
    const read = reader();
    ledger.write([call(nowMs - 2 * hourMs, 1n)]);
    expect(read.read(nowMs).days[0]).toMatchObject({ requests: 1 });
    ledger.write([call(nowMs - hourMs + 1, 2n), call(nowMs + 30_000, 4n)]);
    expect(read.read(nowMs + 60_000).days[0]).toMatchObject({ requests: 3, costPicoUsd: 7n });
    expect(read.read(nowMs + 120_000).days[0]).toMatchObject({ requests: 3, costPicoUsd: 7n });
  });

  it("tell the last hour apart from the day before it", () => {
    ledger.write([call(nowMs - 25 * hourMs - 1, 1n), call(nowMs - 25 * hourMs, 2n), call(nowMs - hourMs - 1, 4n)]);
    ledger.write([call(nowMs - hourMs, 8n), call(nowMs, 16n), call(nowMs, null)]);
    expect(reader().read(nowMs)).toMatchObject({
      lastHour: { costPicoUsd: 24n, requests: 3, unpriced: 1 },
      dayBefore: { costPicoUsd: 6n, requests: 2 },
    });
  });

  it("name today's dearest users, keys with their own days, and models without a price", () => {
    const later = [
      sampleAttempt(0),
      sampleAttempt(1, { vendor: "acme", model: "new", cost: { state: "unpriced", picoUsd: null } }),
    ];
    ledger.write([
      call(nowMs - dayMs, 50n, by("k1", "u1")),
      call(nowMs - 1, 5n, by("k1", "u1")),
      call(nowMs - 1, 7n, by("k2", "u2")),
      call(nowMs - dayMs, 9n, by("k3", "u3")),
      call(nowMs - 1, null, { attempts: later }),
    ]);
    expect(reader().read(nowMs)).toMatchObject({
      users: [
        { user: "u2", costPicoUsd: 7n },
        { user: "u1", costPicoUsd: 5n },
        { user: "u-17", costPicoUsd: 0n },
      ],
      keys: [
        { keyId: "k2", days: [{ costPicoUsd: 7n }] },
        { keyId: "k1", days: [{ costPicoUsd: 5n }, { costPicoUsd: 50n }] },
      ],
      unpricedModels: ["acme/new"],
    });
  });

  it("are the sums of the rows, whenever they are read in between, folded or not, in any zone", () => {
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York");
    const back = fc.integer({ min: 0, max: 30 * dayMs });
    const calls = fc.array(fc.record({ back, look: fc.boolean(), fold: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(zones, calls, fc.array(back, { maxLength: 5 }), (zone, some, late) => {
        ledger.remove();
        ledger = makeTestLedger();
        takeZone(ledger.database, "UTC");
        const fold = createFold(ledger.database);
        const read = reader(zone);
        const expected = new Map<string, bigint>();
        const add = (atBack: number): void => {
          ledger.write([call(nowMs - atBack, BigInt(atBack) + 1n)]);
          const day = zonedDay(nowMs - atBack, zone);
          expected.set(day, (expected.get(day) ?? 0n) + BigInt(atBack) + 1n);
        };
        const sums = (reading: ReturnType<typeof reader>): Map<string, bigint> => {
          const { days } = reading.read(nowMs);
          expect(new Set(days.map(({ day }) => day)).size).toBe(days.length);
          return new Map(days.flatMap((day) => (day.requests > 0 ? [[day.day, day.costPicoUsd] as const] : [])));
        };
        // In order of arrival, as a ledger fills; now and then somebody looks, or the ledger folds.
        for (const one of some.toSorted((left, right) => right.back - left.back)) {
          add(one.back);
          if (one.fold) while (fold.next(firstIdAt(nowMs - one.back)) > 0);
          if (one.look) read.read(nowMs - one.back);
        }
        expect(sums(read)).toEqual(expected);
        // Whoever looks for the first time sees what came late, too.
        for (const atBack of late) add(atBack);
        expect(sums(reader(zone))).toEqual(expected);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000 },
    );
  }, 30_000);

  it("are read in a thread, which says why it cannot", async () => {
    ledger.write([call(nowMs - 1, 4n)]);
    const thread = openFactsThread({ directory: ledger.directory, zone: "UTC", withUsers: false });
    const nowhere = openFactsThread({ directory: join(ledger.directory, "nowhere"), zone: "UTC", withUsers: false });
    try {
      expect(await thread.read(nowMs)).toMatchObject({ days: [{ costPicoUsd: 4n }], users: [] });
      expect(await thread.read(nowMs)).toMatchObject({ days: [{ costPicoUsd: 4n }] });
      await expect(nowhere.read(nowMs)).rejects.toThrow("No ledger in");
    } finally {
      await Promise.all([thread.close(), nowhere.close()]);
    }
  });
});
