import type { TokenClass } from "../../../spec/usage.ts";
import { tokenClasses } from "../../../spec/usage.ts";

/** A figure that is summed: its column in the roll-ups, and what one row of `requests AS r` adds to it. */
export interface Measure {
  readonly name: string;
  readonly sql: string;
}

/** Amounts are summed as quotient and remainder of this: a sum of pico-dollars in 64 bits would end at $9.2 million. */
export const amountSplit = 1_000_000_000n;

/** Token counts of one row beyond this are taken for it: nothing real is, and a sum in 64 bits must not be brought to overflow. */
export const rowTokensMax = 100_000_000_000;

/** The two columns of an amount. */
export function amountMeasures(name: string, sql: string): readonly Measure[] {
  return [
    { name: `${name}_quotient`, sql: `coalesce((${sql}) / ${amountSplit}, 0)` },
    { name: `${name}_remainder`, sql: `coalesce((${sql}) % ${amountSplit}, 0)` },
  ];
}

const countOf = (name: string, condition: string): Measure => ({
  name,
  sql: `CASE WHEN ${condition} THEN 1 ELSE 0 END`,
});

/** Column of the tokens of a class. */
export function tokenColumn(tokenClass: TokenClass): string {
  return `${tokenClass.replaceAll(/[A-Z]|(?<=[a-z])\d/g, (part) => `_${part.toLowerCase()}`)}_tokens`;
}

/** Classes with a column in the rows themselves; the others lie in a JSON object. */
const ownColumns: ReadonlySet<TokenClass> = new Set(["input", "cacheRead", "output", "reasoning"]);

function tokensOf(tokenClass: TokenClass): Measure {
  const name = tokenColumn(tokenClass);
  const of = (prefix: string): string =>
    ownColumns.has(tokenClass) ? `${prefix}${name}` : `${prefix}other_tokens ->> '$.${tokenClass}'`;
  // What was billed: the tokens of every call of the request, not of the last alone.
  const later = `(SELECT sum(coalesce(${of("l.")}, 0)) FROM later_attempts AS l WHERE l.request_id = r.id)`;
  const all = `coalesce(${of("r.first_")}, 0) + CASE WHEN r.attempt_count > 1 THEN coalesce(${later}, 0) ELSE 0 END`;
  return { name, sql: `min(CAST(${all} AS INTEGER), ${rowTokensMax})` };
}

/** Requests, and how many of them cost a known amount. */
export const requestMeasures: readonly Measure[] = [
  { name: "requests", sql: "1" },
  countOf("costed", "r.cost_pico_usd IS NOT NULL"),
];

/** What providers bill. */
export const costMeasures: readonly Measure[] = amountMeasures("cost", "r.cost_pico_usd");

/** The two sides of the savings: cost and baseline of the requests that have both. */
export const savingMeasures: readonly Measure[] = [
  ...amountMeasures("compared", "CASE WHEN r.baseline_pico_usd IS NOT NULL THEN r.cost_pico_usd END"),
  ...amountMeasures("baseline", "CASE WHEN r.cost_pico_usd IS NOT NULL THEN r.baseline_pico_usd END"),
];

/** How requests ended and what is not known of them. */
export const countMeasures: readonly Measure[] = [
  countOf("unpriced", "r.cost_state = 'unpriced'"),
  countOf("estimated", "r.cost_state = 'estimated'"),
  countOf("hits", "r.cache = 'hit'"),
  // A follower of a shared call looked in no cache.
  countOf("lookups", "r.cache IN ('hit', 'miss')"),
  countOf("errors", "r.outcome IN ('error', 'truncated')"),
  countOf("aborted", "r.outcome = 'aborted'"),
];

/** Billed tokens, a column for each class. */
export const tokenMeasures: readonly Measure[] = tokenClasses.map(tokensOf);

/** Every measure, in the order of the roll-ups' columns. */
export const allMeasures: readonly Measure[] = [
  ...requestMeasures,
  ...costMeasures,
  ...savingMeasures,
  ...countMeasures,
  ...tokenMeasures,
];

/** What one technique saved on a row, and what the row would have cost more without it: over `json_each(r.savings) AS s`. */
export const techniqueMeasures: readonly Measure[] = [
  ...amountMeasures("saved", "CAST(s.value ->> '$[1]' AS INTEGER)"),
  ...amountMeasures("alone_off", "CAST(coalesce(s.value ->> '$[3]', s.value ->> '$[1]') AS INTEGER)"),
];

/** Latency falls into buckets an eighth of a power of two wide, so that a percentile read from them is within 4.5 %. */
const bucketsPerDoubling = 8;

/** Bucket of a duration in microseconds; from 0 to 424, since whole numbers of JavaScript have 53 bits. */
export function latencyBucketOf(durationUs: number): number {
  return Math.floor(Math.log2(Math.max(durationUs, 1)) * bucketsPerDoubling);
}

/** SQL function of every connection to a ledger: {@link latencyBucketOf}. One logarithm for both, lest two libraries round apart. */
export const latencyBucketFunction = "farthing_latency_bucket";

/** Bucket of a row's duration. */
export const latencyBucketSql: string = `CAST(${latencyBucketFunction}(min(r.duration_us, ${Number.MAX_SAFE_INTEGER})) AS INTEGER)`;

/** The duration that stands for a bucket, microseconds: the geometric middle of its ends. */
export function durationOfBucket(bucket: number): number {
  return Math.round(2 ** ((bucket + 0.5) / bucketsPerDoubling));
}
