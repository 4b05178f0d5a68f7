import type { Command } from "commander";
import { addConfigFlags } from "../config-flags.ts";
import { addCircumstanceFlags, addTokenFlags, readCount, readMoment, readMonth } from "../price-flags.ts";
import type { Terminal } from "../terminal.ts";
import type { DiffFlags, UpdateFlags } from "./prices-change.ts";
import type { CheckFlags } from "./prices-check.ts";
import type { CompareFlags } from "./prices-compare.ts";
import type { ExplainFlags, ListFlags } from "./prices-explain.ts";
import type { RepriceFlags, StatementFlags } from "./prices-history.ts";

const asJson = "one JSON object on stdout, money as decimal strings of pico-dollars";

/**
 * `farthing prices ...`: what things cost, why, and what other prices would make of it. What each command does is loaded when it
 * is run: no other command reads the price book's files.
 */
export function addPricesCommands(program: Command, terminal: Terminal): void {
  const prices = program.command("prices").description("price book: list, explain, check, compare, update, re-price");
  addReadingCommands(prices, terminal);
  addCompareCommand(prices, terminal);
  addChangingCommands(prices, terminal);
  addHistoryCommands(prices, terminal);
}

function addReadingCommands(prices: Command, terminal: Terminal): void {
  addConfigFlags(prices.command("list"))
    .description("the models of the price book with the prices in force")
    .option("--vendor <name>", "of this vendor only")
    .option("--json", "one JSON object on stdout, prices as decimal texts of USD")
    .action(async (flags: ListFlags) => (await import("./prices-explain.ts")).list(flags, terminal));
  const explain = addConfigFlags(prices.command("explain <model>"))
    .description("what a call costs and why: the entry, its source and date, every line, every rule")
    .option("--vendor <name>", "of this vendor; default: the first that lists the model")
    .option("--at <moment>", "at this moment, such as 2026-12-01T03:00Z; default: now", readMoment)
    .option("--json", asJson);
  addCircumstanceFlags(addTokenFlags(explain)).action(async (model: string, flags: ExplainFlags) =>
    (await import("./prices-explain.ts")).explain(model, flags, terminal),
  );
  addConfigFlags(prices.command("check [file]"))
    .description("check price files, the age of the catalogue and the models called lately; exit 7 if a file is wrong")
    .option("--json", "one JSON object on stdout")
    .action(async (file: string | undefined, flags: CheckFlags) =>
      (await import("./prices-check.ts")).check(file, flags, terminal),
    );
}

function addCompareCommand(prices: Command, terminal: Terminal): void {
  const command = addConfigFlags(prices.command("compare"))
    .description(
      "what the tokens of the ledger, or of a given mix, would cost on other models: arithmetic, not quality",
    )
    .requiredOption("--baseline <model>", "the model to compare with, or vendor/model")
    .option("--last <duration>", "tokens of the ledger: 24h, 7d, 30d, ...", "30d")
    .option("--requests <count>", "so many calls of the given mix; default: 1", readCount)
    .option("--vendor <name>", "models of this vendor only")
    .option("--json", asJson);
  addTokenFlags(command).action(async (flags: CompareFlags) =>
    (await import("./prices-compare.ts")).compare(flags, terminal),
  );
}

function addChangingCommands(prices: Command, terminal: Terminal): void {
  addConfigFlags(prices.command("diff <candidate>"))
    .description("what other prices change: a file, an address, shipped, before, or one of their versions")
    .option("--at <moment>", "compare the prices of this moment; default: now", readMoment)
    .option("--json", asJson)
    .action(async (candidate: string, flags: DiffFlags) =>
      (await import("./prices-change.ts")).diff(candidate, flags, terminal),
    );
  addConfigFlags(prices.command("update"))
    .description("take a catalogue in place of the shipped prices of its vendors; a running gateway follows by itself")
    .option("--from <file-or-address>", "the catalogue: a file, or an https address")
    .option("--sha256 <digest>", "refuse any other bytes")
    .option("--dry-run", "say what would change, and change nothing")
    .option("--accept", "take it though prices vanish, become zero or move more than tenfold")
    .option("--rollback", "back to the prices before the last update")
    .option("--json", asJson)
    .action(async (flags: UpdateFlags) => (await import("./prices-change.ts")).update(flags, terminal));
}

function addHistoryCommands(prices: Command, terminal: Terminal): void {
  addConfigFlags(prices.command("reprice"))
    .description("what past calls cost by other prices, each at its own moment; the ledger stays as it is")
    .option("--last <duration>", "how far back: 24h, 7d, 30d, ...", "30d")
    .option("--as <file-or-address>", "by these prices over those in force (a catalogue: in their place)")
    .option("--now", "by the prices in force now; the default")
    .option("--json", asJson)
    .action(async (flags: RepriceFlags) => (await import("./prices-history.ts")).reprice(flags, terminal));
  addConfigFlags(prices.command("statement"))
    .description("what is owed to each vendor for a month: list, discounts, capacity, shortfalls, credits, payable")
    .requiredOption("--month <month>", "the calendar month (UTC), such as 2026-11", readMonth)
    .option("--vendor <name>", "of this vendor only")
    .option("--json", asJson)
    .action(async (flags: StatementFlags) => (await import("./prices-history.ts")).statement(flags, terminal));
}
