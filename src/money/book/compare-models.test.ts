import { describe, expect, test } from "vitest";
import { tokenClasses, type TokenClass, type Usage } from "../../spec/usage.ts";
import { costOfMix, mixOf, modelsAt, sizeOfMix, type ModelCost, type ModelList } from "./compare-models.ts";
import type { PriceEntry } from "../prices/price-data.ts";
import { bareEntry, documentOf } from "../prices/test-books.ts";

const used = (tokens: Usage["tokens"]): Usage => ({ source: "provider", tokens });
const tier = (aboveInputTokens: number): NonNullable<PriceEntry["contextTiers"]>[number] => ({
  aboveInputTokens,
  usdPerMillion: { input: "2", output: "6" },
});
const base = { usdPerMillion: { input: "1", output: "4" } };

/** What usages cost on a model of one entry. */
function costOn(entry: Partial<PriceEntry>, usages: readonly Usage[], times?: number): ModelCost {
  const list = modelsAt([documentOf(entry)], 0);
  const [model] = list.models;
  if (model === undefined) throw new Error("the entry prices no tokens");
  return costOfMix(mixOf(usages, list, times), model);
}

const listOf = (...entries: readonly (readonly [string, Partial<PriceEntry>])[]): ModelList =>
  modelsAt(
    [{ vendor: "test", models: entries.map(([id, entry]) => ({ id, prices: [{ ...bareEntry, ...entry }] })) }],
    Date.parse("2026-11-21"),
  );

describe("models at a moment", () => {
  test("are those whose prices hold, by their ids", () => {
    const { models } = listOf(
      ["holds", base],
      ["over", { ...base, to: "2026-11-21" }],
      ["not yet", { ...base, from: "2026-11-22" }],
      ["from today", { ...base, from: "2026-11-21" }],
    );
    expect(models.map(({ vendor, model }) => `${vendor}/${model}`)).toEqual(["test/holds", "test/from today"]);
  });

  test("their thresholds ascend by size, from 0, each once", () => {
    const { thresholds } = listOf(
      ["a", { ...base, contextTiers: [tier(200_000)] }],
      ["b", { ...base, contextTiers: [tier(32_000), tier(200_000)] }],
      ["c", { ...base, contextTiers: [tier(1_000_000)] }],
    );
    expect(thresholds).toEqual([0, 32_000, 200_000, 1_000_000]);
    expect(listOf().thresholds).toEqual([0]);
  });
});

describe("a mix", () => {
  test("parts its calls by the input that must be exceeded, and leaves out the parts without any", () => {
    const usages = [0, 99, 100, 101, 1001].map((input) => used({ input, output: 1 }));
    expect(mixOf(usages, { thresholds: [0, 100, 500, 1000] }).parts).toEqual([
      { aboveInputTokens: 0, calls: 3, tokens: { input: 199n, output: 3n } },
      { aboveInputTokens: 100, calls: 1, tokens: { input: 101n, output: 1n } },
      { aboveInputTokens: 1000, calls: 1, tokens: { input: 1001n, output: 1n } },
    ]);
    expect(mixOf([], { thresholds: [0] }).parts).toEqual([]);
  });

  test("holds every usage as often as it happened, and no class of which there was none", () => {
    expect(mixOf([used({ input: 3, cacheRead: 0, output: 2 })], { thresholds: [0] }, 5).parts).toEqual([
      { aboveInputTokens: 0, calls: 5, tokens: { input: 15n, output: 10n } },
    ]);
  });

  test("has the size of its calls: what was sent, what was produced", () => {
    const every = used(Object.fromEntries(tokenClasses.map((name, index) => [name, 10 ** index])));
    const produced: readonly TokenClass[] = ["output", "reasoning", "audioOutput"];
    const sizeOf = (isProduced: boolean): bigint =>
      tokenClasses.reduce(
        (sum, name, index) => (produced.includes(name) === isProduced ? sum + 10n ** BigInt(index) : sum),
        0n,
      );
    const mix = mixOf([every, used({ input: 1 })], { thresholds: [0, 1] }, 2);
    expect(mix.parts.length).toBe(2);
    expect(sizeOfMix(mix)).toEqual({ calls: 4, input: 2n * sizeOf(false) + 2n, output: 2n * sizeOf(true) });
    expect(sizeOfMix({ parts: [] })).toEqual({ calls: 0, input: 0n, output: 0n });
  });
});

describe("the cost of a mix", () => {
  test("is by the table of each call's input, fees for each call", () => {
    const entry = { ...base, contextTiers: [tier(100)], perRequest: "0.000001" };
    // 100 x 1 + 1 x 4 + 1, and 101 x 2 + 1 x 6 + 1, three times.
    const cost = costOn(entry, [used({ input: 100, output: 1 }), used({ input: 101, output: 1 })], 3);
    expect(cost).toEqual({
      vendor: "test",
      model: "m",
      picoUsd: 3n * (105n + 209n) * 1_000_000n,
      readAsInput: [],
      missing: [],
    });
  });

  test.each<TokenClass>(["cacheRead", "cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"])(
    "takes %s for input where it has no price",
    (name) => {
      expect(costOn(base, [used({ [name]: 7, output: 1 })])).toMatchObject({
        picoUsd: 11_000_000n,
        readAsInput: [name],
        missing: [],
      });
      const own = { usdPerMillion: { ...base.usdPerMillion, [name]: "0.5" } };
      expect(costOn(own, [used({ [name]: 8 })])).toMatchObject({ picoUsd: 4_000_000n, readAsInput: [] });
    },
  );

  test.each<[string, Partial<PriceEntry>, Usage["tokens"], readonly TokenClass[]]>([
    ["a class without a price", base, { input: 1, audioInput: 1 }, ["audioInput"]],
    ["a cache class of a table without input", { usdPerMillion: { output: "4" } }, { cacheRead: 1 }, ["cacheRead"]],
    [
      "the output of what charges for its input alone",
      { usdPerMillion: { input: "1", output: "0" } },
      { input: 1, output: 1 },
      ["output"],
    ],
    [
      "even of what charges next to nothing",
      { usdPerMillion: { input: "0.000001", output: "0" } },
      { output: 1 },
      ["output"],
    ],
  ])("is not known for %s", (_, entry, tokens, missing) => {
    expect(costOn(entry, [used(tokens)])).toMatchObject({ picoUsd: null, missing });
  });

  test("is nothing where input and output are both free, and where only output has a price, that of the output", () => {
    const free = { usdPerMillion: { input: "0", output: "0" } };
    expect(costOn(free, [used({ input: 5, output: 5 })])).toMatchObject({ picoUsd: 0n, missing: [] });
    const outputAlone = { usdPerMillion: { output: "0" } };
    expect(costOn(outputAlone, [used({ output: 5 })])).toMatchObject({ picoUsd: 0n, missing: [] });
    const freeInput = { usdPerMillion: { input: "1", cacheRead: "0", output: "4" } };
    expect(costOn(freeInput, [used({ cacheRead: 5 })])).toMatchObject({ picoUsd: 0n, missing: [] });
  });
});
