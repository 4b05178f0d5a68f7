import { tokenClasses } from "../../../spec/usage.ts";
import { noValue } from "./report-dimensions.ts";
import { allMeasures, amountSplit, latencyBucketOf, rowTokensMax } from "./row-measures.ts";
import { callColumns, requestColumns } from "../schema.ts";
import { columnTokenClasses, type WireRow, type WireValue } from "../ledger/wire-row.ts";

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
  /** Of latency. */
  readonly bucket: number;
}

/** What a technique saved on a row: the measures of `techniqueMeasures`, in their order. */
export interface RowSaving {
  readonly technique: string;
  readonly method: string;
  readonly amounts: readonly [number, number, number, number];
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
/** Where each class of tokens is summed. */
const tokenPlaces = new Map<string, number>(tokenClasses.map((name, index) => [name, tokensAt + index]));
/** The same for the classes with columns of their own, in the order of those, which stand side by side. */
const ownTokenPlaces = columnTokenClasses.map((name) => tokenPlaces.get(name) as number);
const ownTokensAt = call("input_tokens");
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

/** Sets `into` to what the row adds to each of `allMeasures`: whole numbers that 16,000 rows add up exactly. */
export function measureRow({ row, later }: WrittenRow, into: Float64Array): void {
  into.fill(0);
  into[0] = 1;
  const cost = row[columns.cost] ?? null;
  const baseline = row[columns.baseline] ?? null;
  if (cost !== null) {
    const [quotient, remainder] = splitAmount(cost);
    into[1] = 1;
    into[costAt] = quotient;
    into[costAt + 1] = remainder;
    if (baseline !== null) {
      into[comparedAt] = quotient;
      into[comparedAt + 1] = remainder;
      const [baselineQuotient, baselineRemainder] = splitAmount(baseline);
      into[baselineAt] = baselineQuotient;
      into[baselineAt + 1] = baselineRemainder;
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
    const count = into[place] as number;
    if (count !== 0) into[place] = Math.min(Math.trunc(count), rowTokensMax);
  }
}

/** What techniques saved on a row. */
export function savingsOf({ row }: WrittenRow): readonly RowSaving[] {
  const text = row[columns.savings];
  if (typeof text !== "string") return [];
  return (JSON.parse(text) as [string, string, string, string?][]).map(([technique, saved, method, aloneOff]) => {
    const amount = splitAmount(saved);
    const alone = aloneOff === undefined ? amount : splitAmount(aloneOff);
    return { technique, method, amounts: [...amount, ...alone] };
  });
}

function nameOf(value: WireValue | undefined): string {
  return typeof value === "string" ? value : noValue;
}

/** An amount as SQLite divides it: towards zero, the remainder with the sign of the whole. */
function splitAmount(amount: string | number): readonly [quotient: number, remainder: number] {
  if (typeof amount === "string" && amount.length > 15) {
    const whole = clamp(BigInt(amount));
    return [Number(whole / amountSplit), Number(whole % amountSplit)];
  }
  // The operator % is some ten times as slow on numbers of this size. Products below 2^53 are exact.
  const value = Number(amount);
  const size = Math.abs(value);
  let quotient = Math.floor(size / split);
  let remainder = size - quotient * split;
  if (remainder < 0) {
    quotient -= 1;
    remainder += split;
  } else if (remainder >= split) {
    quotient += 1;
    remainder -= split;
  }
  return value < 0 ? [-quotient, -remainder] : [quotient, remainder];
}

/** As a cast to INTEGER takes digits beyond 64 bits. */
function clamp(value: bigint): bigint {
  const max = 2n ** 63n - 1n;
  if (value > max) return max;
  return value < -max - 1n ? -max - 1n : value;
}

function addTokens(into: Float64Array, row: WireRow, from: number): void {
  for (let index = 0; index < ownTokenPlaces.length; index++) {
    const count = row[from + ownTokensAt + index];
    if (typeof count === "number") addAt(into, ownTokenPlaces[index] as number, count);
  }
  const others = row[from + otherTokensAt];
  if (typeof others !== "string") return;
  const counts = JSON.parse(others) as Record<string, number>;
  for (const name in counts) {
    const place = tokenPlaces.get(name);
    if (place !== undefined) addAt(into, place, counts[name] as number);
  }
}

function addAt(into: Float64Array, place: number, more: number): void {
  into[place] = (into[place] as number) + more;
}
