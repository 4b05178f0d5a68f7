import type { Attempt } from "../../spec/attempt.ts";
import type { Cost, CostState, PicoUsd } from "../../spec/money.ts";
import type { PriceBook } from "../../spec/prices.ts";
import type { ContractTerms, Credit } from "../prices/contract-data.ts";
import { dayMs, dayStartMs } from "../day-start.ts";
import { statementOf, type SpendItem, type Statement, type StatementPeriod } from "./statement.ts";
import { unpricedCost } from "../costs/sum-costs.ts";

/** A vendor's statement beside what the ledger wrote down at the time. */
export interface VendorStatement {
  readonly vendor: string;
  readonly statement: Statement;
  /** Costs of the same calls as their rows have them; a contract that was entered later makes the difference. */
  readonly recordedPicoUsd: PicoUsd;
}

/** The two books that a statement compares. */
export interface StatementBooks {
  readonly list: PriceBook;
  readonly contracted: PriceBook;
}

/**
 * First day (UTC) whose calls a statement needs: that of the oldest credit which may still hold in it, or which held beside one
 * that is needed and so may have paid in its place; else its own.
 */
export function firstDayNeeded(terms: Iterable<ContractTerms>, period: StatementPeriod): string {
  const days = [...terms].map(({ credits = [] }) => oldestDay(credits, period.from));
  return days.toSorted()[0] ?? period.from;
}

/** Beginning of the credits that chain back from a day, each holding before and on the day that the next begins; else the day. */
function oldestDay(credits: readonly Credit[], day: string): string {
  const holding = credits.filter(({ from, to }) => from < day && (to === undefined || to > day));
  const [first] = holding.map(({ from }) => from).toSorted();
  return first === undefined ? day : oldestDay(credits, first);
}

/**
 * One statement for each vendor that was called in a period or has terms, by name. Calls before the period decide how much of a
 * credit is left: they begin with {@link firstDayNeeded}. Calls after it are left out.
 */
export function statementsOf(
  calls: Iterable<Pick<Attempt, "vendor" | "model" | "usage" | "cost" | "startedAtMs">>,
  termsOf: ReadonlyMap<string, ContractTerms>,
  books: StatementBooks,
  period: StatementPeriod,
): readonly VendorStatement[] {
  const vendors = new Map<string, VendorSpend>();
  const fromMs = dayStartMs(period.from);
  const toMs = dayStartMs(period.to);
  for (const { vendor, model, usage, cost, startedAtMs: atMs } of calls) {
    if (cost.state === "free" || atMs >= toMs) continue;
    // Before the period only credits count.
    if (atMs < fromMs && !termsOf.has(vendor)) continue;
    let spend = vendors.get(vendor);
    if (spend === undefined) vendors.set(vendor, (spend = new VendorSpend()));
    const [list, contracted] = [books.list, books.contracted].map((book) => book.costOf(vendor, model, usage, atMs));
    spend.add(atMs, list ?? unpricedCost, contracted ?? unpricedCost);
    if (atMs >= fromMs) spend.recordedPicoUsd += cost.picoUsd ?? 0n;
  }
  return [...new Set([...termsOf.keys(), ...vendors.keys()])]
    .toSorted()
    .map((vendor) =>
      vendorStatement(vendor, vendors.get(vendor) ?? new VendorSpend(), termsOf.get(vendor) ?? {}, period),
    );
}

function vendorStatement(
  vendor: string,
  spend: VendorSpend,
  terms: ContractTerms,
  period: StatementPeriod,
): VendorStatement {
  const items = spend.items();
  const first = firstDayNeeded([terms], period);
  const before = statementOf(terms, items, { from: first, to: period.from });
  const used = Object.fromEntries(before.credits.map(({ id, usedPicoUsd }) => [id, usedPicoUsd]));
  return { vendor, statement: statementOf(terms, items, period, used), recordedPicoUsd: spend.recordedPicoUsd };
}

/** The priced calls of one day whose costs are known alike. */
interface DaySum {
  /** The day's first moment. */
  readonly atMs: number;
  readonly state: CostState;
  listPicoUsd: PicoUsd;
  contractedPicoUsd: PicoUsd;
}

/** One vendor's calls, a sum for each day: a statement knows days, and a month may hold millions of calls. */
class VendorSpend {
  recordedPicoUsd: PicoUsd = 0n;
  readonly #days = new Map<string, DaySum>();
  readonly #unpriced: SpendItem[] = [];

  add(atMs: number, list: Cost, contracted: Cost): void {
    const day = Math.floor(atMs / dayMs) * dayMs;
    if (contracted.picoUsd === null) {
      this.#unpriced.push({ atMs: day, list: unpricedCost, contracted: unpricedCost });
      return;
    }
    const key = `${day} ${contracted.state}`;
    const sum = this.#days.get(key) ?? { atMs: day, state: contracted.state, listPicoUsd: 0n, contractedPicoUsd: 0n };
    sum.listPicoUsd += list.picoUsd ?? contracted.picoUsd;
    sum.contractedPicoUsd += contracted.picoUsd;
    this.#days.set(key, sum);
  }

  items(): readonly SpendItem[] {
    return [...[...this.#days.values()].map(itemOf), ...this.#unpriced];
  }
}

function itemOf({ atMs, state, listPicoUsd, contractedPicoUsd }: DaySum): SpendItem {
  return { atMs, list: { state, picoUsd: listPicoUsd }, contracted: { state, picoUsd: contractedPicoUsd } };
}
