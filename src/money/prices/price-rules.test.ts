import { describe, expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { picoToDecimal } from "../decimal.ts";
import { priceBookOf } from "../book/price-book.ts";
import type { PriceEntry, VendorPrices } from "./price-data.ts";
import { documentOf } from "./test-books.ts";

const saturday = "2026-11-21T12:00:00Z";
const table = { input: "1", cacheRead: "0.1", cacheWrite5m: "1.25", output: "4" };
/** A million of each, so that amounts read like the table: 1 + 0.1 + 1.25 + 4 = 6.35. */
const million = { input: 1_000_000, cacheRead: 1_000_000, cacheWrite5m: 1_000_000, output: 1_000_000 };

function used(more: Partial<Usage> = {}): Usage {
  return { source: "provider", tokens: million, ...more };
}

/** State and amount, as one text. */
function shown(
  entry: Partial<PriceEntry>,
  usage: Usage,
  vendor: Partial<VendorPrices> = {},
  at: string = saturday,
): string {
  const book = priceBookOf([documentOf({ usdPerMillion: table, ...entry }, vendor)]);
  const { state, picoUsd } = book.costOf("test", "m", usage, Date.parse(at));
  return picoUsd === null ? state : `${state} ${picoToDecimal(picoUsd)}`;
}

describe("service tiers, by the tier that served the call", () => {
  const half = { batch: { percent: 50 } };
  const cacheAsIs = { batch: { percent: 50, percentOf: { cacheRead: 100 } } };
  const own = { batch: { usdPerMillion: { input: "0.4", output: "1" } } };

  test.each<[string, Partial<PriceEntry>, Partial<VendorPrices>, string | undefined, string]>([
    ["none was served", { serviceTiers: half }, {}, undefined, "priced 6.35"],
    ["the default was served", { serviceTiers: half }, {}, "default", "priced 6.35"],
    ["batch and cache stack (Anthropic: half of everything)", { serviceTiers: half }, {}, "batch", "priced 3.175"],
    // 0.5 + 0.1 + 0.625 + 2
    ["they do not (Vertex: the read price wins)", { serviceTiers: cacheAsIs }, {}, "batch", "priced 3.225"],
    ["the vendor says it for all models", {}, { serviceTiers: cacheAsIs }, "batch", "priced 3.225"],
    [
      "the entry's word is over the vendor's",
      { serviceTiers: half },
      { serviceTiers: cacheAsIs },
      "batch",
      "priced 3.175",
    ],
    ["exact is over rough", { serviceTiers: half }, { serviceTierPercent: { batch: 75 } }, "batch", "priced 3.175"],
    ["roughly known", {}, { serviceTierPercent: { batch: 50 } }, "batch", "estimated 3.175"],
    ["never heard of", { serviceTiers: half }, {}, "turbo", "estimated 6.35"],
    ["a table of its own, which has no cache price", { serviceTiers: own }, {}, "batch", "unpriced"],
    // Reads and writes are input under this rule: 3 x 0.4 + 1
    ["a table of its own, without caching", { serviceTiers: own, caching: "none" }, {}, "batch", "priced 2.2"],
  ])("%s", (_, entry, vendor, serviceTier, expected) => {
    expect(shown(entry, used(serviceTier === undefined ? {} : { serviceTier }), vendor)).toBe(expected);
  });

  test("a tier's own table has context tiers of its own", () => {
    const contextTiers = [{ aboveInputTokens: 100, usdPerMillion: { input: "3", output: "5" } }];
    const entry = { caching: "none", serviceTiers: { priority: { ...own.batch, contextTiers } } } as const;
    const priority = { serviceTier: "priority" };
    expect(shown(entry, used({ ...priority, tokens: { input: 100 } }))).toBe("priced 0.00004");
    expect(shown(entry, used({ ...priority, tokens: { input: 101 } }))).toBe("priced 0.000303");
  });
});

describe("hours of the week", () => {
  const peak = { from: "01:00", to: "04:00", percent: 200 };
  const weekdays = ["mon", "tue", "wed", "thu", "fri"] as const;
  const night = { from: "22:00", to: "02:00", days: ["sun"] as const, percent: 50 };

  test.each<[string, PriceEntry["hours"], string, string]>([
    ["before", [peak], "2026-11-21T00:59:59.999Z", "priced 6.35"],
    ["from the first millisecond", [peak], "2026-11-21T01:00:00.000Z", "priced 12.7"],
    ["to the last", [peak], "2026-11-21T03:59:59.999Z", "priced 12.7"],
    ["after", [peak], "2026-11-21T04:00:00.000Z", "priced 6.35"],
    ["on a day named", [{ ...peak, days: weekdays }], "2026-11-20T02:00:00.000Z", "priced 12.7"],
    ["on another day", [{ ...peak, days: weekdays }], "2026-11-21T02:00:00.000Z", "priced 6.35"],
    ["past midnight, from Sunday night", [night], "2026-11-22T22:00:00.000Z", "priced 3.175"],
    ["past midnight, into Monday", [night], "2026-11-23T01:59:59.999Z", "priced 3.175"],
    ["past midnight, no further", [night], "2026-11-23T02:00:00.000Z", "priced 6.35"],
    ["past midnight, not from Saturday", [night], "2026-11-22T01:00:00.000Z", "priced 6.35"],
    ["to the end of the day", [{ ...peak, to: "24:00" }], "2026-11-21T23:59:59.999Z", "priced 12.7"],
    ["all day", [{ ...peak, from: "00:00", to: "00:00" }], "2026-11-21T23:59:59.999Z", "priced 12.7"],
    [
      "a table of its own",
      [{ from: "01:00", to: "04:00", usdPerMillion: { ...table, output: "10" } }],
      "2026-11-21T02:00:00.000Z",
      "priced 12.35",
    ],
    ["percent by class", [{ ...peak, percentOf: { output: 100 } }], "2026-11-21T02:00:00.000Z", "priced 8.7"],
  ])("%s", (_, hours, at, expected) => {
    expect(shown({ hours }, used(), {}, at)).toBe(expected);
  });

  test("hours and service tier multiply", () => {
    const at = "2026-11-21T02:00:00Z";
    const entry = { hours: [peak], serviceTiers: { batch: { percent: 50 } } };
    expect(shown(entry, used({ serviceTier: "batch" }), {}, at)).toBe("priced 6.35");
    const own = {
      hours: [peak],
      caching: "none",
      serviceTiers: { batch: { usdPerMillion: { input: "1", output: "1" } } },
    } as const;
    expect(shown(own, used({ serviceTier: "batch" }), {}, at)).toBe("priced 8");
  });

  test("hours belong to their entry, so dates change them", () => {
    const before = documentOf({ usdPerMillion: table, hours: [peak] }).models[0]?.prices ?? [];
    const after = before.map((entry) => ({ ...entry, from: "2026-11-21", hours: [{ ...peak, percent: 300 }] }));
    const book = priceBookOf([{ vendor: "test", models: [{ id: "m", prices: [...before, ...after] }] }]);
    const cost = (at: string): bigint | null => book.costOf("test", "m", used(), Date.parse(at)).picoUsd;
    expect(cost("2026-11-20T02:00:00Z")).toBe(12_700_000_000_000n);
    expect(cost("2026-11-21T02:00:00Z")).toBe(19_050_000_000_000n);
  });
});

describe("fees, units, tools and regions", () => {
  test.each<[string, Partial<PriceEntry>, Partial<VendorPrices>, Usage, string]>([
    ["a fee for the call", { perRequest: "0.005" }, {}, used(), "priced 6.355"],
    ["a fee for a call without a token", { perRequest: "0.005" }, {}, used({ tokens: {} }), "priced 0.005"],
    [
      "seconds of sound",
      { units: { audioInputSecond: "0.0001" } },
      {},
      used({ tokens: {}, units: { audioInputSecond: 12.34 } }),
      "priced 0.001234",
    ],
    [
      "half a pico-dollar rounds up",
      { units: { audioInputSecond: "0.000000000001" } },
      {},
      used({ tokens: {}, units: { audioInputSecond: 2.5 } }),
      "priced 0.000000000003",
    ],
    [
      "less than half rounds down",
      { units: { audioInputSecond: "0.000000000001" } },
      {},
      used({ tokens: {}, units: { audioInputSecond: 2.49 } }),
      "priced 0.000000000002",
    ],
    ["images", { units: { image: "0.04" } }, {}, used({ tokens: {}, units: { image: 3 } }), "priced 0.12"],
    ["part of an image", { units: { image: "0.04" } }, {}, used({ units: { image: 1.5 } }), "unpriced"],
    ["a unit without a price", { units: { image: "0.04" } }, {}, used({ units: { page: 1 } }), "unpriced"],
    ["a unit of an entry without units", {}, {}, used({ units: { page: 1 } }), "unpriced"],
    ["none of a unit without a price", {}, {}, used({ units: { page: 0 } }), "priced 6.35"],
    [
      "seconds that are no number",
      { units: { videoSecond: "1" } },
      {},
      used({ units: { videoSecond: Number.NaN } }),
      "unpriced",
    ],
    [
      "a tool, the entry's price over the vendor's",
      { serverTools: { search: "0.02" } },
      { serverTools: { search: "0.01", fetch: "0" } },
      used({ serverToolCalls: { search: 2, fetch: 1 } }),
      "priced 6.39",
    ],
    ["a region's uplift", {}, { regions: { us: { percent: 110 } } }, used({ region: "us" }), "priced 6.985"],
    [
      "the entry's word over the vendor's",
      { regions: { us: { percent: 100 } } },
      { regions: { us: { percent: 110 } } },
      used({ region: "us" }),
      "priced 6.35",
    ],
    ["anywhere is no region", {}, { regions: { us: { percent: 110 } } }, used({ region: "global" }), "priced 6.35"],
    ["an unknown region", {}, { regions: { us: { percent: 110 } } }, used({ region: "mars" }), "estimated 6.35"],
    [
      "uplift is for tokens only",
      { perRequest: "1" },
      { regions: { us: { percent: 110 } } },
      used({ region: "us" }),
      "priced 7.985",
    ],
  ])("%s", (_, entry, vendor, usage, expected) => {
    expect(shown(entry, usage, vendor)).toBe(expected);
  });

  test("a model may have no token price at all", () => {
    const book = priceBookOf([documentOf({ units: { image: "0.04" } })]);
    const image: Usage = { source: "provider", tokens: {}, units: { image: 1 } };
    expect(book.costOf("test", "m", image, 0)).toEqual({ state: "priced", picoUsd: 40_000_000_000n });
    expect(book.worstCase("test", "m", 10, 10, 0)).toBeNull();
  });
});

test("percentages multiply first and are divided once, each line rounded half up by itself", () => {
  // 1 token x 1 pico-dollar x 0.5 x 0.5 x 1.1 = 0.275 pico-dollars a class: 0; four at once would have made one.
  const entry = { usdPerMillion: { input: "0.000001", output: "0.000001" }, serviceTiers: { batch: { percent: 50 } } };
  const more = { regions: { us: { percent: 110 } }, hours: [{ from: "00:00", to: "24:00", percent: 50 }] };
  const once = (tokens: Usage["tokens"]): string =>
    shown({ ...entry, ...more }, { source: "provider", tokens, serviceTier: "batch", region: "us" });
  expect(once({ input: 1, output: 1 })).toBe("priced 0");
  // 2 x 0.275 = 0.55: up. Divided after each step it had been 2 -> 1 -> 1 (0.5 up) -> 1; with 4: 1.1, not 4 -> 2 -> 1 -> 2.
  expect(once({ input: 2 })).toBe("priced 0.000000000001");
  expect(once({ input: 4 })).toBe("priced 0.000000000001");
});

describe("what is agreed", () => {
  const off = { models: "m*", percentOff: 12.5, from: "2026-11-01", to: "2026-12-01", source: "contract 7" };

  test.each<[string, Partial<VendorPrices>, string, string]>([
    ["before it holds", { discounts: [off] }, "2026-10-31T23:59:59.999Z", "priced 6.36"],
    ["from its first day", { discounts: [off] }, "2026-11-01T00:00:00.000Z", "priced 5.565"],
    ["to its last", { discounts: [off] }, "2026-11-30T23:59:59.999Z", "priced 5.565"],
    ["after", { discounts: [off] }, "2026-12-01T00:00:00.000Z", "priced 6.36"],
    ["another model's", { discounts: [{ ...off, models: "n" }] }, saturday, "priced 6.36"],
    ["two multiply", { discounts: [off, { ...off, percentOff: 10 }] }, saturday, "priced 5.0085"],
  ])("a discount %s", (_, vendor, at, expected) => {
    expect(shown({ perRequest: "0.01" }, used(), vendor, at)).toBe(expected);
  });

  test("tokens of provisioned capacity cost nothing more, fees do", () => {
    const provisioned = [{ id: "ptu", models: "m", usdPerHour: "20", from: "2026-11-01", source: "contract" }];
    const vendor = { contracts: { provisioned } };
    expect(shown({ perRequest: "0.01" }, used(), vendor)).toBe("priced 0.01");
    expect(shown({ perRequest: "0.01" }, used(), vendor, "2026-10-01T00:00:00Z")).toBe("priced 6.36");
    expect(shown({}, used({ tokens: { audioInput: 5 } }), vendor)).toBe("priced 0");
    // A discount beside it lowers the fee.
    expect(shown({ perRequest: "0.01" }, used(), { ...vendor, discounts: [off] })).toBe("priced 0.00875");
  });
});
