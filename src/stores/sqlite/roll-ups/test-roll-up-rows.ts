import * as fc from "fast-check";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { firstIdAt, requestIdOf } from "../../../kit/request-id.ts";
import { sampleAttempt, sampleRecord } from "../../../testing/ledger-conformance.ts";

const dayMs = 86_400_000;
// Six days around a change of the clocks, Berlin's of 2026-10-25: spans of two and of four days lie in them.
/** First moment of the stories, milliseconds since the epoch, ... */
export const storyStartMs: number = Date.UTC(2026, 9, 22, 12);
/** ... and how much time passes in them. */
export const storyLengthMs: number = 6 * dayMs;
/** What a drawn request is about. */
export interface Drawn {
  /** Since the first moment of the story. */
  readonly atMs: number;
  readonly feature: string | null;
  readonly user: string | null;
  readonly cohort: string | null;
  readonly keyId: string;
  readonly status: number;
  readonly cache: RequestRecord["cache"];
  readonly outcome: RequestRecord["outcome"];
  readonly calls: number;
  readonly served: string;
  readonly costPicoUsd: bigint | null;
  readonly baselinePicoUsd: bigint | null;
  readonly savedPicoUsd: readonly bigint[];
}

/** A request: any amounts of 64 bits, often at the edge of a quarter of an hour. */
export const drawnRecord: fc.Arbitrary<Drawn> = fc.record({
  atMs: fc.oneof(
    fc.integer({ min: 0, max: storyLengthMs - 1 }),
    // At the edges of quarters of an hour, where spans could disagree.
    fc
      .tuple(fc.integer({ min: 0, max: 575 }), fc.constantFrom(-1, 0, 1))
      .map(([quarter, off]) => Math.max(0, quarter * 900_000 + off)),
  ),
  feature: fc.option(fc.constantFrom("chat", "search", "(none)")),
  user: fc.option(fc.constantFrom("u-1", "u-2")),
  cohort: fc.option(fc.constantFrom("holdout")),
  keyId: fc.constantFrom("own-1", "own-2"),
  status: fc.constantFrom(200, 429, 500),
  cache: fc.constantFrom("hit", "miss", "off", "coalesced"),
  outcome: fc.constantFrom("ok", "error", "aborted", "truncated"),
  calls: fc.integer({ min: 0, max: 3 }),
  served: fc.constantFrom("gpt-4o", "gpt-4o-mini"),
  costPicoUsd: fc.option(fc.bigInt({ min: -(10n ** 18n), max: 9n * 10n ** 18n }), { freq: 5 }),
  baselinePicoUsd: fc.option(fc.bigInt({ min: 0n, max: 9n * 10n ** 18n }), { freq: 5 }),
  savedPicoUsd: fc.array(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), { maxLength: 2 }),
});

/** Some 140 requests over a few hours that together cost more than a billion dollars. */
export const drawnFortune: fc.Arbitrary<readonly Drawn[]> = fc
  .tuple(drawnRecord, fc.integer({ min: 130, max: 150 }))
  .map(([drawn, length]) =>
    Array.from({ length }, (_, index) => ({
      ...drawn,
      atMs: (drawn.atMs + index * 61_000) % storyLengthMs,
      costPicoUsd: 9n * 10n ** 18n,
    })),
  );

/** The record of a drawn request; `sequence` makes its id its own. */
export function recordOf(drawn: Drawn, sequence: number): RequestRecord {
  const id = firstIdAt(storyStartMs + drawn.atMs) + BigInt(sequence);
  const { feature, user, cohort, costPicoUsd, baselinePicoUsd } = drawn;
  const claims = {
    ...(feature === null ? {} : { feature }),
    ...(user === null ? {} : { user }),
    ...(cohort === null ? {} : { cohort }),
    tags: ["eu", "beta"],
  };
  const { keyId, status, cache, outcome } = drawn;
  const attempts = Array.from({ length: drawn.calls }, (_, index) =>
    sampleAttempt(index, { servedModel: drawn.served }),
  );
  const techniques = ["exact-cache", "retry"];
  return {
    ...sampleRecord(0, {
      keyId,
      status,
      cache,
      outcome,
      claims,
      attempts,
      origin: drawn.calls === 0 ? "exact" : "provider",
    }),
    id,
    requestId: requestIdOf(id),
    cost: { state: costPicoUsd === null ? "unpriced" : "priced", picoUsd: costPicoUsd },
    baseline: { state: baselinePicoUsd === null ? "unpriced" : "estimated", picoUsd: baselinePicoUsd },
    savings: drawn.savedPicoUsd.map((picoUsd, index) => ({
      technique: techniques[index] ?? "",
      picoUsd,
      method: "measured",
    })),
  };
}
