import type { Attempt } from "../../spec/attempt.ts";
import type { Cost, PicoUsd } from "../../spec/money.ts";
import type { PriceBook } from "../../spec/prices.ts";
import type { ContractTerms } from "../prices/contract-data.ts";
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

/** First day (UTC) whose calls a statement needs: that of the oldest credit which may still hold in it, or its own. */
export function firstDayNeeded(terms: Iterable<ContractTerms>, period: StatementPeriod): string {
  const days = [...terms].flatMap(({ credits = [] }) =>
    credits.filter(({ to }) => to === undefined || to > period.from).map(({ from }) => from),
  );
  return [period.from, ...days].toSorted()[0] ?? period.from;
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
  const vendors = new Map([...termsOf.keys()].map((vendor) => [vendor, new VendorSpend()]));
  const fromMs = dayStartMs(period.from);
  const toMs = dayStartMs(period.to);
  for (const { vendor, model, usage, cost, startedAtMs: atMs } of calls) {
    if (cost.state === "free" || atMs >= toMs) continue;
    let spend = vendors.get(vendor);
    if (spend === undefined) vendors.set(vendor, (spend = new VendorSpend()));
    const [list, contracted] = [books.list, books.contracted].map((book) => book.costOf(vendor, model, usage, atMs));
    spend.add(atMs, list ?? unpricedCost, contracted ?? unpricedCost);
    if (atMs >= fromMs) spend.recordedPicoUsd += cost.picoUsd ?? 0n;
  }
  return [...vendors]
    .map(([vendor, spend]) => vendorStatement(vendor, spend, termsOf.get(vendor) ?? {}, period))
    .toSorted((left, right) => (left.vendor < right.vendor ? -1 : 1));
}

function vendorStatement(
  vendor: string,
  spend: VendorSpend,
  terms: ContractTerms,
  period: StatementPeriod,
): VendorStatement {
  const items = spend.items();
  const first = firstDayNeeded([terms], period);
  const before = first < period.from ? statementOf(terms, items, { from: first, to: period.from }) : null;
  const used = Object.fromEntries((before?.credits ?? []).map(({ id, usedPicoUsd }) => [id, usedPicoUsd]));
  return { vendor, statement: statementOf(terms, items, period, used), recordedPicoUsd: spend.recordedPicoUsd };
}

/** One vendor's calls, a sum for each day: a statement knows days, and a month may hold millions of calls. */
class VendorSpend {
  recordedPicoUsd: PicoUsd = 0n;
  readonly #days = new Map<string, SpendItem & { list: Cost; contracted: Cost }>();
  readonly #unpriced: SpendItem[] = [];

  add(atMs: number, list: Cost, contracted: Cost): void {
    const day = Math.floor(atMs / dayMs) * dayMs;
    if (contracted.picoUsd === null) {
      this.#unpriced.push({ atMs: day, list: unpricedCost, contracted: unpricedCost });
      return;
    }
    const key = `${day} ${contracted.state}`;
    const sum = this.#days.get(key) ?? { atMs: day, list: nothing(contracted), contracted: nothing(contracted) };
    const listed = list.picoUsd ?? contracted.picoUsd;
    sum.list = { state: list.state, picoUsd: (sum.list.picoUsd ?? 0n) + listed };
    sum.contracted = { state: contracted.state, picoUsd: (sum.contracted.picoUsd ?? 0n) + contracted.picoUsd };
    this.#days.set(key, sum);
  }

  items(): readonly SpendItem[] {
    return [...this.#days.values(), ...this.#unpriced];
  }
}

function nothing({ state }: Cost): Cost {
  return { state, picoUsd: 0n };
}
