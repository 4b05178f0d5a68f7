// Long because it is one table.
import { casePriceDocument } from "./case-prices.ts";
import type { PriceCase } from "./price-case.ts";

/** Everything of an entry but its prices. */
const entry = {
  from: null,
  caching: "billed-writes",
  confidence: "high",
  source: "made up for the cases",
  checked: "2026-11-21",
} as const;

/** A document of the vendor `cases` with one model, `m`. */
function document(...prices: readonly Readonly<Record<string, unknown>>[]): unknown {
  return { vendor: "cases", models: [{ id: "m", prices: prices.map((one) => ({ ...entry, ...one })) }] };
}

const twoTables = document({
  usdPerMillion: { input: "3", cacheRead: "0.3", output: "15" },
  contextTiers: [{ aboveInputTokens: 200_000, usdPerMillion: { input: "6", cacheRead: "0.6", output: "22.5" } }],
});
const standard = casePriceDocument("cases");

/** Questions to the price book. */
export const priceCases: readonly PriceCase[] = [
  {
    name: "an-unknown-model-is-not-free",
    references: ["BerriAI/litellm#10598", "BerriAI/litellm#12337", "BerriAI/litellm#21023"],
    elsewhere: "A model without a price was recorded as $0: spend looked fine and budgets never fired.",
    here: "It is `unpriced`, an amount that nobody has, with an alarm; never 0.",
    documents: [standard],
    ask: [
      { model: "brand-new", tokens: { input: 1000, output: 100 }, state: "unpriced", usd: null },
      { model: "large", tokens: { input: 1000, output: 100 }, state: "priced", usd: "1000*3/1e6 + 100*15/1e6" },
    ],
  },
  {
    name: "a-longer-name-is-another-model",
    references: ["ccusage/ccusage#934", "openonion/connectonion#602", "yonatangross/orchestkit#3909"],
    elsewhere: "A name that begins like a known one, or holds it, took its price: 5 to 17 times too dear or too cheap.",
    here: "Names are exact; what merely resembles a known one is unknown.",
    documents: [standard],
    ask: [
      { model: "large-mini", tokens: { input: 1000 }, state: "unpriced", usd: null },
      { model: "larg", tokens: { input: 1000 }, state: "unpriced", usd: null },
      { model: "x-large", tokens: { input: 1000 }, state: "unpriced", usd: null },
    ],
  },
  {
    name: "a-snapshot-nobody-listed-is-an-estimate",
    references: ["openonion/connectonion#602", "hydropix/TranslateBooksWithLLMs#272"],
    elsewhere: "A dated name found some other model's price, and was shown as if it were sure.",
    here: "A dated snapshot is priced like its own model, and says that this is an estimate.",
    documents: [standard],
    ask: [
      { model: "small-2026-03-05", tokens: { input: 1000 }, state: "estimated", usd: "1000*0.3/1e6" },
      { model: "small", tokens: { input: 1000 }, state: "priced", usd: "1000*0.3/1e6" },
    ],
  },
  {
    name: "a-fine-tuned-model-has-its-own-price",
    references: ["BerriAI/litellm#20411", "BerriAI/litellm#13790"],
    elsewhere: "Fine-tuned models were billed at the price of their base, or at $0.",
    here: "`ft:<base>:...` is priced as the listed `ft:<base>`; without one it is unpriced, never the plain base.",
    documents: [
      {
        vendor: "cases",
        models: [
          { id: "base", prices: [{ ...entry, usdPerMillion: { input: "1", output: "2" } }] },
          { id: "ft:base", prices: [{ ...entry, usdPerMillion: { input: "3", output: "6" } }] },
          { id: "other", prices: [{ ...entry, usdPerMillion: { input: "1", output: "2" } }] },
        ],
      },
    ],
    ask: [
      { model: "ft:base:us::a1", tokens: { input: 100, output: 10 }, state: "priced", usd: "100*3/1e6 + 10*6/1e6" },
      { model: "ft:other:us::a1", tokens: { input: 100, output: 10 }, state: "unpriced", usd: null },
    ],
  },
  {
    name: "an-override-without-cache-prices",
    references: ["BerriAI/litellm#28009", "BerriAI/litellm#9049"],
    elsewhere: "A custom price for input and output forgot the cache: cached tokens were free, or cost the full price.",
    here: "What an override does not price is unpriced until somebody says what it costs; what it prices holds.",
    documents: [standard, document({ usdPerMillion: { input: "2", output: "8" } })],
    ask: [
      { model: "m", tokens: { input: 10, cacheRead: 90, output: 5 }, state: "unpriced", usd: null },
      { model: "m", tokens: { input: 100, output: 5 }, state: "priced", usd: "100*2/1e6 + 5*8/1e6" },
    ],
  },
  {
    name: "an-override-keeps-its-cache-prices",
    references: ["BerriAI/litellm#28009", "maximhq/bifrost#904"],
    elsewhere: "Cached tokens of a model with a custom price cost the full price: $1.68 for a bill of $0.34.",
    here: "An override's cache prices are prices like any other, and replace the bundled ones.",
    documents: [
      document({ usdPerMillion: { input: "3", cacheRead: "0.3", output: "15" } }),
      document({ usdPerMillion: { input: "2", cacheRead: "0.1", output: "8" } }),
    ],
    ask: [
      {
        model: "m",
        tokens: { input: 10, cacheRead: 90_000, output: 5 },
        state: "priced",
        usd: "10*2/1e6 + 90000*0.1/1e6 + 5*8/1e6",
      },
    ],
  },
  {
    name: "an-explicit-zero-is-a-price",
    references: ["BerriAI/litellm#36723", "BerriAI/litellm#38865", "BerriAI/litellm#14661"],
    elsewhere:
      "A price of zero was taken for no price, and the input price charged in its place; or it was lost on an upgrade.",
    here: "Zero is a price: written tokens of this model cost nothing, and its reads cost what they cost.",
    documents: [document({ usdPerMillion: { input: "3", cacheRead: "0.3", cacheWrite5m: "0", output: "15" } })],
    ask: [
      {
        model: "m",
        tokens: { input: 10, cacheRead: 100, cacheWrite5m: 9_000, output: 5 },
        state: "priced",
        usd: "10*3/1e6 + 100*0.3/1e6 + 9000*0/1e6 + 5*15/1e6",
      },
    ],
  },
  {
    name: "a-free-model-is-priced-at-nothing",
    references: ["BerriAI/litellm#14661", "langfuse/langfuse#2382"],
    elsewhere: "A local model set to $0 was charged, or could not be told from one whose price nobody knows.",
    here: "A model priced at 0 costs 0 and is `priced`; one without a price is `unpriced`.",
    documents: [standard],
    ask: [
      { model: "free", tokens: { input: 5000, cacheRead: 10, output: 900 }, state: "priced", usd: "0" },
      { model: "unlisted", tokens: { input: 5000, output: 900 }, state: "unpriced", usd: null },
    ],
  },
  {
    name: "one-hour-writes-without-a-price",
    references: ["Portkey-AI/models#627", "UKGovernmentBEIS/inspect_ai#4705", "huggingface/tau#553"],
    elsewhere: "Writes that live an hour were billed at the five-minute price, because the table had only one.",
    here: "Lifetimes have prices of their own; a missing one is unknown, not the other one's.",
    documents: [
      document({ usdPerMillion: { input: "3", cacheRead: "0.3", cacheWrite5m: "3.75", output: "15" } }),
      {
        vendor: "cases",
        models: [
          {
            id: "both",
            prices: [
              { ...entry, usdPerMillion: { input: "3", cacheWrite5m: "3.75", cacheWrite1h: "6", output: "15" } },
            ],
          },
        ],
      },
    ],
    ask: [
      { model: "m", tokens: { cacheWrite1h: 1000 }, state: "unpriced", usd: null },
      {
        model: "both",
        tokens: { cacheWrite5m: 1000, cacheWrite1h: 1000 },
        state: "priced",
        usd: "1000*3.75/1e6 + 1000*6/1e6",
      },
    ],
  },
  {
    name: "a-long-prompt-is-dear-as-a-whole",
    references: ["junhoyeo/tokscale#862", "ding113/claude-code-hub#869", "comet-ml/opik#6982"],
    elsewhere: "Only the tokens beyond the threshold took the long-context price, or none did.",
    here: "Above the threshold the whole request is at the second table, output too.",
    documents: [twoTables],
    ask: [
      {
        model: "m",
        tokens: { input: 250_000, output: 1000 },
        state: "priced",
        usd: "250000*6/1e6 + 1000*22.5/1e6",
      },
    ],
  },
  {
    name: "exactly-at-the-threshold",
    references: ["unslothai/unsloth#9527"],
    elsewhere: "A prompt of exactly the threshold was billed at the long-context price, twice what the vendor charges.",
    here: "`above` means above: the token after the threshold is the first dear one.",
    documents: [twoTables],
    ask: [
      { model: "m", tokens: { input: 200_000 }, state: "priced", usd: "200000*3/1e6" },
      { model: "m", tokens: { input: 200_001 }, state: "priced", usd: "200001*6/1e6" },
    ],
  },
  {
    name: "from-the-threshold-on",
    references: ["BerriAI/litellm#40174", "lidge-jun/opencodex#952"],
    elsewhere:
      "xAI's long context begins at 200,000 tokens, not above them; a prompt of just that size was quoted too low.",
    here: "A vendor's `from` is written as above one token less.",
    documents: [
      document({
        usdPerMillion: { input: "2", output: "6" },
        contextTiers: [{ aboveInputTokens: 199_999, usdPerMillion: { input: "4", output: "12" } }],
      }),
    ],
    ask: [
      { model: "m", tokens: { input: 199_999 }, state: "priced", usd: "199999*2/1e6" },
      { model: "m", tokens: { input: 200_000 }, state: "priced", usd: "200000*4/1e6" },
    ],
  },
  {
    name: "cached-tokens-count-for-the-threshold",
    references: ["junhoyeo/tokscale#862", "BerriAI/litellm#40174"],
    elsewhere: "Each class was held against the threshold alone, so a mostly cached long prompt stayed cheap.",
    here: "All input classes together are the prompt; one crossing moves them all.",
    documents: [twoTables],
    ask: [
      {
        model: "m",
        tokens: { input: 100_000, cacheRead: 100_001, output: 10 },
        state: "priced",
        usd: "100000*6/1e6 + 100001*0.6/1e6 + 10*22.5/1e6",
      },
      {
        model: "m",
        tokens: { input: 199_000, cacheRead: 1_000, output: 90_000 },
        state: "priced",
        usd: "199000*3/1e6 + 1000*0.3/1e6 + 90000*15/1e6",
      },
    ],
  },
  {
    name: "batch-and-cache-stack-as-the-vendor-says",
    references: ["BerriAI/litellm#38341", "BerriAI/litellm#19704", "Helicone/helicone#4211"],
    elsewhere: "Cached tokens of a batch were billed at the batch price of fresh ones, up to 2.5 times too much.",
    here: "Each vendor's file says what a batch does to each class: half of all, or half of all but reads.",
    documents: [
      document({
        usdPerMillion: { input: "3", cacheRead: "0.3", output: "15" },
        serviceTiers: { batch: { percent: 50, percentOf: { cacheRead: 100 } } },
      }),
      {
        vendor: "cases",
        models: [
          {
            id: "halved",
            prices: [
              {
                ...entry,
                usdPerMillion: { input: "3", cacheRead: "0.3", output: "15" },
                serviceTiers: { batch: { percent: 50 } },
              },
            ],
          },
        ],
      },
    ],
    ask: [
      {
        model: "m",
        tokens: { input: 100, cacheRead: 10_000, output: 20 },
        more: { serviceTier: "batch" },
        state: "priced",
        usd: "100*1.5/1e6 + 10000*0.3/1e6 + 20*7.5/1e6",
      },
      {
        model: "halved",
        tokens: { input: 100, cacheRead: 10_000, output: 20 },
        more: { serviceTier: "batch" },
        state: "priced",
        usd: "100*1.5/1e6 + 10000*0.15/1e6 + 20*7.5/1e6",
      },
    ],
  },
  {
    name: "a-long-prompt-in-a-batch",
    references: ["BerriAI/litellm#39861"],
    elsewhere: "Batch prompts above the threshold were billed at half of the short price.",
    here: "The batch's share is taken of the table that holds, the long one.",
    documents: [
      document({
        usdPerMillion: { input: "5", output: "30" },
        contextTiers: [{ aboveInputTokens: 272_000, usdPerMillion: { input: "10", output: "45" } }],
        serviceTiers: { batch: { percent: 50 } },
      }),
    ],
    ask: [
      {
        model: "m",
        tokens: { input: 300_000, output: 100 },
        more: { serviceTier: "batch" },
        state: "priced",
        usd: "300000*5/1e6 + 100*22.5/1e6",
      },
    ],
  },
  {
    name: "flex-is-half-and-a-strange-tier-is-a-guess",
    references: ["Portkey-AI/gateway#1511", "BerriAI/litellm#13810"],
    elsewhere: "Calls that flex served were billed at the full price, twice the bill.",
    here: "The tier that served has its price; one that the book has never heard of is an estimate.",
    documents: [document({ usdPerMillion: { input: "3", output: "15" }, serviceTiers: { flex: { percent: 50 } } })],
    ask: [
      {
        model: "m",
        tokens: { input: 1000, output: 100 },
        more: { serviceTier: "flex" },
        state: "priced",
        usd: "1000*1.5/1e6 + 100*7.5/1e6",
      },
      {
        model: "m",
        tokens: { input: 1000, output: 100 },
        more: { serviceTier: "turbo" },
        state: "estimated",
        usd: "1000*3/1e6 + 100*15/1e6",
      },
    ],
  },
  {
    name: "a-price-change-takes-effect-at-midnight-utc",
    references: ["kenn-io/agentsview#1540", "steipete/CodexBar#2671", "ccusage/ccusage#1636"],
    elsewhere: "Old usage was priced anew at today's price: last month's costs changed by themselves.",
    here: "Prices are dated; a call is priced by the moment it was made, from 00:00 UTC of the day on.",
    documents: [
      document(
        { usdPerMillion: { input: "5", output: "30" } },
        { from: "2026-08-21", usdPerMillion: { input: "4", output: "20" } },
      ),
    ],
    ask: [
      {
        model: "m",
        tokens: { input: 1000, output: 100 },
        at: "2026-08-20T23:59:59.999Z",
        state: "priced",
        usd: "1000*5/1e6 + 100*30/1e6",
      },
      {
        model: "m",
        tokens: { input: 1000, output: 100 },
        at: "2026-08-21T00:00:00Z",
        state: "priced",
        usd: "1000*4/1e6 + 100*20/1e6",
      },
    ],
  },
  {
    name: "a-price-of-the-wrong-unit",
    references: ["BerriAI/litellm#20615", "maximhq/bifrost#3559"],
    elsewhere:
      "Prices a token and prices a million tokens were confused: $76 for cents of traffic, and everything blocked.",
    here: "A price is a text of USD per million in a field that says so; a number as code writes them is refused.",
    documents: [document({ usdPerMillion: { input: 3e-6, output: 1.5e-5 } })],
    ask: [],
    refused: "config_invalid",
  },
  {
    name: "a-broken-price-table",
    references: ["https://docs.litellm.ai/blog/model-cost-map-incident"],
    elsewhere: "A malformed price table was replaced silently by an old copy, and new models cost 0.",
    here: "A table that cannot be read is refused with its place; nothing is priced by half of it.",
    documents: [
      standard,
      { vendor: "cases", models: [{ id: "m", prices: [{ ...entry, usdPerMillion: { input: "three" } }] }] },
    ],
    ask: [],
    refused: "config_invalid",
  },
  {
    name: "an-update-that-makes-things-free",
    references: ["BerriAI/litellm#1840"],
    elsewhere: "The public price table listed a vendor that is paid at $0.",
    here: "An update in which something costs nothing that had a price is not taken unless a person says so.",
    documents: [document({ usdPerMillion: { input: "3", output: "15" } })],
    ask: [],
    update: { to: [document({ usdPerMillion: { input: "0", output: "15" } })], inUse: [], doubts: ["zeroed"] },
  },
  {
    name: "an-update-that-loses-a-model-in-use",
    references: ["https://docs.litellm.ai/blog/model-cost-map-incident"],
    elsewhere: "A table that had lost the newer models took the place of a good one, and their calls cost 0.",
    here: "An update without a price for what was called of late is not taken; the last good table stays.",
    documents: [standard],
    ask: [],
    update: {
      to: [document({ usdPerMillion: { input: "3", output: "15" } })],
      inUse: ["cases/large"],
      doubts: ["shrunk"],
    },
  },
];
