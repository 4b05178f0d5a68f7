import type { CostExplanation, CostLine } from "../../spec/prices.ts";
import { tokenClasses, type Usage } from "../../spec/usage.ts";
import { billLines } from "./bill-lines.ts";
import { circumstancesOf, type Circumstances } from "./circumstances.ts";
import type { ClassBasisPoints, TableRule } from "../prices/compile-tables.ts";
import type { DatedPrices } from "../prices/compiled-prices.ts";
import { costOf } from "./cost-of.ts";
import type { FoundModel } from "../prices/find-model.ts";
import { priceAt } from "../prices/price-at.ts";
import type { GpuPrice } from "../prices/price-data.ts";
import { unpricedCost } from "./sum-costs.ts";

/** Why nothing is known of a name. */
export function explainUnknown(vendor: string, model: string, vendorIsKnown: boolean): CostExplanation {
  const note = vendorIsKnown ? `${vendor} has no model ${model} in the price book` : `no prices of ${vendor} are known`;
  return { cost: unpricedCost, lines: [], notes: [note], source: null };
}

/** What a usage costs at the moment `atMs`, line by line, with every rule that took part. The cost is `costOf`'s. */
export function explainCost(model: FoundModel, name: string, usage: Usage, atMs: number): CostExplanation {
  const cost = costOf(model, usage, atMs);
  const prices = priceAt(model.dated, atMs);
  if (prices === null) return { cost, lines: [], notes: ["no price is in force at this moment"], source: null };
  const { source: text, checked, from, confidence } = prices.entry;
  const source = { text, checked, from, confidence };
  if (usage.source === "unknown") return { cost, lines: [], notes: ["nobody knows what was used"], source };
  const circumstances = circumstancesOf(model, prices, usage, atMs);
  if (circumstances === null) return { cost, lines: [], notes: ["the entry has no table"], source };
  const lines: CostLine[] = [];
  const missing: string[] = [];
  billLines(model, circumstances, usage, (what, count, picoUsdEach, picoUsd) => {
    if (picoUsd === null) missing.push(what);
    else lines.push({ what, count, picoUsdEach, picoUsd });
  });
  const notes = [
    ...notesOfName(model, name),
    ...notesOfPrices(prices),
    ...(usage.source === "estimated" ? ["the usage is an estimate of ours"] : []),
    ...notesOfCircumstances(circumstances),
    ...missing.map((what) => `no price for ${what}, or a count that cannot be billed`),
  ];
  return { cost, lines, notes, source };
}

function notesOfName(model: FoundModel, name: string): readonly string[] {
  if (model.vendor.models.has(name)) return model.id === name ? [] : [`${name} is another name of ${model.id}`];
  const isSnapshot = !name.startsWith("ft:");
  return [isSnapshot ? `${name} is not listed: priced as ${model.id}, an estimate` : `priced as ${model.id}`];
}

function notesOfPrices({ entry }: DatedPrices): readonly string[] {
  return [
    ...(entry.confidence === "low" ? ["the price is of low confidence: an estimate"] : []),
    ...(entry.gpu === undefined ? [] : [noteOfGpu(entry.gpu)]),
    ...(entry.note === undefined ? [] : [entry.note]),
  ];
}

function noteOfGpu(gpu: GpuPrice): string {
  const speed = `${gpu.inputTokensPerSecond} tokens a second in, ${gpu.outputTokensPerSecond} out`;
  const machines = `${gpu.gpus} GPU${gpu.gpus === 1 ? "" : "s"} at ${gpu.usdPerHour} USD an hour`;
  return `own machines: ${machines}, ${speed}, ${gpu.utilisationPercent} percent used; a token rounded up, an estimate`;
}

function notesOfCircumstances(circumstances: Circumstances): readonly string[] {
  const { table, window, region, discounts, capacity } = circumstances;
  const above = table.aboveInputTokens;
  return [
    ...(above > 0 ? [`more than ${above} input tokens: the dearer table holds for the whole request`] : []),
    ...notesOfServiceTier(circumstances),
    ...(window === null ? [] : [`hours ${window.name}: ${describeRule(window.rule)}`]),
    ...(region === null ? [] : [noteOfRegion(region)]),
    ...(capacity === null ? [] : [`provisioned capacity ${capacity.written.id}: its tokens cost nothing more`]),
    ...discounts.map(
      ({ written }) => `discount of ${written.percentOff} percent off ${written.models} (${written.source})`,
    ),
  ];
}

function notesOfServiceTier({ serviceTier }: Circumstances): readonly string[] {
  if (serviceTier === null) return [];
  const { name, rule, known } = serviceTier;
  if (rule === null) return [`service tier ${name} is not known: the default price stands in, an estimate`];
  return [`service tier ${name}: ${describeRule(rule)}${known === "rough" ? ", roughly: an estimate" : ""}`];
}

function noteOfRegion({ name, basisPoints }: NonNullable<Circumstances["region"]>): string {
  if (basisPoints === null) return `region ${name} is not known: no uplift, an estimate`;
  return `region ${name}: ${describePercent(basisPoints)}`;
}

function describeRule({ basisPoints }: TableRule): string {
  return basisPoints === null ? "a table of its own" : describeClasses(basisPoints);
}

function describeClasses({ all, of }: ClassBasisPoints): string {
  const exceptions = tokenClasses.flatMap((name) => {
    const own = of[name];
    return own === undefined ? [] : [`${name} ${describePercent(own)}`];
  });
  return [describePercent(all), ...exceptions].join(", ");
}

function describePercent(basisPoints: bigint): string {
  const text = `${basisPoints / 100n}.${(basisPoints % 100n).toString().padStart(2, "0")}`;
  return `${text.replace(/\.?0+$/, "")} percent`;
}
