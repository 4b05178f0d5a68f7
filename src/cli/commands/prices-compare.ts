import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { readLedgerCalls } from "../../assembly/prices/price-reports.ts";
import {
  costOfMix,
  mixOf,
  type ModelCost,
  type ModelList,
  modelsAt,
  sizeOfMix,
  type TokenMix,
} from "../../money/book/compare-models.ts";
import { formatUsd } from "../../money/format-usd.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { Usage } from "../../spec/usage.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { formatCount } from "../format-figures.ts";
import { documentsOf } from "../price-documents.ts";
import { type UsageFlags, usageOfFlags } from "../price-flags.ts";
import { cleanCell, renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { amountsAsText, windowOf } from "../window-flags.ts";

/** Flags of `prices compare`. */
export interface CompareFlags extends ConfigFlags, UsageFlags {
  readonly baseline: string;
  readonly last: string;
  readonly requests?: number;
  readonly vendor?: string;
  readonly json?: boolean;
}

/** Lines shown to a person. */
const linesMax = 25;

/** `farthing prices compare`: what the same tokens would cost on other models. */
export function compare(flags: CompareFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const nowMs = Date.now();
  const list = modelsAt(documentsOf(config), nowMs);
  const mix = mixOfFlags(flags, config, list, nowMs);
  const baseline = costOfMix(mix, findBaseline(flags.baseline, list));
  const others = list.models
    .filter(({ vendor }) => flags.vendor === undefined || vendor === flags.vendor)
    .map((model) => costOfMix(mix, model));
  const known = others.filter(({ picoUsd }) => picoUsd !== null).toSorted(byCost);
  const unpriced = others.length - known.length;
  const size = sizeOfMix(mix);
  if (flags.json === true) {
    const head = { schema: "farthing.price-compare.v1", currency: "USD", atMs: nowMs, tokenArithmetic: true };
    terminal.out(amountsAsText({ ...head, ...size, baseline, models: known, unpriced }));
    return;
  }
  if (size.calls === 0) {
    terminal.talk(`No calls in the last ${flags.last} whose tokens are known. Give a mix: --input 1000 --output 500.`);
    return;
  }
  const words = `${formatCount(size.calls)} calls, ${formatCount(Number(size.input))} tokens in, ${formatCount(Number(size.output))} out`;
  terminal.out(terminal.paint("out", "bold", words));
  for (const line of linesOf(baseline, known)) terminal.out(line);
  if (known.length > linesMax) terminal.talk(`The ${linesMax} cheapest of ${known.length}; --json has all.`);
  terminal.talk(
    "Token arithmetic at today's list prices, default service tier: it says nothing of quality, and another model needs other numbers of tokens.",
  );
}

function linesOf(baseline: ModelCost, known: readonly ModelCost[]): string[] {
  const shown = known.slice(0, linesMax);
  const isShown = shown.some((cost) => cost.vendor === baseline.vendor && cost.model === baseline.model);
  const rows = [...shown, ...(isShown ? [] : [baseline])].map((cost) => [
    `${cost.vendor}/${cleanCell(cost.model)}`,
    cost.picoUsd === null ? `no price for ${cost.missing.join(", ")}` : formatUsd(cost.picoUsd),
    shareOf(cost, baseline),
    noteOf(cost, baseline),
  ]);
  const right = { align: "right" } as const;
  const columns = [
    { heading: "model", align: "left" } as const,
    { heading: "cost", ...right },
    { heading: "of the baseline", ...right },
    { heading: "", align: "left" } as const,
  ];
  return renderTable(columns, rows);
}

function noteOf(cost: ModelCost, baseline: ModelCost): string {
  const isBaseline = cost.vendor === baseline.vendor && cost.model === baseline.model;
  const read = cost.readAsInput.length > 0 ? [`${cost.readAsInput.join(", ")} as input`] : [];
  return [...(isBaseline ? ["baseline"] : []), ...read].join("; ");
}

function shareOf({ picoUsd }: ModelCost, baseline: ModelCost): string {
  if (picoUsd === null || baseline.picoUsd === null || baseline.picoUsd === 0n) return "-";
  return `${(Number((picoUsd * 10_000n) / baseline.picoUsd) / 100).toFixed(1)} %`;
}

function byCost({ picoUsd: left }: ModelCost, { picoUsd: right }: ModelCost): number {
  const [one, other] = [left ?? 0n, right ?? 0n];
  return one === other ? 0 : one < other ? -1 : 1;
}

function mixOfFlags(flags: CompareFlags, config: FarthingConfig, list: ModelList, nowMs: number): TokenMix {
  const given = usageOfFlags(flags);
  if (given === null && flags.requests !== undefined)
    throw new CommandFailure(exitCodes.usage, "--requests counts calls of a given mix: add --input and --output.");
  if (given !== null) return mixOf([given], list, flags.requests ?? 1);
  const { fromMs, toMs } = windowOf(flags.last, nowMs);
  return mixOf(knownUsages(config, fromMs, toMs), list);
}

/** What was bought and counted; calls of which nobody knows the tokens have none to compare. */
function* knownUsages(config: FarthingConfig, fromMs: number, toMs: number): Generator<Usage> {
  for (const { usage, cost } of readLedgerCalls(config, fromMs, toMs)) {
    if (cost.state !== "free" && usage.source !== "unknown") yield usage;
  }
}

function findBaseline(name: string, { models }: ModelList): ModelList["models"][number] {
  const found =
    models.find(({ model }) => model === name) ?? models.find(({ vendor, model }) => `${vendor}/${model}` === name);
  if (found !== undefined) return found;
  const message = `No model ${name} has a price now. See: farthing prices list.`;
  throw new CommandFailure(exitCodes.failure, message);
}
