import { attributeSavings, type SavingsInput } from "../../src/money/savings/attribute-savings.ts";
import { bundledPriceBook } from "../../src/money/book/bundled-price-book.ts";
import { attributeChain, type Overhead } from "../../src/money/savings/attribute-chain.ts";
import { cpuTimeCost } from "../../src/money/costs/cpu-time-cost.ts";
import { createUsageEstimator } from "../../src/money/costs/usage-estimator.ts";
import { readUsage as readMessagesUsage } from "../../src/providers/dialects/anthropic-messages/read-usage.ts";
import { readUsage as readChatUsage } from "../../src/providers/dialects/openai-chat/read-usage.ts";
import { systemClock } from "../../src/assembly/system-clock.ts";
import type { Attempt } from "../../src/spec/attempt.ts";
import type { Random } from "../../src/spec/clock.ts";
import type { RequestRecord } from "../../src/spec/ledger.ts";
import type { Cost } from "../../src/spec/money.ts";
import type { Usage } from "../../src/spec/usage.ts";
import { openLedger } from "../../src/stores/sqlite/ledger/open-ledger.ts";
import { sampleAttempt, sampleRecord } from "../../src/testing/ledger-conformance.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import type { Result } from "../measurement.ts";
import { ledgerRows } from "./ledger-rows.ts";
import { counted, type ProofOptions, withScratch } from "./proof.ts";

const none = { op: "==", value: 0 } as const;
const prices = bundledPriceBook();
const estimator = createUsageEstimator();
/** Tokens of one class of one call at the most: ten thousand runs then come to more than a billion dollars. */
const countMax = 45_000_000_000;
const picoUsdPerUsd = 1_000_000_000_000n;

/** What one run is about, and which of its laws did not hold. */
interface Run {
  readonly record: RequestRecord;
  readonly brokenLaws: readonly string[];
}

/**
 * The laws by which money neither comes up nor goes away, over random requests: the classes of a usage sum to the provider's
 * own total, attempts to the record, lines to baseline minus cost; so does any chain of techniques; and all that is the same
 * once it was in the ledger, at a total of more than a billion dollars.
 */
export async function proveConservation({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const total = quick ? 500 : 10_000;
  const random = createSeededRandom(seed ^ 0x5a17);
  const runs = Array.from({ length: total }, (_, index) => randomRun(index, random));
  const chains = Array.from({ length: total }, () => chainAddsUp(random)).filter((holds) => !holds).length;
  const broken = (law: string): number => runs.filter(({ brokenLaws }) => brokenLaws.includes(law)).length;
  const stored = await compareStored(runs.map(({ record }) => record));
  return [
    counted("classes-do-not-sum", broken("classes"), total, none, "runs"),
    counted("attempts-do-not-sum", broken("attempts"), total, none, "runs"),
    counted("savings-do-not-sum", broken("savings"), total, none, "runs"),
    counted("unknown-counted-as-known", broken("unknown"), total, none, "runs"),
    counted("chains-do-not-sum", chains, total, none, "chains"),
    counted("rows-differ-from-runs", stored.different, total, none, "rows"),
    counted("ledger-minus-runs", Number(stored.ledger - stored.runs), total, none, "pico-USD"),
    counted(
      "sum-of-baselines",
      Number(stored.runs / picoUsdPerUsd),
      total,
      quick ? null : { op: ">=", value: 1e9 },
      "USD",
    ),
  ];
}

function randomRun(index: number, random: Random): Run {
  const brokenLaws: string[] = [];
  const attempts = Array.from({ length: Math.floor(random() * 4) }, (_, at) => randomAttempt(at, random, brokenLaws));
  const model = (): SavingsInput["requested"] => {
    const [vendor, name] = pick(models, random);
    return { vendor, model: name };
  };
  const input: SavingsInput = {
    origin: pick(["provider", "provider", "exact", "normalised", "coalesced", null] as const, random),
    requested: model(),
    reused: random() < 0.5 ? null : model(),
    answerUsage: randomUsage(random, []),
    attempts,
    overheads: random() < 0.3 ? [randomLookup(random)] : [],
    purpose: random() < 0.03 ? "refresh" : undefined,
    atMs: Date.UTC(2026, Math.floor(random() * 11), 15),
    prices,
    estimator,
  };
  const { cost, baseline, savings } = attributeSavings(input);
  const costs = [...attempts, ...(input.overheads ?? [])].map((spender) => spender.cost.picoUsd);
  const spent = costs.includes(null) ? null : costs.reduce<bigint>((sum, picoUsd) => sum + (picoUsd ?? 0n), 0n);
  if (cost.picoUsd !== spent) brokenLaws.push("attempts");
  const lines = savings.reduce((sum, { picoUsd }) => sum + picoUsd, 0n);
  const known = cost.picoUsd !== null && baseline.picoUsd !== null;
  if (known && baseline.picoUsd - cost.picoUsd !== lines) brokenLaws.push("savings");
  if (!known && (savings.length > 0 || baseline.picoUsd !== null)) brokenLaws.push("unknown");
  return { record: sampleRecord(index, { attempts, cost, baseline, savings }), brokenLaws };
}

const models = [
  ["openai", "gpt-4o"],
  ["openai", "gpt-4o-mini"],
  ["openai", "gpt-5.4"],
  ["openai", "no-such-model"],
  ["anthropic", "claude-sonnet-4-5"],
  ["anthropic", "claude-haiku-4-5"],
  ["anthropic", "claude-opus-4-5"],
] as const;

function randomAttempt(index: number, random: Random, brokenLaws: string[]): Attempt {
  const [vendor, model] = pick(models, random);
  const refused = random() < 0.2;
  const usage = randomUsage(random, brokenLaws);
  const startedAtMs = Date.UTC(2026, Math.floor(random() * 11), 15);
  const cost: Cost = refused ? { state: "free", picoUsd: 0n } : prices.costOf(vendor, model, usage, startedAtMs);
  return sampleAttempt(index, { vendor, model, usage, cost, startedAtMs });
}

/** Up to a second of a processor at $0.04 an hour. */
function randomLookup(random: Random): Overhead {
  const cost = cpuTimeCost(random() * 1_000_000, 40_000_000_000n);
  return { technique: pick(["exact-cache", "embedding-cache"] as const, random), cost };
}

/** A provider's usage block, read as the gateway reads it. */
function randomUsage(random: Random, brokenLaws: string[]): Usage {
  const [usage, total] = random() < 0.5 ? chatUsage(random) : messagesUsage(random);
  const sum = Object.values(usage.tokens).reduce((tokens, count) => tokens + count, 0);
  if (usage.source !== "provider" || sum !== total) brokenLaws.push("classes");
  return random() < 0.1 ? { ...usage, source: "estimated" } : usage;
}

function chatUsage(random: Random): readonly [Usage, number] {
  const [prompt, completion] = [tokensOf(random), tokensOf(random)];
  const cached = part(prompt, random);
  const written = part(prompt - cached, random);
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, ...(random() < 0.2 ? { cache_write_tokens: written } : {}) },
    completion_tokens_details: { reasoning_tokens: part(completion, random) },
  };
  return [readChatUsage(usage, undefined), prompt + completion];
}

function messagesUsage(random: Random): readonly [Usage, number] {
  const [input, read, fiveMinutes, oneHour, output] = [0, 1, 2, 3, 4].map(() => tokensOf(random)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const split = random() < 0.5;
  const usage = {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: fiveMinutes + oneHour,
    ...(split
      ? { cache_creation: { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour } }
      : {}),
  };
  return [readMessagesUsage(usage), input + read + fiveMinutes + oneHour + output];
}

/** Small and huge ones alike. */
function tokensOf(random: Random): number {
  return Math.floor(random() < 0.5 ? random() * countMax : 10 ** (random() * 5)) + 1;
}

function part(whole: number, random: Random): number {
  return random() < 0.3 ? 0 : Math.floor(random() * whole);
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** Techniques that do not exist yet stand for all: any chain, with what optimisers spend. */
function chainAddsUp(random: Random): boolean {
  const amount = (): bigint => BigInt(Math.floor((random() - 0.3) * 1e15)) * 1_000_003n;
  const priced = (): Cost => ({ state: "priced", picoUsd: amount() });
  const names = ["exact-cache", "choose-target", "compress", "plan-prompt-cache", "defer-to-batch", "cascade"];
  const points = names.filter(() => random() < 0.6).map((by) => ({ by, cost: priced(), method: "measured" as const }));
  const overheads = names.filter(() => random() < 0.2).map((technique) => ({ technique, cost: priced() }));
  const asked = priced();
  const { baseline, cost, savings } = attributeChain(asked, points, overheads);
  let paid = points.at(-1)?.cost.picoUsd ?? asked.picoUsd ?? 0n;
  for (const overhead of overheads) paid += overhead.cost.picoUsd ?? 0n;
  const lines = savings.reduce((sum, { picoUsd }) => sum + picoUsd, 0n);
  return cost.picoUsd === paid && (baseline.picoUsd ?? 0n) - paid === lines;
}

interface Stored {
  readonly different: number;
  readonly ledger: bigint;
  readonly runs: bigint;
}

/** The same records once they were on disk. The sums are of the baselines. */
async function compareStored(records: readonly RequestRecord[]): Promise<Stored> {
  return withScratch(async (directory) => {
    const ledger = await openLedger({
      directory,
      settings: { durability: "relaxed", syncWaitMsMax: 10_000, spoolRowsMax: 100_000, retentionDays: 3_650 },
      clock: systemClock,
      alarm: () => undefined,
    });
    for (const record of records) await ledger.append(record, false);
    await ledger.close();
    const rows = new Map(ledgerRows(directory).map((row) => [row.id, row]));
    let [different, stored, runs] = [0, 0n, 0n];
    for (const { id, cost, baseline, savings } of records) {
      const row = rows.get(id);
      const saved = savings.reduce((sum, { picoUsd }) => sum + picoUsd, 0n);
      const same =
        row?.costPicoUsd === (cost.picoUsd ?? 0n) &&
        row.baselinePicoUsd === (baseline.picoUsd ?? 0n) &&
        row.savedPicoUsd === saved;
      if (!same) different += 1;
      stored += row?.baselinePicoUsd ?? 0n;
      runs += baseline.picoUsd ?? 0n;
    }
    return { different, ledger: stored, runs };
  });
}
