import { type TokenClass, tokenClasses } from "../../spec/usage.ts";
import { noValue } from "./report-dimensions.ts";
import { allMeasures, amountSplit, latencyBucketOf, rowTokensMax } from "./row-measures.ts";
import { callColumns, requestColumns } from "./schema.ts";
import { columnTokenClasses, type WireRow, type WireValue } from "./wire-row.ts";

/*
 * What a row adds to the sums, from its values as they travel: the same as the SQL of row-measures.ts and report-dimensions.ts says of the
 * row when it is in the tables. A property test holds the two together (fold-rows.test.ts).
 */

/** A row that was inserted, and those of its later attempts, all of them. */
export interface WrittenRow {
  readonly row: WireRow;
  readonly later: readonly WireRow[] | null;
}

/** Values of a row's key columns. */
export interface RowKeys {
  readonly feature: string;
  readonly team: string;
  readonly key_id: string;
  readonly model: string;
  readonly provider: string;
  readonly cohort: string;
  readonly status: number;
  readonly user: string;
  readonly bucket: number;
}

/** What a technique saved on a row: the measures of `techniqueMeasures`, in their order. */
export interface RowSaving {
  readonly technique: string;
  readonly method: string;
  readonly amounts: readonly number[];
}

const own = (name: string): number => requestColumns.findIndex(([column]) => column === name);
const call = (name: string): number => callColumns.findIndex(([column]) => column === name);
const measure = (name: string): number => allMeasures.findIndex((one) => one.name === name);

const columns = {
  durationUs: own("duration_us"),
  keyId: own("key_id"),
  feature: own("feature"),
  user: own("user"),
  team: own("team"),
  cohort: own("cohort"),
  status: own("status"),
  outcome: own("outcome"),
  origin: own("origin"),
  cache: own("cache"),
  costState: own("cost_state"),
  cost: own("cost_pico_usd"),
  baseline: own("baseline_pico_usd"),
  savings: own("savings"),
  attemptCount: own("attempt_count"),
};
const calls = { endpoint: call("endpoint"), model: call("model"), servedModel: call("served_model") };
/** Where the columns of the first call begin; those of a later one come after its request's id and its index. */
const firstCallAt = requestColumns.length;
const laterCallAt = 2;
const otherTokensAt = call("other_tokens");
const costAt = measure("cost_quotient");
const comparedAt = measure("compared_quotient");
const baselineAt = measure("baseline_quotient");
const countsAt = measure("unpriced");
const tokensAt = measure("input_tokens");
const ownTokens = columnTokenClasses.map((name, index) => ({
  column: call("input_tokens") + index,
  place: tokensAt + tokenClasses.indexOf(name),
}));
const split = Number(amountSplit);

/** Key values of a row. */
export function keysOf({ row, later }: WrittenRow): RowKeys {
  const attempts = row[columns.attemptCount] as number;
  // A later attempt may have been parked.
  const last = attempts > 1 ? later?.find((one) => one[1] === attempts - 1) : row;
  const from = last === row ? firstCallAt : laterCallAt;
  const origin = row[columns.origin];
  const unbought = typeof origin === "string" ? `(${origin})` : noValue;
  return {
    feature: nameOf(row[columns.feature]),
    team: nameOf(row[columns.team]),
    key_id: row[columns.keyId] as string,
    model: attempts === 0 ? unbought : nameOf(last?.[from + calls.servedModel] ?? last?.[from + calls.model]),
    provider: attempts === 0 ? unbought : nameOf(last?.[from + calls.endpoint]),
    cohort: nameOf(row[columns.cohort]),
    status: row[columns.status] as number,
    user: nameOf(row[columns.user]),
    bucket: latencyBucketOf(row[columns.durationUs] as number),
  };
}

/** Sets `into` to what the row adds to each of `allMeasures`: whole numbers that 8,000 rows add up exactly. */
export function measureRow({ row, later }: WrittenRow, into: Float64Array): void {
  into.fill(0);
  into[0] = 1;
  const cost = row[columns.cost] ?? null;
  const baseline = row[columns.baseline] ?? null;
  if (cost !== null) {
    into[1] = 1;
    putAmount(into, costAt, cost);
    if (baseline !== null) {
      putAmount(into, comparedAt, cost);
      putAmount(into, baselineAt, baseline);
    }
  }
  const { [columns.cache]: cache, [columns.outcome]: outcome, [columns.costState]: state } = row;
  if (state === "unpriced") into[countsAt] = 1;
  else if (state === "estimated") into[countsAt + 1] = 1;
  if (cache === "hit") into[countsAt + 2] = 1;
  if (cache === "hit" || cache === "miss") into[countsAt + 3] = 1;
  if (outcome === "error" || outcome === "truncated") into[countsAt + 4] = 1;
  else if (outcome === "aborted") into[countsAt + 5] = 1;
  addTokens(into, row, firstCallAt);
  if (later !== null) for (const attempt of later) addTokens(into, attempt, laterCallAt);
  for (let place = tokensAt; place < into.length; place++) {
    into[place] = Math.min(Math.trunc(into[place] as number), rowTokensMax);
  }
}

/** What techniques saved on a row. */
export function savingsOf({ row }: WrittenRow): readonly RowSaving[] {
  const text = row[columns.savings];
  if (typeof text !== "string") return [];
  return (JSON.parse(text) as [string, string, string, string?][]).map(([technique, saved, method, aloneOff]) => {
    const amounts = [0, 0, 0, 0];
    putAmount(amounts, 0, saved);
    putAmount(amounts, 2, aloneOff ?? saved);
    return { technique, method, amounts };
  });
}

function nameOf(value: WireValue | undefined): string {
  return typeof value === "string" ? value : noValue;
}

/** An amount as SQLite divides it: towards zero, the remainder with the sign of the whole. */
function putAmount(into: Float64Array | number[], place: number, amount: string | number): void {
  const value = typeof amount === "number" || amount.length > 15 ? amount : Number(amount);
  if (typeof value === "number") {
    const remainder = value % split;
    into[place] = (value - remainder) / split;
    into[place + 1] = remainder;
    return;
  }
  const whole = clamp(BigInt(value));
  into[place] = Number(whole / amountSplit);
  into[place + 1] = Number(whole % amountSplit);
}

/** As a cast to INTEGER takes digits beyond 64 bits. */
function clamp(value: bigint): bigint {
  const max = 2n ** 63n - 1n;
  if (value > max) return max;
  return value < -max - 1n ? -max - 1n : value;
}

function addTokens(into: Float64Array, row: WireRow, from: number): void {
  for (const { column, place } of ownTokens) {
    const count = row[from + column];
    if (typeof count === "number") into[place] = (into[place] as number) + count;
  }
  const others = row[from + otherTokensAt];
  if (typeof others !== "string") return;
  for (const [name, count] of Object.entries(JSON.parse(others) as Record<TokenClass, number>)) {
    const place = tokensAt + tokenClasses.indexOf(name as TokenClass);
    if (place >= tokensAt) into[place] = (into[place] as number) + count;
  }
}
