import { bundledPriceBook } from "../../money/book/bundled-price-book.ts";
import { type ListedPrice, listPrices } from "../../money/book/list-prices.ts";
import type { PriceEntry } from "../../money/prices/price-data.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import type { ExplainingPriceBook } from "../../spec/prices.ts";
import type { Usage } from "../../spec/usage.ts";
import { describeExplanation, describePriceList } from "../describe-prices.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { documentsOf } from "../price-documents.ts";
import { servedAs, type UsageFlags, usageOfFlags } from "../price-flags.ts";
import type { Terminal } from "../terminal.ts";
import { amountsAsText } from "../window-flags.ts";

/** Flags of `prices list`. */
export interface ListFlags extends ConfigFlags {
  readonly vendor?: string;
  readonly json?: boolean;
}

/** Flags of `prices explain`. */
export interface ExplainFlags extends ListFlags, UsageFlags {
  readonly at?: number;
}

/** `farthing prices list`: the models of the price book. */
export function list(flags: ListFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const nowMs = Date.now();
  const all = listPrices(documentsOf(config), nowMs);
  const found = all.filter(({ vendor }) => flags.vendor === undefined || vendor === flags.vendor);
  if (found.length === 0) {
    const vendors = [...new Set(all.map(({ vendor }) => vendor))].join(", ");
    throw new CommandFailure(exitCodes.failure, `No prices of ${flags.vendor} are known. Vendors: ${vendors}.`);
  }
  const { version } = bundledPriceBook(config.prices, config.priceUpdate);
  if (flags.json === true) {
    terminal.out(
      JSON.stringify({ schema: "farthing.prices.v1", currency: "USD", version, atMs: nowMs, prices: found }),
    );
    return;
  }
  for (const line of describePriceList(found, terminal)) terminal.out(line);
  terminal.talk(`${found.length} models, version ${version}.`);
}

/** `farthing prices explain`: what a call costs and why. */
export function explain(model: string, flags: ExplainFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const atMs = flags.at ?? Date.now();
  const book = bundledPriceBook(config.prices, config.priceUpdate);
  const listed = listPrices(documentsOf(config), atMs);
  const vendors = vendorsOf(model, listed, book, atMs);
  const vendor = flags.vendor ?? vendors[0] ?? "unknown";
  const usage = usageOfFlags(flags) ?? exampleOf(entryOf(model, vendor, listed));
  const explanation = book.explain(vendor, model, servedAs(usage, flags), atMs);
  const alsoAt = flags.vendor === undefined ? vendors.slice(1) : [];
  if (flags.json === true) {
    const head = { schema: "farthing.price-explanation.v1", currency: "USD", version: book.version };
    terminal.out(amountsAsText({ ...head, vendor, model, atMs, usage, ...explanation, alsoAt }));
  } else {
    for (const line of describeExplanation({ vendor, model, atMs, explanation, alsoAt }, terminal)) terminal.out(line);
  }
  if (explanation.cost.picoUsd === null) throw new CommandFailure(exitCodes.checkFailed, "");
}

/** Vendors whose prices know a name, by its own name before by a rule. */
function vendorsOf(
  model: string,
  listed: readonly ListedPrice[],
  book: ExplainingPriceBook,
  atMs: number,
): readonly string[] {
  const usage: Usage = { source: "provider", tokens: {} };
  const all = [...new Set(listed.map(({ vendor }) => vendor))];
  const exact = all.filter((vendor) => entryOf(model, vendor, listed) !== undefined);
  const known = all.filter((vendor) => book.explain(vendor, model, usage, atMs).source !== null);
  return [...new Set([...exact, ...known])];
}

/** Undefined: the vendor does not list the name. */
function entryOf(model: string, vendor: string, listed: readonly ListedPrice[]): PriceEntry | null | undefined {
  const found = listed.find((price) => price.vendor === vendor && [price.id, ...price.aliases].includes(model));
  return found?.entry;
}

/** A call to explain where none is described: a thousand tokens each way, or one of what the model is billed by. */
function exampleOf(entry: PriceEntry | null | undefined): Usage {
  const { usdPerMillion = {}, gpu, units = {} } = entry ?? {};
  const names = (["input", "output"] as const).filter((name) => gpu !== undefined || usdPerMillion[name] !== undefined);
  const unitNames = Object.keys(units);
  if (names.length === 0 && unitNames.length > 0)
    return { source: "provider", tokens: {}, units: Object.fromEntries(unitNames.map((name) => [name, 1])) };
  const shown = names.length === 0 ? (["input", "output"] as const) : names;
  return { source: "provider", tokens: Object.fromEntries(shown.map((name) => [name, 1000])) };
}
