import type { BalanceKey, LeaseAsk, LeaseReport, LeaseResult, SpentTruth } from "../spec/limit-store.ts";
import { grantOnTop } from "../kit/lease-grant.ts";

/** What one owner has in one slice of an account. All amounts are 0 or more. */
export interface OwnerBalance {
  readonly spent: bigint;
  readonly held: bigint;
  readonly presumed: bigint;
}

/** The rows that a store keeps, as far as the rules need them. */
export interface BalanceRows {
  /** Spent, held and presumed of all owners in slices of an account that begin at `fromMs` or later. */
  taken(account: string, fromMs: number): bigint;
  read(key: BalanceKey, owner: string): OwnerBalance;
  write(key: BalanceKey, owner: string, balance: OwnerBalance): void;
  /** Slices in which an owner has leases, alive or presumed. */
  leasedBy(owner: string): readonly BalanceKey[];
}

/** An owner without anything. */
export const noBalance: OwnerBalance = { spent: 0n, held: 0n, presumed: 0n };

/** All asks or none, decided and written in one transaction of the caller's. */
export function grantLeases(rows: BalanceRows, owner: string, asks: readonly LeaseAsk[]): LeaseResult {
  const granted: bigint[] = [];
  for (const [index, { account, limit, windowStartMs, needed, wished }] of asks.entries()) {
    if (limit === null) {
      granted.push(needed + wished);
      continue;
    }
    const left = limit - rows.taken(account, windowStartMs);
    if (left < needed) return { refused: index, remaining: left };
    granted.push(needed + grantOnTop(left, needed, wished));
  }
  for (const [index, ask] of asks.entries()) {
    const balance = rows.read(ask, owner);
    rows.write(ask, owner, { ...balance, held: balance.held + (granted[index] ?? 0n) });
  }
  return { granted };
}

/** Books reports of an owner that has spoken: none of its leases is presumed any more. No more ends than is held. */
export function bookReports(rows: BalanceRows, owner: string, reports: readonly LeaseReport[]): void {
  for (const report of reports) {
    const balance = rows.read(report, owner);
    rows.write(report, owner, {
      ...balance,
      spent: balance.spent + report.used,
      held: balance.held - lesser(report.ended, balance.held),
    });
  }
}

/** Turns the leases of an owner that was alive into presumed spending. Returns how many there were. */
export function presumeLeases(rows: BalanceRows, owner: string): number {
  let count = 0;
  for (const key of rows.leasedBy(owner)) {
    const { spent, held } = rows.read(key, owner);
    if (held === 0n) continue;
    rows.write(key, owner, { spent, held: 0n, presumed: held });
    count += 1;
  }
  return count;
}

/** An owner that was thought dead speaks again: its leases are leases. They counted all the time. */
export function reviveLeases(rows: BalanceRows, owner: string): void {
  for (const key of rows.leasedBy(owner)) {
    const { spent, held, presumed } = rows.read(key, owner);
    rows.write(key, owner, { spent, held: held + presumed, presumed: 0n });
  }
}

/** What the owner's ledger says takes the place of all it ever booked in these slices. */
export function replaceByTruth(rows: BalanceRows, owner: string, truth: readonly SpentTruth[]): void {
  for (const { account, sliceStartMs, spent } of truth) {
    rows.write({ account, sliceStartMs }, owner, { ...noBalance, spent });
  }
}

function lesser(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
