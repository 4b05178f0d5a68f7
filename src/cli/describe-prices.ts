import { formatUsd } from "../money/format-usd.ts";
import type { ListedPrice } from "../money/book/list-prices.ts";
import type { PriceEntry } from "../money/prices/price-data.ts";
import { picoToDecimal } from "../money/decimal.ts";
import type { CostExplanation, CostLine } from "../spec/prices.ts";
import { tokenClasses, type TokenClass } from "../spec/usage.ts";
import { formatCount } from "./format-figures.ts";
import { cleanCell, type Column, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Lines of the models of a price book, USD per million tokens. */
export function describePriceList(prices: readonly ListedPrice[], terminal: Terminal): string[] {
  const columns = [
    left("vendor"),
    left("model"),
    ...["input", "cache read", "output"].map(right),
    left("else"),
    left("since"),
    left("confidence"),
  ];
  const rows = prices.map(({ vendor, id, aliases, entry }) => [
    vendor,
    cleanCell(id, 70) + (aliases.length === 0 ? "" : ` (+${aliases.length})`),
    ...(entry === null ? ["-", "-", "-", "no price is in force"] : figuresOfEntry(entry)),
    entry === null ? "" : (entry.from ?? "always"),
    entry === null ? "" : paintConfidence(entry.confidence, terminal),
  ]);
  return [...renderTable(columns, rows), "", "USD per million tokens; (+2): two other names."];
}

function figuresOfEntry(entry: PriceEntry): readonly string[] {
  const { usdPerMillion, gpu, contextTiers, serviceTiers, hours, perRequest, units = {} } = entry;
  const named: readonly (readonly [string, boolean])[] = [
    ["long context", (contextTiers?.length ?? 0) > 0],
    [Object.keys(serviceTiers ?? {}).join(" "), serviceTiers !== undefined],
    ["hours", (hours?.length ?? 0) > 0],
    [`$${perRequest} a call`, perRequest !== undefined],
    ["own machines", gpu !== undefined],
  ];
  const others = [
    ...named.flatMap(([text, holds]) => (holds ? [text] : [])),
    ...Object.entries(units).map(([unit, usd]) => `$${usd} ${unit}`),
  ];
  const { input, cacheRead, output } = usdPerMillion;
  return [input ?? "-", cacheRead ?? "-", output ?? "-", others.join(", ")];
}

function paintConfidence(confidence: PriceEntry["confidence"], terminal: Terminal): string {
  return confidence === "low" ? terminal.paint("out", "yellow", confidence) : confidence;
}

/** What is explained: one model of one vendor at a moment. */
export interface ExplainedPrice {
  readonly vendor: string;
  readonly model: string;
  readonly atMs: number;
  readonly explanation: CostExplanation;
  /** Other vendors that list the name. */
  readonly alsoAt: readonly string[];
}

/** Lines that say how a cost comes about, or why there is none and how to add a price. */
export function describeExplanation(explained: ExplainedPrice, terminal: Terminal): string[] {
  const { vendor, model, atMs, explanation, alsoAt } = explained;
  const { cost, lines, notes, source } = explanation;
  const name = `${cleanCell(vendor)}/${cleanCell(model, 100)}`;
  const amount = cost.picoUsd === null ? terminal.paint("out", "red", "no price is known") : exactUsd(cost.picoUsd);
  const shown = [
    terminal.paint(
      "out",
      "bold",
      `${name} at ${new Date(atMs).toISOString().slice(0, 16)}Z: ${amount} (${cost.state})`,
    ),
  ];
  if (source !== null) {
    const since = source.from === null ? "from the beginning" : `from ${source.from}`;
    shown.push(
      `entry   ${since}, confidence ${source.confidence}, checked ${source.checked}`,
      `source  ${source.text}`,
    );
  }
  if (lines.length > 0) shown.push("", ...renderTable(lineColumns, lines.map(cellsOfLine)));
  if (notes.length > 0) shown.push("", ...notes.map((note) => `- ${note}`));
  if (alsoAt.length > 0) shown.push("", `Also listed by ${alsoAt.join(", ")}: choose with --vendor.`);
  return cost.picoUsd === null ? [...shown, "", ...howToAdd(vendor, model, source === null)] : shown;
}

const lineColumns: readonly Column[] = [left("what"), right("count"), right("each"), right("amount")];

function cellsOfLine({ what, count, picoUsdEach, picoUsd }: CostLine): readonly string[] {
  const isToken = tokenClasses.includes(what as TokenClass);
  const each = isToken ? `$${picoToDecimal(picoUsdEach * 1_000_000n)} / M` : `$${picoToDecimal(picoUsdEach)}`;
  return [cleanCell(what), Number.isInteger(count) ? formatCount(count) : String(count), each, exactUsd(picoUsd)];
}

function howToAdd(vendor: string, model: string, isUnknown: boolean): string[] {
  const what = isUnknown ? "the model" : "what is missing";
  return [
    "Such a call counts as unpriced: an alarm, never 0. To price it, write the price of",
    `${what} into a file, name it under prices: in the config, and see docs/reference/prices.md:`,
    "",
    `  vendor: ${JSON.stringify(vendor)}`,
    "  models:",
    `    - id: ${JSON.stringify(model)}`,
    "      prices:",
    '        - { from: null, caching: none, usdPerMillion: { input: "?", output: "?" }, confidence: high,',
    '            source: "?", checked: "?" }',
  ];
}

/** An amount to the last digit. */
function exactUsd(picoUsd: bigint): string {
  return picoUsd < 0n ? formatUsd(picoUsd) : `$${picoToDecimal(picoUsd)}`;
}

function left(heading: string): Column {
  return { heading, align: "left" };
}

function right(heading: string): Column {
  return { heading, align: "right" };
}
