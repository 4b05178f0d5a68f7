import { describe, expect, test } from "vitest";
import type { TokenClass } from "../spec/usage.ts";
import { bundledPriceFiles } from "./bundled-price-book.ts";
import { compileVendor, dayStartMs, type DatedPrices, type PriceTier } from "./compile-prices.ts";
import { readVendorPrices, type PriceEntry } from "./price-data.ts";

const checkedDay = "2026-11-21";
const writes: readonly TokenClass[] = ["cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"];

/** What is wrong with one entry as written. */
function faultsOfEntry(entry: PriceEntry): readonly string[] {
  const faults: string[] = [];
  if (entry.source.length < 4) faults.push("no source");
  if (entry.checked !== checkedDay) faults.push(`checked ${entry.checked}`);
  if (entry.from !== null && dayStartMs(entry.from) < dayStartMs("2020-01-01")) faults.push(`from ${entry.from}`);
  if (entry.confidence === "low" && entry.from === null && entry.note === undefined) faults.push("low without a note");
  return faults;
}

/** What cannot be true of any vendor's price table. */
function faultsOfTier(tier: PriceTier, generates: boolean): readonly string[] {
  const { input, output, cacheRead } = tier.picoUsdPerToken;
  if (input === undefined || output === undefined) return ["no price of input or output"];
  const faults: string[] = [];
  if (input <= 0n) faults.push("input costs nothing");
  if (generates && output < input) faults.push("output is cheaper than input");
  if (!generates && output !== 0n) faults.push("an embedding has output");
  if (cacheRead !== undefined && (cacheRead > input || cacheRead <= 0n))
    faults.push("a read is dearer than input, or free");
  for (const name of writes) {
    const write = tier.picoUsdPerToken[name];
    if (write !== undefined && write < input) faults.push(`${name} is cheaper than input`);
    if (write !== undefined && cacheRead === undefined) faults.push(`${name} has a price and reads have none`);
  }
  return faults;
}

/** A tier that is not dearer than the one before it. */
function faultsOfTiers(prices: DatedPrices, generates: boolean): readonly string[] {
  return prices.tiers.flatMap((tier, index) => {
    const before = prices.tiers[index - 1]?.picoUsdPerToken;
    const { input = 0n, output = 0n } = tier.picoUsdPerToken;
    const dearer = before === undefined || (input > (before.input ?? 0n) && output > (before.output ?? 0n));
    return [...faultsOfTier(tier, generates), ...(dearer ? [] : [`above ${tier.aboveInputTokens} is not dearer`])];
  });
}

describe.each(bundledPriceFiles.map((file) => readVendorPrices(file)))("$vendor", (file) => {
  const compiled = compileVendor(file);

  test("names are unique, exact and lower case", () => {
    const names = file.models.flatMap((model) => [model.id, ...(model.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9][a-z0-9.:-]*[a-z0-9]$/.test(name))).toEqual([]);
  });

  test.each(file.models.map((model) => [model.id, model] as const))("%s is sound", (id, model) => {
    const dated = compiled.models.get(id) ?? [];
    expect(dated.length).toBe(model.prices.length);
    expect(model.prices.flatMap(faultsOfEntry)).toEqual([]);
    const generates = !id.startsWith("text-embedding-");
    expect(dated.flatMap((prices) => faultsOfTiers(prices, generates))).toEqual([]);
  });
});
