import { civilFromDays, daysFromCivil, formatCivil } from "../../kit/civil-date.ts";
import type { Cost, PicoUsd } from "../../spec/money.ts";
import type { Commitment, ContractSpan, ContractTerms } from "../prices/contract-data.ts";
import { dayMs, dayStartMs } from "../day-start.ts";
import { spendCredits, type CreditUse } from "./spend-credits.ts";
import { readUsd } from "../read-usd.ts";

/** What one call cost, at list prices and as agreed. */
export interface SpendItem {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** By {@link listPriceBook}; where it is unpriced, the contracted cost stands for it. */
  readonly list: Cost;
  /** By the price book in force. */
  readonly contracted: Cost;
}

/** Days (UTC) of a statement: from the first, up to and without the last. */
export interface StatementPeriod {
  readonly from: string;
  readonly to: string;
}

/** Capacity paid by the hour, over the days of the period that it holds. */
export interface ProvisionedLine {
  readonly id: string;
  readonly hours: number;
  readonly picoUsd: PicoUsd;
}

/** A commitment in one calendar month. */
export interface CommitmentLine {
  readonly id: string;
  /** `2026-11`. */
  readonly month: string;
  readonly committedPicoUsd: PicoUsd;
  /** Contracted spend and provisioned hours of the month, before credits. */
  readonly countedPicoUsd: PicoUsd;
  /** What is paid though it was not used, 0 and up; null: the period holds only a part of the month. */
  readonly shortfallPicoUsd: PicoUsd | null;
}

/**
 * What is owed to one vendor for a period. Exact, and conserving: contracted = list - discounts, and payable = contracted +
 * provisioned + shortfalls - credits. Statements of months that follow each other sum to the statement of all of them, when
 * each begins with the credits that the one before left.
 */
export interface Statement extends StatementPeriod {
  readonly listPicoUsd: PicoUsd;
  /** Signed: a contract that is dearer than the list shows as a negative discount. */
  readonly discountsPicoUsd: PicoUsd;
  readonly contractedPicoUsd: PicoUsd;
  /** The part of the contracted amount that is an estimate. */
  readonly estimatedPicoUsd: PicoUsd;
  /** Calls whose cost nobody knows: they are in none of the amounts. */
  readonly unpricedCalls: number;
  readonly provisioned: readonly ProvisionedLine[];
  readonly commitments: readonly CommitmentLine[];
  readonly credits: readonly CreditUse[];
  readonly payablePicoUsd: PicoUsd;
}

/** A period, with the day after its last, as day numbers. */
interface Days {
  readonly first: number;
  readonly end: number;
}

/**
 * Turns one vendor's spend into a statement. Items outside the period are not counted.
 * @param creditsUsedBefore Pico-dollars used of each credit, by its id, before the period began.
 */
export function statementOf(
  terms: ContractTerms,
  items: Iterable<SpendItem>,
  period: StatementPeriod,
  creditsUsedBefore: Readonly<Record<string, PicoUsd>> = {},
): Statement {
  const days: Days = { first: dayNumber(period.from), end: dayNumber(period.to) };
  const spend = sumSpend(items, days);
  const capacity = (terms.provisioned ?? []).map((written) => ({
    ...daysOf(written, days),
    id: written.id,
    picoUsdPerDay: readUsd(written.usdPerHour) * 24n,
  }));
  const charges = new Map(spend.byDay);
  for (const { first, end, picoUsdPerDay } of capacity)
    for (let day = first; day < end; day += 1) charges.set(day, (charges.get(day) ?? 0n) + picoUsdPerDay);
  const provisioned = capacity.map(({ id, first, end, picoUsdPerDay }): ProvisionedLine => {
    const length = Math.max(0, end - first);
    return { id, hours: length * 24, picoUsd: BigInt(length) * picoUsdPerDay };
  });
  const commitments = (terms.commitments ?? []).flatMap((written) => commitmentLines(written, charges, days));
  const credits = spendCredits(terms.credits ?? [], charges, creditsUsedBefore);
  return {
    ...period,
    ...spend.totals,
    provisioned,
    commitments,
    credits,
    payablePicoUsd:
      spend.totals.contractedPicoUsd +
      sumOf(provisioned.map((line) => line.picoUsd)) +
      sumOf(commitments.map((line) => line.shortfallPicoUsd ?? 0n)) -
      sumOf(credits.map((credit) => credit.usedPicoUsd)),
  };
}

type SpendTotals = Pick<
  Statement,
  "listPicoUsd" | "discountsPicoUsd" | "contractedPicoUsd" | "estimatedPicoUsd" | "unpricedCalls"
>;

function sumSpend(
  items: Iterable<SpendItem>,
  days: Days,
): { readonly totals: SpendTotals; readonly byDay: ReadonlyMap<number, PicoUsd> } {
  const byDay = new Map<number, PicoUsd>();
  let [listPicoUsd, contractedPicoUsd, estimatedPicoUsd, unpricedCalls] = [0n, 0n, 0n, 0];
  for (const { atMs, list, contracted } of items) {
    const day = Math.floor(atMs / dayMs);
    if (day < days.first || day >= days.end) continue;
    if (contracted.picoUsd === null) {
      unpricedCalls += 1;
      continue;
    }
    listPicoUsd += list.picoUsd ?? contracted.picoUsd;
    contractedPicoUsd += contracted.picoUsd;
    if (contracted.state === "estimated") estimatedPicoUsd += contracted.picoUsd;
    byDay.set(day, (byDay.get(day) ?? 0n) + contracted.picoUsd);
  }
  const discountsPicoUsd = listPicoUsd - contractedPicoUsd;
  return { totals: { listPicoUsd, discountsPicoUsd, contractedPicoUsd, estimatedPicoUsd, unpricedCalls }, byDay };
}

/** A line for each month that the period touches and the commitment holds; only whole months can fall short. */
function commitmentLines(
  written: Commitment,
  charges: ReadonlyMap<number, PicoUsd>,
  days: Days,
): readonly CommitmentLine[] {
  const committedPicoUsd = readUsd(written.usdPerMonth);
  const lines: CommitmentLine[] = [];
  const held = daysOf(written, days);
  for (let day = held.first; day < held.end;) {
    const date = civilFromDays(day);
    const monthFirst = daysFromCivil({ ...date, day: 1 });
    const monthEnd = daysFromCivil({ ...date, month: date.month + 1, day: 1 });
    let countedPicoUsd = 0n;
    for (let of = day; of < Math.min(monthEnd, held.end); of += 1) countedPicoUsd += charges.get(of) ?? 0n;
    const isWhole = monthFirst >= days.first && monthEnd <= days.end;
    const missing = countedPicoUsd < committedPicoUsd ? committedPicoUsd - countedPicoUsd : 0n;
    lines.push({
      id: written.id,
      month: formatCivil(date).slice(0, 7),
      committedPicoUsd,
      countedPicoUsd,
      shortfallPicoUsd: isWhole ? missing : null,
    });
    day = monthEnd;
  }
  return lines;
}

/** The days of a clause within a period. */
function daysOf(clause: ContractSpan, days: Days): Days {
  const end = clause.to === undefined ? days.end : Math.min(days.end, dayNumber(clause.to));
  return { first: Math.max(days.first, dayNumber(clause.from)), end };
}

function dayNumber(day: string): number {
  return dayStartMs(day) / dayMs;
}

function sumOf(amounts: readonly PicoUsd[]): PicoUsd {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
