import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { arrivalOf } from "../../../kit/request-id.ts";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { createFakeClock } from "../../../testing/fake-clock.ts";
import { sampleAttempt, sampleId, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import { readSpending } from "./read-spending.ts";

const settings = { durability: "strict", syncWaitMsMax: 5_000, spoolRowsMax: 1_000, retentionDays: 400 } as const;

function at(index: number, over: Partial<RequestRecord>): RequestRecord {
  return sampleRecord(index, { arrivedAtMs: arrivalOf(sampleId(index)), ...over });
}

it("requests that called a provider, with each call and what was reserved for those of unknown cost", async () => {
  const directory = mkdtempSync(join(tmpdir(), "farthing-spending-"));
  try {
    const ledger = await openLedger({
      directory,
      settings,
      zone: "UTC",
      clock: createFakeClock(),
      alarm: () => undefined,
    });
    const unpriced = { state: "unpriced", picoUsd: null } as const;
    const rows = [
      // A hit costs its lookup, and some of what a row costs may be a lookup's: no provider bills that, and no budget counts it.
      at(0, { attempts: [], claims: { tags: [] }, cache: "hit", cost: { state: "priced", picoUsd: 9n } }),
      at(1, {
        keyId: "k1",
        claims: { tags: [], user: "u", team: "t", feature: "f" },
        cost: { state: "priced", picoUsd: 15n },
        attempts: [
          sampleAttempt(0, {
            model: "m1",
            outcome: "refused",
            usage: { source: "unknown", tokens: {} },
            cost: { state: "free", picoUsd: 0n },
          }),
          sampleAttempt(1, {
            model: "m2",
            outcome: "complete",
            usage: { source: "provider", tokens: { input: 3, output: 4, reasoning: 5, audioInput: 6 } },
            cost: { state: "priced", picoUsd: 12n },
          }),
        ],
      }),
      at(2, {
        keyId: "k2",
        claims: { tags: [] },
        cost: unpriced,
        attempts: [
          sampleAttempt(0, {
            model: "m3",
            outcome: "unknown",
            usage: { source: "unknown", tokens: {} },
            cost: unpriced,
          }),
        ],
        journal: [{ stage: "reserve-budget", decision: "reserve", reason: "reserved", picoUsd: 777n }],
      }),
    ];
    await Promise.all(rows.map((row) => ledger.append(row, true)));
    await ledger.close();
    const read = [...readSpending(directory, rows[0]?.arrivedAtMs ?? 0)];
    expect(read).toEqual([
      {
        arrivedAtMs: rows[1]?.arrivedAtMs,
        keyId: "k1",
        user: "u",
        team: "t",
        feature: "f",
        reservedPicoUsd: 0n,
        calls: [
          { model: "m1", outcome: "refused", picoUsd: 0n, tokens: 0n },
          { model: "m2", outcome: "complete", picoUsd: 12n, tokens: 18n },
        ],
      },
      {
        arrivedAtMs: rows[2]?.arrivedAtMs,
        keyId: "k2",
        user: null,
        team: null,
        feature: null,
        reservedPicoUsd: 777n,
        calls: [{ model: "m3", outcome: "unknown", picoUsd: null, tokens: 0n }],
      },
    ]);
    const last = rows[2]?.arrivedAtMs ?? 0;
    expect([...readSpending(directory, last)]).toHaveLength(
      read.filter(({ arrivedAtMs }) => arrivedAtMs >= last).length,
    );
    expect([...readSpending(join(directory, "nothing"), 0)]).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
