import type { Command } from "commander";
import type { BudgetLine } from "../../assembly/budgets/budget-lines.ts";
import { type ConfigFlags, loadForCommand, readBudgetLines } from "../../assembly/operation.ts";
import { formatUsd } from "../../money/format-usd.ts";
import type { BudgetMeasure, BudgetWindow } from "../../spec/budget.ts";
import { addConfigFlags } from "../config-flags.ts";
import { cleanCell, type Column, renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface BudgetsFlags extends ConfigFlags {
  readonly json?: boolean;
}

/** `farthing budgets`: what is spent and left of every budget, beside a running gateway or without one. */
export function addBudgetsCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("budgets"))
    .description("what is spent, held and left of every budget, and when it resets")
    .option("--json", "one JSON object on stdout")
    .action((flags: BudgetsFlags) => showBudgets(flags, terminal));
}

const columns: readonly Column[] = [
  { heading: "budget", align: "left" },
  { heading: "account", align: "left" },
  { heading: "mode", align: "left" },
  { heading: "limit", align: "right" },
  { heading: "spent", align: "right" },
  { heading: "held", align: "right" },
  { heading: "left", align: "right" },
  { heading: "window", align: "left" },
  { heading: "resets", align: "left" },
];

function showBudgets(flags: BudgetsFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const lines = readBudgetLines(config, Date.now());
  if (flags.json === true) {
    terminal.out(JSON.stringify({ schema: "farthing.budgets.v1", accounts: lines.map(described) }));
    return;
  }
  if ((config.budgets ?? []).length === 0) {
    terminal.talk("There are no budgets. Write some under budgets: in the config, or see: farthing apply --help");
    return;
  }
  for (const line of renderTable(columns, lines.map(cellsOf))) terminal.out(line);
  const shown = new Set(lines.map(({ budget }) => budget.name));
  const silent = (config.budgets ?? []).filter(({ name }) => !shown.has(name)).map(({ name }) => name);
  if (silent.length > 0) terminal.talk(`Nothing counted yet in this window: ${cleanCell(silent.join(", "), 300)}.`);
}

/** Amounts as decimal digits in the budget's measure: pico-dollars, requests or tokens. */
function described(line: BudgetLine): Readonly<Record<string, unknown>> {
  const { budget, subject, spent, held, left, windowStartMs, resetsAtMs } = line;
  return {
    budget: budget.name,
    subject: subject === "other" ? null : JSON.parse(subject),
    measure: budget.measure,
    mode: budget.mode,
    limit: budget.limit.toString(),
    spent: spent.toString(),
    held: held.toString(),
    left: left.toString(),
    window: windowText(budget.window),
    windowStartMs,
    resetsAtMs,
  };
}

function cellsOf({ budget, subject, spent, held, left, resetsAtMs }: BudgetLine): readonly string[] {
  const { name, measure, mode, limit, window } = budget;
  const amounts = [limit, spent, held, left].map((amount) => amountText(measure, amount));
  const account = subject === "other" ? "(shared)" : accountText(subject);
  const resets = `${new Date(resetsAtMs).toISOString().slice(0, 16)}Z`;
  return [cleanCell(name), cleanCell(account), mode, ...amounts, windowText(window), resets];
}

/** `team=a user=u1`. */
function accountText(subject: string): string {
  const names = Object.entries(JSON.parse(subject) as Record<string, string>);
  return names.length === 0 ? "all" : names.map(([name, value]) => `${name}=${value}`).join(" ");
}

function amountText(measure: BudgetMeasure, amount: bigint): string {
  return measure === "usd" ? formatUsd(amount) : `${amount} ${measure}`;
}

function windowText(window: BudgetWindow): string {
  return window.kind === "calendar" ? `${window.unit} ${window.zone}` : `last ${window.lengthMs / 60_000} min`;
}
