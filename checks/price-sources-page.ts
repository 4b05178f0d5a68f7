import type { ModelPrices, PriceEntry, VendorPrices } from "../src/money/prices/price-data.ts";
import type { Explanation } from "./price-tables/explanations.ts";

const intro = `# Where the prices come from

Written by \`npm run pages:generate\` from the files in \`src/money/data/\`; change those, not this page. What an entry means and
how one is added: [prices](prices.md). Every entry names its source and the day it was checked; no figure is taken from the public
tables without one.

- **The vendor's own page** was read as copies of it, never live; that is \`medium\`, and \`high\` once the tables agree with it.
- **LiteLLM** (BerriAI/litellm, its map as of 2026-07-24), **genai-prices** (pydantic/genai-prices, 2026-08-21), **Langfuse** (its default prices,
  2026-08-22) and **models.dev** (2026-07-02) are compared with, row by row: \`npm run prices:disagreements\` lists every difference with its reason
  (\`-- --list\` each one by itself) and fails on one without a reason, or a reason without a difference. Without copies of the tables beside the
  repository it says so and compares nothing.
- What only third parties say is \`low\`, and what it prices is \`estimated\`.

Self-hosted servers (\`ollama\`, \`vllm\`, \`sglang\`, \`tgi\`, \`llama-cpp\`, \`lm-studio\`) and \`openai-compatible\` have no price list: give
them [prices of your own](prices.md#prices-of-your-own).
`;

/** What a vendor charges for and the book does not know; a call that used it is unpriced or, where it says so, estimated. */
const notPriced: Readonly<Record<string, string>> = {
  openai:
    "Speech, realtime and moderation; cached tokens of the image models; containers of the code interpreter and the shell; web searches of GPT-4o and GPT-4.1, whose price depends on the version of the tool, which a reply does not tell; storage of files; cached prices of GPT-6.2 Sol and the twelve-hour writes of all but GPT-6.1 Terra. `fast` is a rough percentage.",
  anthropic:
    "Code execution by the hour; the committed capacity of the priority tier. Fast mode beyond Opus is a rough percentage.",
  google:
    "Images, speech, video and live audio; storage of explicit caches by the hour; grounding with Google Search, which its usage does not count. Batch is a rough percentage, because whether cached tokens are halved once more is documented for Vertex AI only (they are not).",
  "azure-openai":
    "Data zones and regional deployments (about a tenth dearer), provisioned units, and models newer than the tables: GPT-5.6 and later. Batch is a rough percentage. Names are those of the models; a reply that carries a deployment's own name has no price.",
  openrouter:
    "All but the large vendors' models; free variants; searches and plug-ins by the call. Prices of open models are those of one host and therefore `low`.",
  deepseek:
    "The search and fetch tools, whose price was seen in yuan only; public holidays in China from 2027 on, when peak hours do not apply; the old names `deepseek-chat` and `deepseek-reasoner` from 2026-08-16 on.",
  xai: "Images, video and voice; the premium of the priority tier and the discount of batches, which vary by model and were not seen.",
  mistral:
    "Audio, OCR pages, agents' tools, Mistral Large 4. Batch is a rough percentage: whether cached tokens are halved as well is not said.",
  groq: "Speech and transcription; the compound systems' tools; cached tokens where the tables have no price. Batch is a rough percentage: pages disagree, a quarter or a half off.",
  together:
    "Images, fine-tuning, dedicated endpoints; models of 2023 and 2024 that one table knows; cached tokens where the tables have no price; batches, where the discount depends on the model.",
  fireworks:
    "Dedicated deployments, fine-tuning, images, speech. Batch is a rough percentage: cached tokens have a discount of their own there.",
  perplexity:
    "Citation tokens and searches of deep research; the search and agent products. The fee of a request depends on the search context that was asked for: the lowest, which is the default, stands in, so everything with a fee is an estimate.",
  cerebras: "Cached tokens; models that came after the tables.",
};

const ownPages =
  /platform\.claude\.com|ai\.google\.dev|docs\.x\.ai|api-docs\.deepseek\.com|platform\.openai\.com|docs\.mistral\.ai|docs\.fireworks\.ai|docs\.perplexity\.ai/;
const sourceColumns: readonly (readonly [string, RegExp])[] = [
  ["Own page", ownPages],
  ["LiteLLM", /LiteLLM map/],
  ["genai-prices", /genai-prices/],
  ["Langfuse", /Langfuse/],
  ["models.dev", /models\.dev/],
];

/** The whole of docs/reference/price-sources.md, as the formatter leaves it. */
export function priceSourcesPage(files: readonly VendorPrices[], explanations: readonly Explanation[]): string {
  const named = explanations.flatMap(({ disagreements = [] }) => disagreements);
  const patterns = explanations.flatMap(({ notCarried = [] }) => notCarried);
  return [
    intro,
    "## How many, and how sure\n",
    "Entries are spans of time: a model whose price changed has several. Shares are of entries.\n",
    table(
      ["Vendor", "Models", "Names", "Entries", "High", "Medium", "Low"],
      [
        ...files.map((file) => countsOf(file.vendor, file.models)),
        countsOf(
          "all",
          files.flatMap(({ models }) => models),
        ),
      ],
    ),
    "## Who says so\n",
    "Entries that name each source; one entry may name several. What is left names other pages, by their address or title.\n",
    table(
      ["Vendor", ...sourceColumns.map(([title]) => title)],
      files.map((file) => [
        `\`${file.vendor}\``,
        ...sourceColumns.map(([, pattern]) =>
          String(entriesOf(file.models).filter(({ source }) => pattern.test(source)).length),
        ),
      ]),
    ),
    "## What differs from the default price\n",
    "For a whole vendor; single models may say otherwise. A rough percentage makes a call `estimated`.\n",
    table(
      ["Vendor", "Service tiers", "Roughly", "Regions", "Tools, USD a call"],
      files.map((file) => [
        `\`${file.vendor}\``,
        listed(file.serviceTiers, ({ percent }) => `${percent} %`),
        listed(file.serviceTierPercent, (percent) => `${percent} %`),
        listed(file.regions, ({ percent }) => `${percent} %`),
        listed(file.serverTools, (usd) => usd),
      ]),
    ),
    "Models with context tiers, prices by the hour, service tiers, regions, fees a request or tools of their own:\n",
    table(["Vendor", "Context tiers", "Hours", "Service tiers", "Regions", "Fees", "Tools"], files.map(specialsOf)),
    "## What is not priced\n",
    ...files.map(({ vendor }) => `- \`${vendor}\`: ${notPriced[vendor] ?? ""}`),
    "\n## Where the tables disagree\n",
    `${named.length} differences are explained one by one in \`src/money/data/disagreements.json\`, under ${explanations.filter(({ disagreements }) => disagreements !== undefined).length} reasons; ${patterns.length} patterns name`,
    "models that the tables know and the book does not carry. A pattern never explains a price of a model that it does carry.\n",
    table(
      ["Differences", "Reason"],
      explanations.flatMap(({ reason, disagreements }) =>
        disagreements === undefined ? [] : [[String(disagreements.length), reason]],
      ),
    ),
  ].join("\n");
}

function entriesOf(models: readonly ModelPrices[]): readonly PriceEntry[] {
  return models.flatMap(({ prices }) => prices);
}

function countsOf(vendor: string, models: readonly ModelPrices[]): readonly string[] {
  const entries = entriesOf(models);
  const share = (level: PriceEntry["confidence"]): string => {
    const count = entries.filter(({ confidence }) => confidence === level).length;
    return `${count} (${Math.round((100 * count) / entries.length)} %)`;
  };
  const names = models.reduce((count, { aliases = [] }) => count + 1 + aliases.length, 0);
  const counts = [models.length, names, entries.length].map(String);
  return [vendor === "all" ? "all" : `\`${vendor}\``, ...counts, share("high"), share("medium"), share("low")];
}

function specialsOf({ vendor, models }: VendorPrices): readonly string[] {
  const fields = ["contextTiers", "hours", "serviceTiers", "regions", "perRequest", "serverTools"] as const;
  const count = (field: (typeof fields)[number]): number =>
    models.filter(({ prices }) => prices.some((entry) => entry[field] !== undefined)).length;
  return [`\`${vendor}\``, ...fields.map((field) => String(count(field)))];
}

function listed<Value>(values: Readonly<Record<string, Value>> | undefined, shown: (value: Value) => string): string {
  const entries = Object.entries(values ?? {});
  return entries.length === 0 ? "-" : entries.map(([name, value]) => `${name} ${shown(value)}`).join(", ");
}

/** A Markdown table with its columns aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return `${[line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")}\n`;
}
