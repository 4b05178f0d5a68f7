import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { readLedgerCalls } from "../../assembly/prices/price-reports.ts";
import { readPriceCandidate } from "../../assembly/prices/price-updates.ts";
import { bundledPriceBook, listPriceBook } from "../../money/book/bundled-price-book.ts";
import { formatUsd } from "../../money/format-usd.ts";
import { mergeDocuments } from "../../money/book/merge-prices.ts";
import { repriceCalls, type RepricedModel } from "../../money/costs/reprice.ts";
import { firstDayNeeded, statementsOf, type VendorStatement } from "../../money/statements/statements.ts";
import type { StatementPeriod } from "../../money/statements/statement.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { PriceBook } from "../../spec/prices.ts";
import { describeStatement } from "../describe-statement.ts";
import { formatCount } from "../format-figures.ts";
import { cleanCell, renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { amountsAsText, windowOf } from "../window-flags.ts";

/** Flags of `prices reprice`. */
export interface RepriceFlags extends ConfigFlags {
  readonly last: string;
  readonly as?: string;
  readonly json?: boolean;
}

/** Flags of `prices statement`. */
export interface StatementFlags extends ConfigFlags {
  readonly month: StatementPeriod;
  readonly vendor?: string;
  readonly json?: boolean;
}

/** Calls may have begun this long after their request arrived: the longest a request lasts, and more. */
const graceMs = 86_400_000;

/** `farthing prices reprice`: what past calls cost by other prices. */
export async function reprice(flags: RepriceFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const { fromMs, toMs } = windowOf(flags.last, Date.now());
  const book = await bookOf(config, flags.as);
  const models = repriceCalls(readLedgerCalls(config, fromMs, toMs), book);
  const total = sumOf(models);
  if (flags.json === true) {
    const head = { schema: "farthing.reprice.v1", currency: "USD", fromMs, toMs, version: book.version };
    terminal.out(amountsAsText({ ...head, total, models }));
  } else if (models.length === 0) {
    terminal.talk(`No calls in the last ${flags.last}. The ledger is in ${config.dataDirectory}.`);
  } else {
    for (const line of repricedLines(models, total, terminal)) terminal.out(line);
    terminal.talk(`Priced by ${book.version}, each call at its own moment. The ledger stays as it is.`);
  }
}

async function bookOf(config: FarthingConfig, as: string | undefined): Promise<PriceBook> {
  const { prices = [], priceUpdate } = config;
  if (as === undefined) return bundledPriceBook(prices, priceUpdate);
  const { kind, documents } = await readPriceCandidate(as, config);
  return kind === "vendor"
    ? bundledPriceBook([...prices, ...documents], priceUpdate)
    : bundledPriceBook(prices, documents);
}

type Total = Omit<RepricedModel, "vendor" | "model">;

function sumOf(models: readonly RepricedModel[]): Total {
  const none = { calls: 0, picoUsd: 0n };
  const start: Total = {
    calls: 0,
    recordedPicoUsd: 0n,
    repricedPicoUsd: 0n,
    newlyPriced: none,
    newlyUnpriced: none,
    unpriced: 0,
  };
  return models.reduce(
    (sum, line) => ({
      calls: sum.calls + line.calls,
      recordedPicoUsd: sum.recordedPicoUsd + line.recordedPicoUsd,
      repricedPicoUsd: sum.repricedPicoUsd + line.repricedPicoUsd,
      newlyPriced: plus(sum.newlyPriced, line.newlyPriced),
      newlyUnpriced: plus(sum.newlyUnpriced, line.newlyUnpriced),
      unpriced: sum.unpriced + line.unpriced,
    }),
    start,
  );
}

function plus(left: Total["newlyPriced"], right: Total["newlyPriced"]): Total["newlyPriced"] {
  return { calls: left.calls + right.calls, picoUsd: left.picoUsd + right.picoUsd };
}

function repricedLines(models: readonly RepricedModel[], total: Total, terminal: Terminal): string[] {
  const headings = [
    "model",
    "calls",
    "as recorded",
    "repriced",
    "difference",
    "newly priced",
    "newly unpriced",
    "unpriced",
  ];
  const columns = headings.map((heading, index) => ({
    heading,
    align: index === 0 ? ("left" as const) : ("right" as const),
  }));
  const rows = models.map((line) => [`${cleanCell(line.vendor)}/${cleanCell(line.model)}`, ...cellsOf(line)]);
  const sum = ["all", ...cellsOf(total)].map((cell) => terminal.paint("out", "bold", cell));
  return renderTable(columns, [...rows, sum]);
}

function cellsOf({ calls, recordedPicoUsd, repricedPicoUsd, newlyPriced, newlyUnpriced, unpriced }: Total): string[] {
  const some = ({ calls: count, picoUsd }: Total["newlyPriced"]): string =>
    count === 0 ? "-" : `${formatCount(count)}, ${formatUsd(picoUsd)}`;
  return [
    formatCount(calls),
    formatUsd(recordedPicoUsd),
    formatUsd(repricedPicoUsd),
    formatUsd(repricedPicoUsd - recordedPicoUsd),
    some(newlyPriced),
    some(newlyUnpriced),
    unpriced === 0 ? "-" : formatCount(unpriced),
  ];
}

/** `farthing prices statement`: what is owed for a month. */
export function statement(flags: StatementFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const { prices = [], priceUpdate } = config;
  const agreed = [...mergeDocuments(prices)].filter(([, { contracts }]) => contracts !== undefined);
  const terms = new Map(agreed.map(([vendor, { contracts = {} }]) => [vendor, contracts]));
  const firstDay = firstDayNeeded(terms.values(), flags.month);
  const calls = readLedgerCalls(config, Date.parse(firstDay) - graceMs, Date.parse(flags.month.to));
  const isOver = Date.parse(flags.month.to) <= Date.now();
  const books = { list: listPriceBook(prices, priceUpdate), contracted: bundledPriceBook(prices, priceUpdate) };
  const found = statementsOf(calls, terms, books, flags.month).filter(
    ({ vendor }) => flags.vendor === undefined || vendor === flags.vendor,
  );
  if (flags.json === true) {
    const head = { schema: "farthing.statement.v1", currency: "USD", version: books.contracted.version };
    terminal.out(
      amountsAsText({ ...head, ...flags.month, isOver, callsFrom: firstDay, statements: found.map(documentOf) }),
    );
  } else if (found.length === 0) {
    terminal.talk(`No calls and no terms in the month. The ledger is in ${config.dataDirectory}.`);
  } else {
    found.forEach((one, index) => {
      if (index > 0) terminal.out("");
      for (const line of describeStatement(one, terminal)) terminal.out(line);
    });
    if (!isOver) terminal.talk("The month is not over: capacity is that of all of it, and shortfalls will shrink.");
    const retention = `${config.ledger.retentionDays} days`;
    if (firstDay < flags.month.from)
      terminal.talk(`Credits are used up from ${firstDay} on by the calls of the ledger, which keeps ${retention}.`);
  }
}

function documentOf({ vendor, statement: amounts, recordedPicoUsd }: VendorStatement): object {
  return { vendor, ...amounts, recordedPicoUsd };
}
