// Long because it is one table.
import type { Dialect } from "../../src/spec/dialect.ts";
import type { Cost } from "../../src/spec/money.ts";
import type { PriceBook } from "../../src/spec/prices.ts";
import type { DialectName } from "../../src/spec/request.ts";
import type { TokenClass, Usage } from "../../src/spec/usage.ts";
import { createMemoryLimitStore } from "../../src/stores/memory/limit-store.ts";
import type { MoneyUnderTest } from "./case.ts";
import { ownMoney } from "./own-money.ts";

/** A mistake that others made, put into an otherwise right money, and a case that must notice it. */
export interface PlantedMistake {
  readonly mistake: string;
  readonly money: MoneyUnderTest;
  readonly noticedBy: readonly string[];
}

type Tokens = Partial<Record<TokenClass, number>>;

/** Every usage that is read comes out changed. */
function misread(change: (usage: Usage) => Usage): MoneyUnderTest {
  const dialects = Object.fromEntries(
    Object.entries(ownMoney.dialects).map(([name, dialect]): [string, Dialect] => [
      name,
      {
        ...dialect,
        readReply: (body, quirks) => {
          const facts = dialect.readReply(body, quirks);
          return { ...facts, usage: change(facts.usage) };
        },
        observeStream: (drop, quirks) => {
          const observer = dialect.observeStream(drop, quirks);
          return {
            push: (bytes) => observer.push(bytes),
            facts: () => {
              const facts = observer.facts();
              return { ...facts, usage: change(facts.usage) };
            },
          };
        },
      },
    ]),
  ) as Record<DialectName, Dialect>;
  return { ...ownMoney, dialects };
}

/** Tokens of a counted usage come out changed. */
function miscount(change: (tokens: Tokens) => Tokens): MoneyUnderTest {
  return misread((usage) => (usage.source === "unknown" ? usage : { ...usage, tokens: change({ ...usage.tokens }) }));
}

/** Prices are asked in another way. */
function misprice(change: (book: PriceBook) => PriceBook): MoneyUnderTest {
  return { ...ownMoney, priceBook: (documents) => change(ownMoney.priceBook(documents)) };
}

/** Price documents are read without, or with other, fields of that name. */
function misfile(field: string, change: (value: unknown) => unknown): MoneyUnderTest {
  const reread = (documents: readonly unknown[]): unknown[] =>
    JSON.parse(JSON.stringify(documents), (name, value: unknown) =>
      name === field ? change(value) : value,
    ) as unknown[];
  return { ...ownMoney, priceBook: (documents) => ownMoney.priceBook(reread(documents)) };
}

const asCost = (book: PriceBook, costOf: PriceBook["costOf"]): PriceBook => ({
  version: book.version,
  costOf,
  worstCase: (...asked) => book.worstCase(...asked),
});

const keep = (): void => undefined;
const zero: Cost = { state: "priced", picoUsd: 0n };

/** How others went wrong. */
export const plantedMistakes: readonly PlantedMistake[] = [
  {
    mistake: "cached tokens are counted twice",
    money: miscount((tokens) => ({ ...tokens, input: (tokens.input ?? 0) + (tokens.cacheRead ?? 0) })),
    noticedBy: ["cached-tokens-are-inside-the-prompt", "cached-content-is-inside-the-prompt-count"],
  },
  {
    mistake: "cached tokens are free",
    money: miscount((tokens) => ({ ...tokens, cacheRead: 0 })),
    noticedBy: ["cached-tokens-are-not-free", "cache-reads-of-a-stream", "a-cap-on-tokens-counts-every-class"],
  },
  {
    mistake: "writes that live an hour are taken for those of five minutes",
    money: miscount(({ cacheWrite1h = 0, cacheWrite5m = 0, ...rest }) => ({
      ...rest,
      cacheWrite5m: cacheWrite5m + cacheWrite1h,
    })),
    noticedBy: ["one-hour-writes-of-a-stream", "the-tier-that-served-a-message"],
  },
  {
    mistake: "reasoning is added to the output",
    money: miscount((tokens) => ({ ...tokens, output: (tokens.output ?? 0) + (tokens.reasoning ?? 0) })),
    noticedBy: [
      "reasoning-added-to-output",
      "reasoning-inside-the-completion-once",
      "thinking-is-a-part-of-the-output",
    ],
  },
  {
    mistake: "reasoning is left out",
    money: miscount((tokens) => ({ ...tokens, reasoning: 0 })),
    noticedBy: ["thoughts-are-outside-the-candidates", "reasoning-beside-the-completion"],
  },
  {
    mistake: "a zero of the provider counts as nothing said",
    money: misread((usage) =>
      Object.values(usage.tokens).every((count) => count === 0) ? { source: "unknown", tokens: {} } : usage,
    ),
    noticedBy: ["a-zero-that-was-said-before-the-caller-left"],
  },
  {
    mistake: "no usage is a usage of zero",
    money: misread((usage) => (usage.source === "unknown" ? { source: "provider", tokens: {} } : usage)),
    noticedBy: ["no-usage-is-not-zero", "a-stream-without-usage", "an-aborted-stream-is-not-free"],
  },
  {
    mistake: "calls of tools are left out",
    money: misread((usage) => ({ ...usage, serverToolCalls: {} })),
    noticedBy: ["total-of-writes-beyond-their-breakdown"],
  },
  {
    mistake: "the tier that served is not looked at",
    money: misprice((book) =>
      asCost(book, (vendor, model, usage, atMs) =>
        book.costOf(vendor, model, { ...usage, serviceTier: "default" }, atMs),
      ),
    ),
    noticedBy: ["batch-and-cache-stack-as-the-vendor-says", "flex-is-half-and-a-strange-tier-is-a-guess"],
  },
  {
    mistake: "what has no price costs nothing",
    money: misprice((book) =>
      asCost(book, (...asked) => {
        const cost = book.costOf(...asked);
        return cost.state === "unpriced" ? zero : cost;
      }),
    ),
    noticedBy: ["an-unknown-model-is-not-free", "an-answer-without-a-price-is-not-nothing", "no-price-no-saving"],
  },
  {
    mistake: "a name that begins like a known one has its price",
    money: misprice((book) =>
      asCost(book, (vendor, model, usage, atMs) =>
        book.costOf(vendor, model.replace(/^large.*/, "large"), usage, atMs),
      ),
    ),
    noticedBy: ["a-longer-name-is-another-model"],
  },
  {
    mistake: "old calls are priced at today's price",
    money: misprice((book) =>
      asCost(book, (vendor, model, usage) => book.costOf(vendor, model, usage, Date.parse("2030-01-01"))),
    ),
    noticedBy: ["a-price-change-takes-effect-at-midnight-utc"],
  },
  {
    mistake: "context tiers are ignored",
    money: misfile("contextTiers", () => undefined),
    noticedBy: ["a-long-prompt-is-dear-as-a-whole", "a-long-prompt-in-a-batch", "the-dear-table-is-what-is-reserved"],
  },
  {
    mistake: "a context tier begins one token early",
    money: misfile("aboveInputTokens", (value) => Number(value) - 1),
    noticedBy: ["exactly-at-the-threshold", "from-the-threshold-on", "cached-tokens-count-for-the-threshold"],
  },
  {
    mistake: "a price of zero is dropped",
    money: misfile("cacheWrite5m", (value) => (value === "0" ? undefined : value)),
    noticedBy: ["an-explicit-zero-is-a-price"],
  },
  {
    mistake: "reads are discounted in a batch like all the rest",
    money: misfile("percentOf", () => undefined),
    noticedBy: ["batch-and-cache-stack-as-the-vendor-says"],
  },
  {
    mistake: "any price table is taken",
    money: { ...ownMoney, judgeUpdate: () => [] },
    noticedBy: ["an-update-that-makes-things-free", "an-update-that-loses-a-model-in-use"],
  },
  {
    mistake: "losses are cut off at zero",
    money: {
      ...ownMoney,
      attributeSavings: (input) => {
        const split = ownMoney.attributeSavings(input);
        return { ...split, savings: split.savings.filter(({ picoUsd }) => picoUsd > 0n) };
      },
    },
    noticedBy: ["a-dearer-model-is-a-loss", "a-paid-repeat-is-a-loss"],
  },
  {
    mistake: "the dearest model is the baseline",
    money: {
      ...ownMoney,
      attributeSavings: (input) =>
        ownMoney.attributeSavings({ ...input, requested: { ...input.requested, model: "large" } }),
    },
    noticedBy: ["the-baseline-is-what-was-asked-for"],
  },
  {
    mistake: "provider caching is credited",
    money: {
      ...ownMoney,
      attributeSavings: (input) => {
        const split = ownMoney.attributeSavings(input);
        const read = input.attempts.reduce((sum, { usage }) => sum + (usage.tokens.cacheRead ?? 0), 0);
        const saving = { technique: "prompt-cache", picoUsd: BigInt(read) * 2_700_000n, method: "measured" } as const;
        return read === 0 ? split : { ...split, savings: [...split.savings, saving] };
      },
    },
    noticedBy: ["the-clients-own-caching-is-not-ours"],
  },
  {
    mistake: "only the last attempt counts",
    money: {
      ...ownMoney,
      attributeSavings: (input) => ownMoney.attributeSavings({ ...input, attempts: input.attempts.slice(-1) }),
    },
    noticedBy: ["a-paid-repeat-is-a-loss", "savings-of-two-techniques-sum-to-the-difference"],
  },
  {
    mistake: "an estimate is zero",
    money: {
      ...ownMoney,
      estimator: () => ({ ...ownMoney.estimator(), estimate: () => ({ source: "estimated", tokens: {} }) }),
    },
    noticedBy: ["an-aborted-stream-is-not-free", "nobody-knows-is-not-zero-and-not-repeated"],
  },
  {
    mistake: "ambiguous calls are sent again",
    money: {
      ...ownMoney,
      pipeline: (route, bypass, spending) => {
        const handler = ownMoney.pipeline(route, bypass, spending);
        const retry = { ...route.retry, retryAmbiguous: true };
        return (context) => handler({ ...context, route: { ...context.route, retry } });
      },
    },
    noticedBy: ["nobody-knows-is-not-zero-and-not-repeated"],
  },
  {
    mistake: "a left stream is read to its end",
    money: {
      ...ownMoney,
      pipeline: (route, bypass, spending) => {
        const handler = ownMoney.pipeline(route, bypass, spending);
        const abort = { ...route.abort, mode: "drain" } as const;
        return (context) => handler({ ...context, route: { ...context.route, abort } });
      },
    },
    noticedBy: ["a-left-stream-is-cut-not-read-to-its-end"],
  },
  {
    mistake: "days are those of UTC whatever the zone",
    money: { ...ownMoney, readReport: (options) => ownMoney.readReport({ ...options, zone: "UTC" }) },
    noticedBy: ["a-day-half-an-hour-off", "a-day-three-quarters-of-an-hour-off", "the-day-with-twenty-five-hours"],
  },
  {
    mistake: "the window holds its end too",
    money: { ...ownMoney, readReport: (options) => ownMoney.readReport({ ...options, toMs: options.toMs + 1 }) },
    noticedBy: ["the-edge-of-a-window-is-in-one-of-two", "a-day-half-an-hour-off"],
  },
  {
    mistake: "sums are floating point",
    money: {
      ...ownMoney,
      readReport: (options) => {
        const report = ownMoney.readReport(options);
        const costPicoUsd = BigInt(Number(report.total.costPicoUsd));
        return { ...report, total: { ...report.total, costPicoUsd } };
      },
    },
    noticedBy: ["a-sum-larger-than-64-bits"],
  },
  {
    mistake: "spend is checked and not taken",
    money: {
      ...ownMoney,
      admission: (options) => {
        const admission = ownMoney.admission(options);
        const admit: typeof admission.admit = async (...asked) => {
          const result = await admission.admit(...asked);
          if ("reservation" in result) result.reservation.release();
          return result;
        };
        return {
          admit,
          start: (truthOf) => admission.start(truthOf),
          replaceBudgets: (budgets) => admission.replaceBudgets(budgets),
          close: () => admission.close(),
        };
      },
    },
    noticedBy: ["many-requests-at-once-against-room-for-three", "spend-is-seen-by-the-next-request"],
  },
  {
    mistake: "an aborted request keeps its reservation",
    money: {
      ...ownMoney,
      admission: (options) => {
        const admission = ownMoney.admission(options);
        const admit: typeof admission.admit = async (...asked) => {
          const result = await admission.admit(...asked);
          return "refusal" in result ? result : { reservation: { ...result.reservation, settle: keep, release: keep } };
        };
        return {
          admit,
          start: (truthOf) => admission.start(truthOf),
          replaceBudgets: (budgets) => admission.replaceBudgets(budgets),
          close: () => Promise.resolve(),
        };
      },
    },
    noticedBy: ["an-aborted-request-gives-its-room-back", "a-failed-request-gives-its-room-back"],
  },
  {
    mistake: "every process counts for itself",
    money: {
      ...ownMoney,
      admission: (options) => ownMoney.admission({ ...options, store: createMemoryLimitStore() }),
    },
    noticedBy: ["two-processes-share-one-cap"],
  },
  {
    mistake: "a bypassed request passes no budget",
    money: {
      ...ownMoney,
      pipeline: (route, bypass, spending) =>
        ownMoney.pipeline(route, bypass, bypass ? { ...spending, budgets: [] } : spending),
    },
    noticedBy: ["bypassing-is-no-way-past-a-budget"],
  },
  {
    mistake: "a hard budget lets the unpriced through",
    money: {
      ...ownMoney,
      pipeline: (route, bypass, spending) =>
        ownMoney.pipeline(route, bypass, {
          ...spending,
          budgets: spending.budgets.map((budget) => ({ ...budget, allowUnpriced: true })),
        }),
    },
    noticedBy: ["no-price-under-a-hard-budget"],
  },
];
