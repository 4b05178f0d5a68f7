import type { Attempt } from "../../src/spec/attempt.ts";
import type { SavingMethod } from "../../src/spec/money.ts";
import type { PriceBook } from "../../src/spec/prices.ts";
import type { Origin } from "../../src/spec/reply.ts";
import { unknownUsage, type Usage } from "../../src/spec/usage.ts";
import { casePriceDocument } from "./case-prices.ts";
import type { MoneyCase, MoneyUnderTest, PlayableCase } from "./case.ts";
import { workedPicoUsd } from "./worked-amount.ts";

/** One call of a request: to `vendor/model`, and what it used; `refused` bought nothing. */
export type BoughtCall =
  | { readonly to: string; readonly tokens: Usage["tokens"]; readonly source?: Usage["source"] }
  | { readonly to: string; readonly refused: true };

/** What is known of a request at its end, and how its money must be split. */
export interface SavingsCase extends MoneyCase {
  /** `vendor/model` that the caller asked for. */
  readonly asked: string;
  /** Absent: a provider answered. */
  readonly origin?: Origin;
  /** What a reused answer was bought from. */
  readonly reusedFrom?: string;
  /** Usage of a reused answer, as its provider counted it when it was bought. */
  readonly reusedTokens?: Usage["tokens"];
  readonly calls: readonly BoughtCall[];
  /** Worked by hand; null: nobody knows. */
  readonly baseline: string | null;
  readonly cost: string | null;
  /** Technique, amount worked by hand (losses negative), and how it is known. They must sum to baseline minus cost. */
  readonly saved: readonly (readonly [technique: string, usd: string, method: SavingMethod])[];
}

/** Splits and compares. */
export function savingsCase(about: SavingsCase): PlayableCase {
  const { baseline, cost, saved } = about;
  return {
    kind: "savings",
    about,
    expected: {
      baseline: baseline === null ? null : workedPicoUsd(baseline),
      cost: cost === null ? null : workedPicoUsd(cost),
      saved: saved.map(([technique, usd, method]) => ({ technique, picoUsd: workedPicoUsd(usd), method })),
    },
    play: (money) => split(about, money),
  };
}

function split(about: SavingsCase, money: MoneyUnderTest): unknown {
  const prices = money.priceBook([casePriceDocument("first"), casePriceDocument("second")]);
  const { baseline, cost, savings } = money.attributeSavings({
    origin: about.origin ?? "provider",
    requested: targetOf(about.asked),
    reused: about.reusedFrom === undefined ? null : targetOf(about.reusedFrom),
    answerUsage: { source: "provider", tokens: about.reusedTokens ?? {} },
    attempts: about.calls.map((call, index) => attemptOf(call, index, prices)),
    atMs: 0,
    prices,
    estimator: money.estimator(),
  });
  const saved = savings.map(({ technique, picoUsd, method }) => ({ technique, picoUsd, method }));
  return { baseline: baseline.picoUsd, cost: cost.picoUsd, saved };
}

function targetOf(name: string): { readonly vendor: string; readonly model: string } {
  const [vendor = "", model = ""] = name.split("/");
  return { vendor, model };
}

function attemptOf(call: BoughtCall, index: number, prices: PriceBook): Attempt {
  const { vendor, model } = targetOf(call.to);
  const isRefused = "refused" in call;
  const usage: Usage = isRefused ? unknownUsage : { source: call.source ?? "provider", tokens: call.tokens };
  return {
    index,
    endpointId: vendor,
    vendor,
    model,
    servedModel: null,
    outcome: isRefused ? "refused" : "complete",
    status: isRefused ? 503 : 200,
    usage,
    cost: isRefused ? { state: "free", picoUsd: 0n } : prices.costOf(vendor, model, usage, 0),
    startedAtMs: 0,
    durationUs: 1,
    timeToFirstByteUs: 1,
    providerRequestId: null,
    providerResponseId: null,
    finishReason: "stop",
  };
}
