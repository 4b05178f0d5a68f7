import { describe, expect, test } from "vitest";
import { vendorRows } from "../../providers/vendor-catalogue.ts";
import type { TokenClass } from "../../spec/usage.ts";
import { bundledPriceFiles } from "../book/bundled-price-files.ts";
import { compileVendor } from "./compile-prices.ts";
import { dayStartMs } from "../day-start.ts";
import { usdPerMillionToPico, usdToPico } from "../decimal.ts";
import { readVendorPrices, type OwnTable, type PriceEntry } from "./price-data.ts";

const checkedDay = "2026-11-21";
const writes: readonly TokenClass[] = ["cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"];
const files = bundledPriceFiles.map((file) => readVendorPrices(file));

test("every file is what its check makes of it, so that the book may take it unchecked", () => {
  expect(files).toEqual(bundledPriceFiles);
});

/** What is wrong with one entry beside its tables. */
function faultsOfEntry(entry: PriceEntry): readonly string[] {
  const faults: string[] = [];
  if (entry.source.length < 4) faults.push("no source");
  if (entry.checked !== checkedDay) faults.push(`checked ${entry.checked}`);
  if (entry.from !== null && dayStartMs(entry.from) < dayStartMs("2020-01-01")) faults.push(`from ${entry.from}`);
  if (entry.confidence === "low" && entry.from === null && entry.note === undefined) faults.push("low without a note");
  for (const usd of [
    entry.perRequest,
    ...Object.values(entry.units ?? {}),
    ...Object.values(entry.serverTools ?? {}),
  ]) {
    if (usd !== undefined && (usdToPico(usd) ?? 0n) <= 0n) faults.push(`${usd} is no fee`);
  }
  for (const { percent } of Object.values(entry.regions ?? {})) {
    if (percent < 100 || percent > 150) faults.push(`a region at ${percent} %`);
  }
  return faults;
}

/** Pico-dollars a token as written; undefined: no price. */
function picoOf(table: OwnTable["usdPerMillion"], name: TokenClass): bigint | undefined {
  const text = table[name];
  return text === undefined ? undefined : (usdPerMillionToPico(text) ?? undefined);
}

/** What cannot be true of any vendor's price table. */
function faultsOfTable(table: OwnTable["usdPerMillion"], generates: boolean): readonly string[] {
  const [input, output, cacheRead] = [picoOf(table, "input"), picoOf(table, "output"), picoOf(table, "cacheRead")];
  if (input === undefined || output === undefined) return ["no price of input or output"];
  const faults: string[] = [];
  if (input <= 0n) faults.push("input costs nothing");
  if (generates && output < input) faults.push("output is cheaper than input");
  if (output > 16n * input) faults.push("output is over sixteen times as dear as input");
  if (!generates && output !== 0n) faults.push("an embedding has output");
  if (cacheRead !== undefined && (cacheRead > input || cacheRead * 200n < input))
    faults.push("a read is dearer than input, or next to free");
  for (const name of writes) {
    const write = picoOf(table, name);
    if (write !== undefined && (write < input || write > 3n * input)) faults.push(`${name} is odd beside input`);
    if (write !== undefined && cacheRead === undefined) faults.push(`${name} has a price and reads have none`);
  }
  return faults;
}

/** A tier that is not dearer than the one before it, or dearer beyond belief. */
function faultsOfTiers({ usdPerMillion, contextTiers = [] }: OwnTable, generates: boolean): readonly string[] {
  const tables = [usdPerMillion, ...contextTiers.map((tier) => tier.usdPerMillion)];
  return tables.flatMap((table, index) => {
    const before = tables[index - 1];
    const faults = faultsOfTable(table, generates);
    if (before === undefined) return faults;
    const dearer = (["input", "output"] as const).every((name) => {
      const [from = 0n, to = 0n] = [picoOf(before, name), picoOf(table, name)];
      return to > from && to <= 6n * from;
    });
    return dearer ? faults : [...faults, `tier ${index} is not dearer, or too dear`];
  });
}

/** Service tiers and hours that are out of all proportion to the default prices. */
function faultsOfVariants(entry: PriceEntry): readonly string[] {
  const input = picoOf(entry.usdPerMillion, "input") ?? 0n;
  return [...Object.values(entry.serviceTiers ?? {}), ...(entry.hours ?? [])].flatMap((variant) => {
    if ("percent" in variant) return variant.percent < 25 || variant.percent > 600 ? [`${variant.percent} %`] : [];
    const own = picoOf(variant.usdPerMillion, "input") ?? 0n;
    const apart = own * 4n < input || own > 6n * input;
    return [...faultsOfTiers(variant, true), ...(apart ? ["a service tier of another order"] : [])];
  });
}

test("every vendor that sells by the token has a file, and nobody else", () => {
  const own = ["ollama", "vllm", "sglang", "tgi", "llama-cpp", "lm-studio", "openai-compatible"];
  const sellers = vendorRows.map(({ id }) => id).filter((id) => !own.includes(id));
  expect(files.map(({ vendor }) => vendor).toSorted()).toEqual(sellers.toSorted());
});

describe.each(files)("$vendor", (file) => {
  test("names are unique and exact, and compile", () => {
    const names = file.models.flatMap((model) => [model.id, ...(model.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    // Together's names are those of the models' repositories, capitals and all; resellers' have the maker's in front.
    const exact =
      file.vendor === "together" ? /^[A-Za-z0-9][A-Za-z0-9./-]*[A-Za-z0-9]$/ : /^[a-z0-9][a-z0-9.:/-]*[a-z0-9]$/;
    expect(names.filter((name) => !exact.test(name))).toEqual([]);
    expect(compileVendor(file).models.size).toBe(names.length);
  });

  test.each(file.models.map((model) => [model.id, model] as const))("%s is sound", (id, model) => {
    const generates = !id.includes("embed");
    const faults = model.prices.flatMap((entry) => [
      ...faultsOfEntry(entry),
      // What is sold by the second or the picture has no table.
      ...(Object.keys(entry.usdPerMillion).length === 0 && entry.units ? [] : faultsOfTiers(entry, generates)),
      ...faultsOfVariants(entry),
    ]);
    expect(faults).toEqual([]);
  });
});

test.each([
  [{ input: "0", output: "1" }, "input costs nothing"],
  [{ input: "1", cacheRead: "2", output: "4" }, "a read is dearer than input, or next to free"],
  [{ input: "1", cacheRead: "0", output: "4" }, "a read is dearer than input, or next to free"],
  [{ input: "0.25", cacheRead: "0.03", cacheWrite1h: "6", output: "1.25" }, "cacheWrite1h is odd beside input"],
  [{ input: "15", cacheRead: "1.5", cacheWrite1h: "6", output: "75" }, "cacheWrite1h is odd beside input"],
  [{ input: "1", output: "0.5" }, "output is cheaper than input"],
])("the anomalies known from public tables would be found: %o", (table, fault) => {
  expect(faultsOfTable(table, true)).toContain(fault);
});
