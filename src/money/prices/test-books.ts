import * as fc from "fast-check";
import { billedUnits, tokenClasses, type TokenClass, type Usage } from "../../spec/usage.ts";
import { weekdays, type PriceEntry, type VendorPrices } from "./price-data.ts";

// Price documents with everything a document may hold, and usages with everything a call may use.

/** An entry from the beginning, without prices. */
export const bareEntry: PriceEntry = {
  from: null,
  caching: "billed-writes",
  usdPerMillion: {},
  confidence: "high",
  source: "test",
  checked: "2026-11-21",
};

/** A document of the vendor `test` with one model `m` that has one entry. */
export function documentOf(entry: Partial<PriceEntry>, vendor: Partial<VendorPrices> = {}): VendorPrices {
  return { vendor: "test", models: [{ id: "m", prices: [{ ...bareEntry, ...entry }] }], ...vendor };
}

const percent = fc.integer({ min: 0, max: 30_000 }).map((hundredths) => hundredths / 100);
const perMillion = fc.integer({ min: 0, max: 99_999_999 }).map((micro) => (micro / 1e6).toFixed(6));
const usd = fc.integer({ min: 0, max: 999_999_999 }).map((pico) => `0.${String(pico).padStart(12, "0")}`);
const allClasses = Object.fromEntries(tokenClasses.map((name) => [name, perMillion]));
const table = fc.oneof(fc.record(allClasses), fc.record(allClasses, { requiredKeys: [] }));
const priced = table.map((prices) => ({ input: "1", output: "2", ...prices }));
const ownTable = fc
  .tuple(priced, fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }))
  .chain(([prices, above]) => {
    const dearer = fc.record(Object.fromEntries(Object.keys(prices).map((name) => [name, perMillion])));
    return dearer.map((usdPerMillion) => ({
      usdPerMillion: prices,
      contextTiers: above === undefined ? [] : [{ aboveInputTokens: above, usdPerMillion }],
    }));
  });
const percents = fc.record({
  percent,
  percentOf: fc.record(Object.fromEntries(tokenClasses.map((name) => [name, percent])), { requiredKeys: [] }),
});

const tierNames = ["batch", "flex", "priority"] as const;
const regionNames = ["us", "eu"] as const;
const toolNames = ["search", "fetch"] as const;
const mapOf = <T>(names: readonly string[], value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }) as fc.Arbitrary<
    Record<string, T>
  >;
const regions = mapOf(regionNames, fc.record({ percent }));
const tools = mapOf(toolNames, usd);
/** Every unit has a price here, so that most usages have a cost. */
const units = fc.record(Object.fromEntries(billedUnits.map((name) => [name, usd])));

/** One window at most, so that none overlap. */
function hoursOf(own: boolean): fc.Arbitrary<NonNullable<PriceEntry["hours"]>> {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
  const days = fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1, maxLength: 3 });
  const rule = own ? fc.oneof(percents, ownTable) : percents;
  // A window that passes midnight may meet itself on the next day only when it is a day long, which it never is here.
  const window = fc.tuple(time, time, days, rule).map(([from, to, on, prices]) => ({ from, to, days: on, ...prices }));
  return fc.array(window, { maxLength: 1 });
}

const entry: fc.Arbitrary<Partial<PriceEntry>> = fc.boolean().chain((windowsOwn) =>
  fc
    .record({
      base: ownTable,
      caching: fc.constantFrom("none", "free-writes", "billed-writes"),
      serviceTiers: mapOf(tierNames, windowsOwn ? percents : fc.oneof(percents, ownTable)),
      hours: hoursOf(windowsOwn),
      regions,
      perRequest: usd,
      units,
      serverTools: tools,
      confidence: fc.constantFrom("high", "low"),
    })
    .map(({ base, ...rest }) => ({ ...rest, ...base }) as Partial<PriceEntry>),
);

const discount = fc.record({
  models: fc.constantFrom("m", "*", "other"),
  percentOff: fc.integer({ min: 0, max: 100 }),
  from: fc.constantFrom("2026-01-01", "2026-11-21", "2027-01-01"),
  source: fc.constant("contract"),
});
const provisioned = fc.record({
  id: fc.constant("ptu"),
  models: fc.constantFrom("m", "other"),
  usdPerHour: usd,
  from: fc.constantFrom("2026-11-01", "2027-01-01"),
  source: fc.constant("contract"),
});

/** Documents of the vendor `test` with one model `m`, which may have every rule at once. */
export const anyDocument: fc.Arbitrary<VendorPrices> = fc
  .record({
    entry,
    serviceTiers: mapOf(tierNames, percents),
    serviceTierPercent: mapOf(["rough", "flex"], fc.integer({ min: 1, max: 300 })),
    regions,
    serverTools: fc.record(Object.fromEntries(toolNames.map((name) => [name, usd]))),
    discounts: fc.array(discount, { maxLength: 2 }),
    capacity: fc.array(provisioned, { maxLength: 1 }),
  })
  .map(({ entry: rules, capacity, ...vendor }) =>
    documentOf(rules, { ...vendor, contracts: { provisioned: capacity } }),
  );

const count = fc.integer({ min: 0, max: 10_000 });

/** Usages of tokens alone, under any service tier and region. */
export const anyTokenUsage: fc.Arbitrary<Usage> = fc.record(
  {
    source: fc.constantFrom("provider", "estimated"),
    tokens: mapOf(tokenClasses, count) as fc.Arbitrary<Partial<Record<TokenClass, number>>>,
    serviceTier: fc.constantFrom("default", "standard", "rough", "unheard-of", ...tierNames),
    region: fc.constantFrom("global", "mars", ...regionNames),
  },
  { requiredKeys: ["source", "tokens"] },
);

const seconds = fc.integer({ min: 0, max: 9_999_999 }).map((ms) => ms / 1000);

/** Usages of anything at all. */
export const anyUsage: fc.Arbitrary<Usage> = fc
  .tuple(
    anyTokenUsage,
    mapOf(toolNames, count),
    mapOf(["audioInputSecond", "videoSecond"], seconds),
    mapOf(["image", "page"], count),
  )
  .map(([usage, serverToolCalls, parts, whole]) => ({ ...usage, serverToolCalls, units: { ...parts, ...whole } }));

/** Moments around 21 November 2026, milliseconds since the epoch: every hour of three weeks, prices before and after a date. */
export const anyMoment: fc.Arbitrary<number> = fc.integer({
  min: Date.parse("2026-11-11T00:00:00Z"),
  max: Date.parse("2026-12-02T00:00:00Z"),
});
