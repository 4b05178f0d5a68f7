import { keysOf, measureRow, type RowKeys, type RowSaving, savingsOf, type WrittenRow } from "./measure-row.ts";
import { allMeasures } from "./row-measures.ts";

/** Sums of some rows by a key. */
export interface Group {
  readonly keys: RowKeys;
  /** In the order of `allMeasures`. */
  readonly sums: Float64Array;
  /** A few: one for each technique and method. */
  readonly savings: SavedGroup[];
  /** Requests by bucket of latency; of users none are kept. */
  readonly buckets: Map<number, number> | null;
}

/** Sums of what a technique saved. */
export interface SavedGroup {
  readonly technique: string;
  readonly method: string;
  /** In the order of `techniqueMeasures`. */
  readonly amounts: [number, number, number, number];
}

/** Rows of one cell at most: beyond some 90,000 the sum of their tokens might not be exact. */
export const cellRowsMax = 16_000;

/** Sums of up to {@link cellRowsMax} rows of one quarter of an hour, by the key of a day, by user and by latency. About 2 us a row. */
export class CellSums {
  /** By what days are kept by, which holds what quarters of an hour are kept by. */
  readonly groups: Map<string, Group> = new Map();
  readonly users: Map<string, Group> = new Map();
  readonly #one: Float64Array = new Float64Array(allMeasures.length);

  /** Adds a row. */
  add(row: WrittenRow): void {
    const keys = keysOf(row);
    measureRow(row, this.#one);
    const dayKey = `${quarterKey(keys)}${keys.cohort.length}:${keys.cohort}${keys.status}`;
    const group = groupOf(this.groups, dayKey, keys, true);
    const user = groupOf(this.users, keys.user, keys, false);
    addToBoth(group.sums, user.sums, this.#one);
    for (const saving of savingsOf(row)) {
      addSaved(group.savings, saving);
      addSaved(user.savings, saving);
    }
    group.buckets?.set(keys.bucket, (group.buckets.get(keys.bucket) ?? 0) + 1);
  }

  /** Adds the sums of other rows. */
  addCell(other: CellSums): void {
    for (const [key, group] of other.groups) addGroup(groupOf(this.groups, key, group.keys, true), group);
    for (const [key, user] of other.users) addGroup(groupOf(this.users, key, user.keys, false), user);
  }

  /** The groups of a day's key added up by another key, which must be a part of that. */
  regroup(keyOf: (keys: RowKeys) => string): readonly Group[] {
    const wider = new Map<string, Group>();
    for (const one of this.groups.values()) addGroup(groupOf(wider, keyOf(one.keys), one.keys, true), one);
    return [...wider.values()];
  }
}

/** What tells groups of a quarter of an hour apart. Lengths go before names, since names may hold any character. */
export function quarterKey({ feature, team, key_id: keyId, model, provider }: RowKeys): string {
  return `${feature.length}:${feature}${team.length}:${team}${keyId.length}:${keyId}${model.length}:${model}${provider.length}:${provider}`;
}

function groupOf(groups: Map<string, Group>, key: string, keys: RowKeys, withBuckets: boolean): Group {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const buckets = withBuckets ? new Map<number, number>() : null;
  const group: Group = { keys, sums: new Float64Array(allMeasures.length), savings: [], buckets };
  groups.set(key, group);
  return group;
}

function addGroup(group: Group, { sums, savings, buckets }: Group): void {
  addAll(group.sums, sums);
  for (const saved of savings) addSaved(group.savings, saved);
  for (const [bucket, requests] of buckets ?? []) {
    group.buckets?.set(bucket, (group.buckets.get(bucket) ?? 0) + requests);
  }
}

function addSaved(savings: SavedGroup[], { technique, method, amounts }: RowSaving): void {
  for (const known of savings) {
    if (known.technique !== technique || known.method !== method) continue;
    const sums = known.amounts;
    for (let place = 0; place < sums.length; place++)
      sums[place] = (sums[place] as number) + (amounts[place] as number);
    return;
  }
  savings.push({ technique, method, amounts: [...amounts] });
}

/** In one pass, since half of what a row adds is zero. */
function addToBoth(one: Float64Array, other: Float64Array, more: Float64Array): void {
  for (let place = 0; place < more.length; place++) {
    const sum = more[place] as number;
    if (sum === 0) continue;
    one[place] = (one[place] as number) + sum;
    other[place] = (other[place] as number) + sum;
  }
}

function addAll(sums: Float64Array, more: Float64Array): void {
  for (let place = 0; place < more.length; place++) sums[place] = (sums[place] as number) + (more[place] as number);
}
