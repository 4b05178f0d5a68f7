import type { Account, Budget, Subject } from "../../src/spec/budget.ts";
import type { Random } from "../../src/spec/clock.ts";
import type { BalanceKey, LimitStore } from "../../src/spec/limit-store.ts";
import { accountsOf } from "../../src/money/budgets/account-of.ts";
import { sliceAt } from "../../src/money/budgets/budget-slice.ts";

/** A race: so many calls at once, against room for so many, in so many processes that share one store. */
export interface RaceCell {
  readonly calls: number;
  /** What is left, in reservations. */
  readonly remainder: number;
  readonly instances: 1 | 4;
}

/** What one call reserves; even, so that half of it is exact. */
export const reservationPicoUsd = 2_000_000_006n;

/** Spent before the race: more than 64 bits of pico-dollars hold. */
export const beforePicoUsd = 123_456_789_012_345_678_901n;

/** Budgets of a key within a team within an organisation, one of which has room for the remainder only. */
export interface Nest {
  readonly budgets: readonly Budget[];
  readonly accounts: readonly Account[];
  subjectOf(call: number): Subject;
}

/** Which of the three binds, and how much more room the others have, is drawn. `org` keeps the accounts of races apart. */
export function nestBudgets({ calls, remainder }: RaceCell, random: Random, org: string): Nest {
  const tight = beforePicoUsd + (reservationPicoUsd * BigInt(remainder * 2)) / 2n;
  const binding = Math.floor(random() * 3);
  const room = (level: number): bigint => {
    if (level === binding) return tight;
    const more = [0, 1, 1_000][Math.floor(random() * 3)] ?? 0;
    return tight + reservationPicoUsd * BigInt(level < binding ? calls : more);
  };
  const windows: readonly Budget["window"][] = [
    { kind: "sliding", lengthMs: 86_400_000 },
    { kind: "calendar", unit: "week", zone: "Asia/Kathmandu" },
    { kind: "calendar", unit: "month", zone: "UTC" },
  ];
  const subjects: readonly Subject[] = [{ org, key: "*" }, { org, team: "*" }, { org }];
  const budgets = ["key", "team", "org"].map((name, level): Budget => ({
    name,
    subject: subjects[level] ?? { org },
    measure: "usd",
    limit: room(level),
    window: windows[level] ?? { kind: "sliding", lengthMs: 60_000 },
    mode: "hard",
    outputQuantile: 0.99,
  }));
  // What lies below the budget that binds is spread: several keys of a team, several teams of the organisation.
  const subjectOf = (call: number): Subject => ({
    org,
    key: binding > 0 ? `key-${call % 3}` : "key-0",
    team: binding > 1 ? `team-${call % 2}` : "team-0",
  });
  const accounts = new Map(
    Array.from({ length: 6 }, (_, call) => accountsOf(budgets, subjectOf(call)))
      .flat()
      .map((account) => [account.id, account]),
  );
  return { budgets, accounts: [...accounts.values()], subjectOf };
}

/** Books what was spent before the race in every account, by another owner. Returns names of the slices, see {@link sliceName}. */
export async function bookBefore(store: LimitStore, { accounts }: Nest, nowMs: number): Promise<ReadonlySet<string>> {
  const reports = accounts.map(({ id, budget }) => ({
    account: id,
    sliceStartMs: sliceAt(budget.window, nowMs).startMs,
    used: beforePicoUsd,
    ended: 0n,
  }));
  await store.report("before", reports, nowMs, nowMs + 1);
  return new Set(reports.map(sliceName));
}

/** One text for one slice of one account. */
export function sliceName({ account, sliceStartMs }: BalanceKey): string {
  return `${sliceStartMs} ${account}`;
}
