import { firstIdAt, requestIdOf } from "../../src/kit/request-id.ts";
import type { Attempt } from "../../src/spec/attempt.ts";
import type { JournalEntry } from "../../src/spec/decision.ts";
import type { CacheResult, RequestRecord } from "../../src/spec/ledger.ts";
import type { Saving } from "../../src/spec/money.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";

/** One kind of work of an imagined application. */
interface Work {
  readonly feature: string | undefined;
  readonly share: number;
  readonly asked: string;
  readonly smaller: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly hitRate: number;
}

const works: readonly Work[] = [
  {
    feature: "support-chat",
    share: 0.34,
    asked: "gpt-4o",
    smaller: null,
    inputTokens: 2400,
    outputTokens: 310,
    hitRate: 0.17,
  },
  {
    feature: "review-labels",
    share: 0.26,
    asked: "gpt-4o",
    smaller: "gpt-4o-mini",
    inputTokens: 420,
    outputTokens: 12,
    hitRate: 0.22,
  },
  {
    feature: "help-search",
    share: 0.2,
    asked: "claude-sonnet-4-6",
    smaller: "claude-haiku-4-5",
    inputTokens: 3100,
    outputTokens: 180,
    hitRate: 0.12,
  },
  {
    feature: "contract-check",
    share: 0.09,
    asked: "claude-sonnet-4-6",
    smaller: null,
    inputTokens: 6200,
    outputTokens: 540,
    hitRate: 0,
  },
  {
    feature: "code-review",
    share: 0.08,
    asked: "gpt-4o",
    smaller: null,
    inputTokens: 4800,
    outputTokens: 620,
    hitRate: 0.03,
  },
  {
    feature: undefined,
    share: 0.03,
    asked: "gpt-4o-mini",
    smaller: null,
    inputTokens: 300,
    outputTokens: 40,
    hitRate: 0,
  },
];

/** Pico-dollars a token, input and output: figures for a picture, not the price list. */
const prices: Readonly<Record<string, readonly [bigint, bigint]>> = {
  "gpt-4o": [2_500_000n, 10_000_000n],
  "gpt-4o-mini": [150_000n, 600_000n],
  "claude-sonnet-4-6": [3_000_000n, 15_000_000n],
  "claude-haiku-4-5": [1_000_000n, 5_000_000n],
};
const users = ["ana", "bo", "chidi", "dalia", "emre", "fay", "goran", "hana", "ines", "jun", "kofi", "lea"];
const dayMs = 86_400_000;

/** `count` settled requests of the last 30 days before `nowMs`, oldest first, busier by day than by night. Same seed, same rows. */
export function seededRows(count: number, nowMs: number, seed: number): RequestRecord[] {
  const random = createSeededRandom(seed);
  const moments: number[] = [];
  while (moments.length < count) {
    const at = nowMs - 60_000 - random() ** 1.5 * 30 * dayMs;
    const hour = (at / 3_600_000) % 24;
    if (random() < 0.18 + 0.82 * Math.max(0, Math.sin(((hour - 5) / 16) * Math.PI))) moments.push(Math.floor(at));
  }
  return moments.toSorted((a, b) => a - b).map((arrivedAtMs, index) => rowOf(arrivedAtMs, index, random));
}

function rowOf(arrivedAtMs: number, index: number, random: () => number): RequestRecord {
  const work = pick(random());
  const id = firstIdAt(arrivedAtMs) + BigInt(index);
  const input = Math.round(work.inputTokens * (0.4 + 1.2 * random()));
  const output = Math.round(work.outputTokens * (0.3 + 1.4 * random()));
  const drawn = random();
  const isShared = drawn > 0.96 && work.hitRate > 0;
  const isHit = drawn < work.hitRate || isShared;
  const ends = random();
  const failed = ends < 0.008;
  const aborted = !failed && ends < 0.02;
  const unpriced = !isHit && !failed && random() < 0.002;
  const model = unpriced ? "gpt-4o-nightly" : isHit || work.smaller === null ? work.asked : work.smaller;
  const asked = costOf(work.asked, input, output);
  // A smaller model writes more now and then; sometimes so much more that it is the dearer one.
  const written = model === work.asked ? output : Math.round(output * (random() < 0.04 ? 60 : 1.15));
  const cost = isHit || failed ? 0n : costOf(model, input, written);
  const baseline = failed ? 0n : asked;
  const technique = isShared ? "coalesce" : isHit ? "exact-cache" : "choose-target";
  const saved = baseline - cost;
  const savings: Saving[] =
    unpriced || failed || saved === 0n ? [] : [{ technique, picoUsd: saved, method: isHit ? "measured" : "modelled" }];
  const tokens = { input, output: failed ? 0 : written };
  const usage = { source: aborted ? ("estimated" as const) : ("provider" as const), tokens };
  const paid = unpriced
    ? ({ state: "unpriced", picoUsd: null } as const)
    : ({ state: isHit || failed ? "free" : aborted ? "estimated" : "priced", picoUsd: cost } as const);
  const durationUs = isHit ? 900 + Math.round(random() * 900) : Math.round(400_000 + random() * 2_600_000);
  const vendor = model.startsWith("claude") ? "anthropic" : "openai";
  const attempt: Attempt = {
    index: 0,
    endpointId: vendor,
    vendor,
    model,
    servedModel: model,
    outcome: failed ? "refused" : aborted ? "aborted" : "complete",
    status: failed ? 529 : 200,
    usage,
    cost: paid,
    startedAtMs: arrivedAtMs + 1,
    durationUs: durationUs - 700,
    timeToFirstByteUs: failed ? null : Math.round(durationUs * 0.3),
    providerRequestId: `req_${id.toString(36)}`,
    providerResponseId: failed ? null : `answer-${id.toString(36)}`,
    finishReason: failed ? null : "stop",
  };
  const cache: CacheResult = isShared ? "coalesced" : isHit ? "hit" : work.hitRate === 0 ? "off" : "miss";
  return {
    id,
    requestId: requestIdOf(id),
    arrivedAtMs,
    durationUs,
    timeToFirstByteUs: isHit ? 700 : attempt.timeToFirstByteUs,
    dialect: vendor === "anthropic" ? "anthropic-messages" : "openai-chat",
    route: "default",
    keyId: "k_demo",
    claims: {
      ...(work.feature === undefined ? {} : { feature: work.feature }),
      user: users[Math.floor(random() ** 2 * users.length)] ?? "ana",
      tags: [],
    },
    requestedModel: work.asked,
    stream: random() < 0.4,
    bypass: false,
    clientRetries: 0,
    status: failed ? 529 : aborted ? 499 : 200,
    outcome: failed ? "error" : aborted ? "aborted" : "ok",
    origin: isShared ? "coalesced" : isHit ? "exact" : failed ? null : "provider",
    cache,
    usage,
    cost: paid,
    baseline: unpriced ? { state: "priced", picoUsd: asked } : { state: "priced", picoUsd: baseline },
    savings,
    attempts: isHit ? [] : [attempt],
    journal: journalOf(cache, model === work.asked ? null : model, saved, failed),
    configGeneration: 1,
    priceVersion: "0123456789abcdef",
  };
}

function journalOf(cache: CacheResult, target: string | null, saved: bigint, failed: boolean): JournalEntry[] {
  const settle: JournalEntry = { stage: "settle", decision: "record", reason: failed ? "settled-failed" : "settled" };
  const lookup: JournalEntry = {
    stage: "exact-cache",
    decision: cache === "hit" ? "serve" : "store",
    reason: "miss",
    us: 40,
  };
  if (cache === "hit") return [settle, { ...lookup, reason: "hit", picoUsd: saved }];
  if (cache === "coalesced") {
    const shared: JournalEntry = { stage: "coalesce", decision: "share", reason: "follower", picoUsd: saved };
    return [settle, { ...lookup, decision: "look on" }, shared];
  }
  return [
    settle,
    ...(cache === "miss" ? [lookup] : []),
    target === null
      ? { stage: "choose-target", decision: "as asked", reason: "as-asked" }
      : { stage: "choose-target", decision: target, reason: "rule", picoUsd: saved, note: "rule small-work" },
    { stage: "meter", decision: "count", reason: "usage-reported" },
    { stage: "call-provider", decision: "call", reason: failed ? "upstream-error" : "answered" },
  ];
}

function costOf(model: string, input: number, output: number): bigint {
  const [inputPico, outputPico] = prices[model] ?? [0n, 0n];
  return BigInt(input) * inputPico + BigInt(output) * outputPico;
}

function pick(at: number): Work {
  let sum = 0;
  for (const work of works) {
    sum += work.share;
    if (at < sum) return work;
  }
  return works[0] as Work;
}
