import { keysOf, measureRow, type RowKeys, savingsOf, type WrittenRow } from "./measure-row.ts";
import { allMeasures } from "./row-measures.ts";

/** Sums of some rows by a key. */
export interface Group {
  readonly keys: RowKeys;
  /** In the order of `allMeasures`. */
  readonly sums: Float64Array;
  /** By technique and method. */
  readonly savings: Map<string, SavedGroup>;
}

/** Sums of what a technique saved. */
export interface SavedGroup {
  readonly technique: string;
  readonly method: string;
  /** In the order of `techniqueMeasures`. */
  readonly sums: number[];
}

/** How many rows fell into a bucket of latency. */
export interface LatencyGroup {
  readonly keys: RowKeys;
  requests: number;
}

/** Rows of one cell at most: beyond some 9,000 the sum of their tokens might not be exact. */
export const cellRowsMax = 8_000;

/** Sums of up to {@link cellRowsMax} rows of one quarter of an hour, by the key of a day, by user and by latency. About 2 us a row. */
export class CellSums {
  /** By what days are kept by, which holds what quarters of an hour are kept by. */
  readonly groups: Map<string, Group> = new Map();
  readonly users: Map<string, Group> = new Map();
  readonly latencies: Map<string, LatencyGroup> = new Map();
  readonly #one: Float64Array = new Float64Array(allMeasures.length);

  /** Adds a row. */
  add(row: WrittenRow): void {
    const keys = keysOf(row);
    measureRow(row, this.#one);
    const group = groupOf(this.groups, `${quarterKey(keys)}${keys.cohort.length}:${keys.cohort}${keys.status}`, keys);
    const user = groupOf(this.users, keys.user, keys);
    addAll(group.sums, this.#one);
    addAll(user.sums, this.#one);
    for (const { technique, method, amounts } of savingsOf(row)) {
      addSaved(group.savings, technique, method, amounts);
      addSaved(user.savings, technique, method, amounts);
    }
    const place = `${keys.bucket}:${keys.provider.length}:${keys.provider}${keys.model}`;
    const latency = this.latencies.get(place);
    if (latency === undefined) this.latencies.set(place, { keys, requests: 1 });
    else latency.requests += 1;
  }

  /** The groups of a day's key added up by another key, which must be a part of that. */
  regroup(keyOf: (keys: RowKeys) => string): readonly Group[] {
    const wider = new Map<string, Group>();
    for (const { keys, sums, savings } of this.groups.values()) {
      const group = groupOf(wider, keyOf(keys), keys);
      addAll(group.sums, sums);
      for (const saved of savings.values()) addSaved(group.savings, saved.technique, saved.method, saved.sums);
    }
    return [...wider.values()];
  }
}

/** What tells groups of a quarter of an hour apart. Lengths go before names, since names may hold any character. */
export function quarterKey({ feature, team, key_id: keyId, model, provider }: RowKeys): string {
  return `${feature.length}:${feature}${team.length}:${team}${keyId.length}:${keyId}${model.length}:${model}${provider.length}:${provider}`;
}

function groupOf(groups: Map<string, Group>, key: string, keys: RowKeys): Group {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group = { keys, sums: new Float64Array(allMeasures.length), savings: new Map<string, SavedGroup>() };
  groups.set(key, group);
  return group;
}

function addSaved(
  groups: Map<string, SavedGroup>,
  technique: string,
  method: string,
  amounts: readonly number[],
): void {
  const key = `${technique.length}:${technique}${method}`;
  const known = groups.get(key);
  if (known === undefined) groups.set(key, { technique, method, sums: [...amounts] });
  else addAll(known.sums, amounts);
}

function addAll(sums: Float64Array | number[], more: Float64Array | readonly number[]): void {
  for (let place = 0; place < more.length; place++) sums[place] = (sums[place] as number) + (more[place] as number);
}
