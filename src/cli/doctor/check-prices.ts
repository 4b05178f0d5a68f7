import { bundledPriceBook, catalogueOf } from "../../money/book/bundled-price-book.ts";
import { readVendorPrices } from "../../money/prices/price-data.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { PriceBook } from "../../spec/prices.ts";
import { doubtful, type Finding, good } from "./finding.ts";

/** Vendors change prices about every month; older figures deserve a look. */
const freshDays = 45;
const dayMs = 86_400_000;

/** How old the price book is, and whether it knows the models that rules name. */
export function checkPrices(config: FarthingConfig, nowMs: number): Finding[] {
  const prices = bundledPriceBook(config.prices, config.priceUpdate);
  return [checkAge(config, prices.version, nowMs), ...checkCoverage(config, prices, nowMs)];
}

/** How long ago the newest figure of the catalogue was checked. */
export function checkAge({ priceUpdate }: FarthingConfig, version: string, nowMs: number): Finding {
  const files = catalogueOf(priceUpdate).map(readVendorPrices);
  const checked = files.flatMap((file) => file.models.flatMap((model) => model.prices.map((price) => price.checked)));
  const newest = checked.toSorted().at(-1) ?? "1970-01-01";
  const ageDays = Math.floor((nowMs - Date.parse(newest)) / dayMs);
  const text = `${version}, checked ${newest}`;
  if (ageDays <= freshDays) return good("prices", text);
  return doubtful(
    "prices",
    `${text}, ${ageDays} days ago`,
    "Update Farthing, or its prices: farthing prices update; amounts may be out of date.",
  );
}

function checkCoverage(config: FarthingConfig, prices: PriceBook, nowMs: number): Finding[] {
  const targets = config.routes.flatMap((route) => route.rules.flatMap((rule) => rule.use));
  const usage = { source: "provider", tokens: { input: 1000, output: 1000 } } as const;
  const unpriced = targets
    .filter(({ endpoint, model }) => prices.costOf(endpoint.vendor, model, usage, nowMs).state === "unpriced")
    .map(({ endpoint, model }) => `${endpoint.id}/${model}`);
  if (targets.length === 0) return [];
  if (unpriced.length === 0) return [good("prices", "every model that a rule names has a price")];
  const names = [...new Set(unpriced)].join(", ");
  return [
    doubtful(
      "prices",
      `no price is known for ${names}`,
      "Calls to it count as unpriced, never as free; add a price under prices: in the config.",
    ),
  ];
}
