/**
 * What the fake provider charges, copied by hand from the vendors' public price pages: openai.com/api/pricing and the
 * model pages of platform.openai.com; "Pricing" on platform.claude.com; read up to November 2026 (GPT-5.4 to
 * 5.6 and the Claude 5 family in mirrors of those pages). It shares nothing
 * with Farthing's own price book, so that a mistake there is not repeated here.
 *
 * Figures are US dollars per million tokens, as printed there.
 */
export interface InvoicePrice {
  readonly input: string;
  readonly output: string;
  /** Sound that is listened to, where it costs other than text. */
  readonly inputAudio?: string;
  /** Absent: cached tokens cost as much as fresh ones. */
  readonly cacheRead?: string;
  /** Anthropic: a cache entry that lives 5 minutes, and one that lives an hour. */
  readonly cacheWrite5m?: string;
  readonly cacheWrite1h?: string;
  /** OpenAI from GPT-5.6 on: an entry that lives 30 minutes. Absent: writing costs the input price. */
  readonly cacheWrite30m?: string;
  /** Prompts of more tokens than this (cached ones included) are billed whole at these prices. */
  readonly long?: { readonly aboveTokens: number; readonly price: InvoicePrice };
  /** Other prices for some days: promotions, and changes that are announced. They do not overlap. */
  readonly spans?: readonly PriceSpan[];
}

/** A price from the first day (UTC) up to, without it, the last; without a last one: from then on. */
export interface PriceSpan {
  readonly from: string;
  readonly to?: string;
  readonly price: InvoicePrice;
}

/** Models of one price: the name that callers ask for, and the dated snapshot that answers. */
export interface PriceRow {
  readonly models: readonly (readonly [name: string, snapshot: string])[];
  readonly price: InvoicePrice;
}

function openai(
  input: string,
  cacheRead: string | null,
  output: string,
  ...models: readonly (readonly [string, string])[]
): PriceRow {
  return { models, price: cacheRead === null ? { input, output } : { input, cacheRead, output } };
}

/** GPT-5.6: writes are billed, and prompts above 272,000 tokens at the second prices. */
function from56(
  input: string,
  cacheRead: string,
  cacheWrite30m: string,
  output: string,
  [longInput, longRead, longWrite, longOutput]: readonly [string, string, string, string],
): InvoicePrice {
  const price = { input: longInput, cacheRead: longRead, cacheWrite30m: longWrite, output: longOutput };
  return { input, cacheRead, cacheWrite30m, output, long: { aboveTokens: 272_000, price } };
}

function anthropic(
  prices: readonly [input: string, write5m: string, write1h: string, read: string, output: string],
  ...models: readonly (readonly [string, string])[]
): PriceRow {
  const [input, cacheWrite5m, cacheWrite1h, cacheRead, output] = prices;
  return { models, price: { input, cacheWrite5m, cacheWrite1h, cacheRead, output } };
}

const openaiRows: readonly PriceRow[] = [
  openai("2.50", "1.25", "10.00", ["gpt-4o", "gpt-4o-2024-08-06"], ["gpt-4o-2024-11-20", "gpt-4o-2024-11-20"]),
  openai("5.00", null, "15.00", ["gpt-4o-2024-05-13", "gpt-4o-2024-05-13"]),
  openai("0.15", "0.075", "0.60", ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"]),
  openai("2.00", "0.50", "8.00", ["gpt-4.1", "gpt-4.1-2025-04-14"]),
  openai("0.40", "0.10", "1.60", ["gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"]),
  openai("0.10", "0.025", "0.40", ["gpt-4.1-nano", "gpt-4.1-nano-2025-04-14"]),
  openai("10.00", null, "30.00", ["gpt-4-turbo", "gpt-4-turbo-2024-04-09"]),
  openai("0.50", null, "1.50", ["gpt-3.5-turbo", "gpt-3.5-turbo-0125"]),
  openai("15.00", "7.50", "60.00", ["o1", "o1-2024-12-17"]),
  openai("2.00", "0.50", "8.00", ["o3", "o3-2025-04-16"]),
  openai("1.10", "0.55", "4.40", ["o3-mini", "o3-mini-2025-01-31"]),
  openai("1.10", "0.275", "4.40", ["o4-mini", "o4-mini-2025-04-16"]),
  openai("1.25", "0.125", "10.00", ["gpt-5", "gpt-5-2025-08-07"], ["gpt-5.1", "gpt-5.1-2025-11-13"]),
  openai("0.25", "0.025", "2.00", ["gpt-5-mini", "gpt-5-mini-2025-08-07"]),
  openai("0.05", "0.005", "0.40", ["gpt-5-nano", "gpt-5-nano-2025-08-07"]),
  openai("1.75", "0.175", "14.00", ["gpt-5.2", "gpt-5.2-2025-12-11"]),
  {
    models: [["gpt-5.4", "gpt-5.4-2026-03-05"]],
    price: {
      input: "2.50",
      cacheRead: "0.25",
      output: "15.00",
      long: { aboveTokens: 272_000, price: { input: "5.00", cacheRead: "0.50", output: "22.50" } },
    },
  },
  openai("0.75", "0.075", "4.50", ["gpt-5.4-mini", "gpt-5.4-mini-2026-03-17"]),
  openai("0.20", "0.02", "1.25", ["gpt-5.4-nano", "gpt-5.4-nano-2026-03-17"]),
  {
    models: [["gpt-5.5", "gpt-5.5-2026-04-23"]],
    price: {
      input: "5.00",
      cacheRead: "0.50",
      output: "30.00",
      long: { aboveTokens: 272_000, price: { input: "10.00", cacheRead: "1.00", output: "45.00" } },
    },
  },
  {
    models: [["gpt-5.6-sol", "gpt-5.6-sol"]],
    price: {
      ...from56("5.00", "0.50", "6.25", "30.00", ["10.00", "1.00", "12.50", "45.00"]),
      // A promotion, promised through 2026-11-21 and not seen to go on.
      spans: [
        {
          from: "2026-08-21",
          to: "2026-11-22",
          price: from56("4.00", "0.40", "5.00", "20.00", ["8.00", "0.80", "10.00", "30.00"]),
        },
      ],
    },
  },
  {
    models: [["gpt-5.6-terra", "gpt-5.6-terra"]],
    price: from56("2.00", "0.20", "2.50", "12.00", ["4.00", "0.40", "5.00", "18.00"]),
  },
  {
    models: [["gpt-5.6-luna", "gpt-5.6-luna"]],
    price: from56("0.20", "0.02", "0.25", "1.20", ["0.40", "0.04", "0.50", "1.80"]),
  },
];

const anthropicRows: readonly PriceRow[] = [
  anthropic(["0.25", "0.30", "0.50", "0.03", "1.25"], ["claude-3-haiku", "claude-3-haiku-20240307"]),
  anthropic(
    ["0.80", "1.00", "1.60", "0.08", "4.00"],
    ["claude-3-5-haiku-latest", "claude-3-5-haiku-20241022"],
    ["claude-3-5-haiku", "claude-3-5-haiku-20241022"],
  ),
  anthropic(
    ["3.00", "3.75", "6.00", "0.30", "15.00"],
    ["claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022"],
    ["claude-3-5-sonnet", "claude-3-5-sonnet-20241022"],
    ["claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20240620"],
    ["claude-3-7-sonnet-latest", "claude-3-7-sonnet-20250219"],
    ["claude-sonnet-4-6", "claude-sonnet-4-6"],
  ),
  {
    models: [
      ["claude-sonnet-4-0", "claude-sonnet-4-20250514"],
      ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"],
    ],
    price: {
      input: "3.00",
      cacheWrite5m: "3.75",
      cacheWrite1h: "6.00",
      cacheRead: "0.30",
      output: "15.00",
      long: {
        aboveTokens: 200_000,
        price: { input: "6.00", cacheWrite5m: "7.50", cacheWrite1h: "12.00", cacheRead: "0.60", output: "22.50" },
      },
    },
  },
  anthropic(["2.00", "2.50", "4.00", "0.20", "10.00"], ["claude-sonnet-5", "claude-sonnet-5"]),
  anthropic(["2.00", "2.50", "4.00", "0.10", "10.00"], ["claude-sonnet-5-5", "claude-sonnet-5-5"]),
  anthropic(["1.00", "1.25", "2.00", "0.10", "5.00"], ["claude-haiku-4-5", "claude-haiku-4-5-20251001"]),
  {
    models: [["claude-haiku-5-5", "claude-haiku-5-5"]],
    price: {
      input: "0.10",
      cacheWrite5m: "0.125",
      cacheWrite1h: "0.20",
      cacheRead: "0.01",
      output: "0.50",
      long: {
        aboveTokens: 100_000,
        price: { input: "0.50", cacheWrite5m: "0.625", cacheWrite1h: "1.00", cacheRead: "0.05", output: "2.50" },
      },
    },
  },
  anthropic(
    ["15.00", "18.75", "30.00", "1.50", "75.00"],
    ["claude-3-opus-latest", "claude-3-opus-20240229"],
    ["claude-opus-4-0", "claude-opus-4-20250514"],
    ["claude-opus-4-1", "claude-opus-4-1-20250805"],
  ),
  anthropic(
    ["5.00", "6.25", "10.00", "0.50", "25.00"],
    ["claude-opus-4-5", "claude-opus-4-5-20251101"],
    ["claude-opus-4-6", "claude-opus-4-6"],
    ["claude-opus-4-7", "claude-opus-4-7"],
    ["claude-opus-4-8", "claude-opus-4-8"],
    ["claude-opus-5", "claude-opus-5"],
  ),
  anthropic(["4.00", "5.00", "8.00", "0.20", "20.00"], ["claude-opus-5-5", "claude-opus-5-5"]),
  anthropic(["10.00", "12.50", "20.00", "0.25", "50.00"], ["claude-fable-5-1", "claude-fable-5-1"]),
];

/** Models that answer without a price: an invoice line for them is null, never zero. */
const unpricedOpenai = ["gpt-fake-unpriced", "gpt-6-astra", "gpt-6-sol", "gpt-6-luna", "gpt-6.1-sol", "gpt-6.1-terra"];
const unpricedAnthropic = ["claude-fake-unpriced", "claude-fable-5-2"];

/** A model that the fake provider serves. */
export interface FakeModel {
  /** What the reply says answered. */
  readonly snapshot: string;
  readonly price: InvoicePrice | null;
}

/** The models of a table by every name, and those that have no price. */
export function modelsOf(rows: readonly PriceRow[], unpriced: readonly string[]): ReadonlyMap<string, FakeModel> {
  const models = new Map<string, FakeModel>();
  for (const row of rows) {
    for (const [name, snapshot] of row.models) {
      models.set(name, { snapshot, price: row.price });
      models.set(snapshot, { snapshot, price: row.price });
    }
  }
  for (const name of unpriced) models.set(name, { snapshot: name, price: null });
  return models;
}

/** Models of `POST /v1/chat/completions`, by every name that callers may use. */
export const openaiModels: ReadonlyMap<string, FakeModel> = modelsOf(openaiRows, unpricedOpenai);
/** Models of `POST /v1/messages`, by every name that callers may use. */
export const anthropicModels: ReadonlyMap<string, FakeModel> = modelsOf(anthropicRows, unpricedAnthropic);
