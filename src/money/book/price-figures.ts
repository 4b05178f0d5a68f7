import { tokenClasses } from "../../spec/usage.ts";
import type { ClassBasisPoints, PriceTier, TableRule } from "../prices/compile-tables.ts";
import type { DatedPrices } from "../prices/compiled-prices.ts";

/**
 * Every figure of an entry under a name for people: pico-dollars for one, or basis points where the name ends with
 * `percent`. Two entries with equal figures price every call alike, hours and gaps aside.
 */
export function figuresOf({ tiers, rules }: Pick<DatedPrices, "tiers" | "rules">): ReadonlyMap<string, bigint> {
  const figures = new Map<string, bigint>();
  addTables(figures, "", tiers);
  if (rules === null) return figures;
  for (const [name, rule] of rules.serviceTiers) addRule(figures, `${name} `, rule);
  for (const window of rules.hours) addRule(figures, `${window.name} `, window.rule);
  for (const [name, basisPoints] of rules.regions) figures.set(`region ${name} percent`, basisPoints);
  if (rules.perRequest > 0n) figures.set("request", rules.perRequest);
  for (const [unit, picoUsd] of Object.entries(rules.units)) figures.set(unit, picoUsd);
  for (const [tool, picoUsd] of rules.serverTools) figures.set(`tool:${tool}`, picoUsd);
  return figures;
}

function addTables(figures: Map<string, bigint>, prefix: string, tiers: readonly PriceTier[]): void {
  for (const { aboveInputTokens, picoUsdPerToken } of tiers) {
    const suffix = aboveInputTokens === 0 ? "" : ` above ${aboveInputTokens}`;
    for (const name of tokenClasses) {
      const picoUsd = picoUsdPerToken[name];
      if (picoUsd !== undefined) figures.set(`${prefix}${name}${suffix}`, picoUsd);
    }
  }
}

function addRule(figures: Map<string, bigint>, prefix: string, rule: TableRule): void {
  if (rule.basisPoints === null) addTables(figures, prefix, rule.tiers);
  else addPercent(figures, prefix, rule.basisPoints);
}

function addPercent(figures: Map<string, bigint>, prefix: string, { all, of }: ClassBasisPoints): void {
  figures.set(`${prefix}percent`, all);
  for (const name of tokenClasses) {
    const own = of[name];
    if (own !== undefined) figures.set(`${prefix}${name} percent`, own);
  }
}

/** What a figure's number is: pico-dollars a token, basis points, or pico-dollars for one of anything else. */
export function kindOfFigure(name: string): "token" | "percent" | "one" {
  if (name.endsWith("percent")) return "percent";
  return name.split(" ").some((word) => tokenClasses.some((known) => known === word)) ? "token" : "one";
}
