import type { PicoUsd } from "../../spec/money.ts";
import { inputTokenClasses, tokenClasses, type TokenClass } from "../../spec/usage.ts";
import type { PriceTier, TableRule } from "./compile-tables.ts";
import { holdsAt } from "./compile-terms.ts";
import type { CompiledVendor, DearestTier, EntryRules } from "./compiled-prices.ts";
import { basisPointsInAll } from "../decimal.ts";
import type { FoundModel } from "./find-model.ts";
import { priceAt } from "./price-at.ts";

/** What raises the price of a token beside its own table. */
type SharedRules = Pick<CompiledVendor, "serviceTiers" | "roughServiceTiers" | "regions">;

/** A table that a call may be priced by, and the rules that may come on top of it. */
interface Reachable {
  readonly tiers: readonly PriceTier[];
  readonly stacked: readonly (readonly TableRule[])[];
}

const inputClasses: ReadonlySet<TokenClass> = new Set(inputTokenClasses);

/**
 * The most that so many tokens can cost at the moment `atMs`, with the fee of the call: the dearest class of the dearest
 * table, hours, service tier and region within reach, less the discounts that hold then. Tools and units are not in it:
 * tokens do not bound them. Null when no price is in force, or tokens have none.
 */
export function worstCaseOf(
  model: FoundModel,
  inputTokens: number,
  outputTokens: number,
  atMs: number,
): PicoUsd | null {
  const prices = priceAt(model.dated, atMs);
  if (prices === null) return null;
  const perRequest = prices.rules?.perRequest ?? 0n;
  const dearest = prices.dearest();
  if (dearest.length === 0 && perRequest === 0n) return null;
  let { input, output } = dearest[0] ?? { input: 0n, output: 0n };
  for (const tier of dearest) if (inputTokens > tier.aboveInputTokens) ({ input, output } = tier);
  if (model.terms === null) return BigInt(inputTokens) * input + BigInt(outputTokens) * output + perRequest;
  const left = model.terms.discounts.filter((term) => holdsAt(term, atMs)).map((term) => term.leftBasisPoints);
  const isPaid = model.terms.capacity.some((term) => holdsAt(term, atMs));
  const tokens = isPaid ? 0n : BigInt(inputTokens) * raise(input, left) + BigInt(outputTokens) * raise(output, left);
  return tokens + raise(perRequest, left);
}

/**
 * The dearest price of an input and an output token from each threshold on. Rounded up to a pico-dollar a token, so that
 * no rounding of a line comes out above it. Empty when no class has a price.
 */
export function dearestTiers(
  tiers: readonly PriceTier[],
  rules: EntryRules | null,
  vendor: SharedRules,
): readonly DearestTier[] {
  const tables = reachableTables(tiers, rules, vendor);
  const regions = [...new Map([...vendor.regions, ...(rules?.regions ?? [])]).values()];
  const region = dearer(regions);
  const thresholds = new Set(tables.flatMap((table) => table.tiers.map((tier) => tier.aboveInputTokens)));
  if (tables.every((table) => table.tiers.every((tier) => Object.keys(tier.picoUsdPerToken).length === 0))) return [];
  return [...thresholds]
    .toSorted((left, right) => left - right)
    .map((aboveInputTokens): DearestTier => {
      let input = 0n;
      let output = 0n;
      for (const { tokenClass, picoUsd } of pricesUpTo(tables, aboveInputTokens, region)) {
        if (!inputClasses.has(tokenClass)) output = picoUsd > output ? picoUsd : output;
        else input = picoUsd > input ? picoUsd : input;
      }
      return { aboveInputTokens, input, output };
    });
}

/** Own tables replace, percentages stack: a window's on the entry's table, a tier's on that or on a window's own. */
function reachableTables(tiers: readonly PriceTier[], rules: EntryRules | null, vendor: SharedRules): Reachable[] {
  const named = new Map([...vendor.roughServiceTiers, ...vendor.serviceTiers, ...(rules?.serviceTiers ?? [])]);
  const serviceTiers = [...named.values()];
  const windows = (rules?.hours ?? []).map((window) => window.rule);
  return [
    { tiers, stacked: [serviceTiers, windows] },
    ...windows.flatMap((rule) => (rule.tiers === null ? [] : [{ tiers: rule.tiers, stacked: [serviceTiers] }])),
    ...serviceTiers.flatMap((rule) => (rule.tiers === null ? [] : [{ tiers: rule.tiers, stacked: [windows] }])),
  ];
}

function pricesUpTo(
  tables: readonly Reachable[],
  aboveInputTokens: number,
  region: bigint,
): readonly { readonly tokenClass: TokenClass; readonly picoUsd: PicoUsd }[] {
  return tables.flatMap(({ tiers, stacked }) =>
    tiers
      .filter((tier) => tier.aboveInputTokens <= aboveInputTokens)
      .flatMap((tier) =>
        tokenClasses.flatMap((tokenClass) => {
          const picoUsd = tier.picoUsdPerToken[tokenClass];
          if (picoUsd === undefined) return [];
          const percents = stacked.map((rules) => dearer(rules.map((rule) => percentOf(rule, tokenClass))));
          return [{ tokenClass, picoUsd: raise(picoUsd, [...percents, region]) }];
        }),
      ),
  );
}

function percentOf({ basisPoints }: TableRule, tokenClass: TokenClass): bigint {
  return basisPoints === null ? basisPointsInAll : (basisPoints.of[tokenClass] ?? basisPoints.all);
}

/** The largest of some percentages, and never less than the whole: none of them has to hold. */
function dearer(percents: readonly bigint[]): bigint {
  return percents.reduce((most, percent) => (percent > most ? percent : most), basisPointsInAll);
}

/** An amount after percentages, rounded up. */
function raise(picoUsd: PicoUsd, percents: readonly bigint[]): PicoUsd {
  let amount = picoUsd;
  let parts = 1n;
  for (const percent of percents) {
    amount *= percent;
    parts *= basisPointsInAll;
  }
  return (amount + parts - 1n) / parts;
}
