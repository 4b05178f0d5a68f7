import type { StepAnswer } from "../run/send-cache-steps.ts";
import { cacheKinds, type CacheKind, type CacheStep } from "../workload/cache-step.ts";
import { compareInvoices, type InvoiceComparison, type InvoiceLine } from "./compare-invoices.ts";
import type { LedgerLine } from "./ledger-line.ts";

/** What became of the steps of one kind. */
export interface CacheLine {
  readonly kind: CacheKind;
  readonly requests: number;
  readonly bought: number;
  readonly reused: number;
  /** Bought for a part of their inputs only. */
  readonly partly: number;
  /** Answered from the cache where they must not be, or with another answer than the right one; or failed. Should be 0. */
  readonly mistakes: number;
  /** Bought although the answer was there: a chance missed, no mistake. */
  readonly missed: number;
}

/** What became of the caches' part of a run. */
export interface CacheVerdict {
  readonly lines: readonly CacheLine[];
  /** Calls that the gateway made by itself, for answers that had grown stale. */
  readonly refreshes: number;
  /** As asked, at list price. */
  readonly naivePicoUsd: bigint;
  /** Spent, refreshes and lookups included. */
  readonly actualPicoUsd: bigint;
  /** Naive minus actual minus all savings. Should be 0. */
  readonly unexplainedPicoUsd: bigint;
  readonly invoices: InvoiceComparison;
  /** Rows of the ledger that belong to no step and no refresh. */
  readonly strayRows: number;
}

/** What a run of the steps left behind. */
export interface CacheEvidence {
  readonly steps: readonly CacheStep[];
  readonly answers: ReadonlyMap<string, StepAnswer>;
  /** By request id. */
  readonly lines: ReadonlyMap<string, LedgerLine>;
  readonly refreshes: readonly LedgerLine[];
  /** Calls on the provider's own log since the first step. */
  readonly invoices: readonly InvoiceLine[];
  /** Rows that the ledger has more than before the first step. */
  readonly rows: number;
}

/** Holds what happened against the labels, and the ledger's rows against the provider's invoice. */
export function judgeCaches(evidence: CacheEvidence): CacheVerdict {
  const { steps, lines, refreshes, invoices, rows } = evidence;
  const all = [...lines.values(), ...refreshes];
  const sumOf = (amountOf: (line: LedgerLine) => bigint): bigint => all.reduce((sum, line) => sum + amountOf(line), 0n);
  const naivePicoUsd = sumOf(({ baselinePicoUsd }) => baselinePicoUsd ?? 0n);
  const actualPicoUsd = sumOf(({ costPicoUsd }) => costPicoUsd ?? 0n);
  const saved = sumOf(({ savings }) => savings.reduce((sum, { picoUsd }) => sum + picoUsd, 0n));
  const judged = judgeSteps(evidence);
  return {
    lines: cacheKinds.map((kind) => lineOf(kind, steps, judged)),
    refreshes: refreshes.length,
    naivePicoUsd,
    actualPicoUsd,
    unexplainedPicoUsd: naivePicoUsd - actualPicoUsd - saved,
    invoices: compareInvoices(all, invoices),
    strayRows: rows - all.length,
  };
}

interface JudgedStep {
  readonly was: "bought" | "reused" | "partly" | "failed";
  readonly fault: "mistake" | "missed" | null;
}

function judgeSteps({ steps, answers, lines }: CacheEvidence): ReadonlyMap<string, JudgedStep> {
  const judged = new Map<string, JudgedStep>();
  /** Answers that steps before bought, and vectors by input. */
  const seen = new Set<string>();
  const vectors = new Map<string, string>();
  for (const step of steps) {
    const answer = answers.get(step.id);
    const line = lines.get(answer?.requestId ?? "");
    const was = answer === undefined || answer.parts.length === 0 || line === undefined ? "failed" : howCame(line);
    const isRight = answer !== undefined && hasRightAnswer(step, answer.parts, { was, answers, seen, vectors });
    judged.set(step.id, { was, fault: faultOf(step, was, isRight) });
    for (const part of answer?.parts ?? []) seen.add(part);
  }
  return judged;
}

function howCame({ providerRequestIds, callsPicoUsd, baselinePicoUsd }: LedgerLine): JudgedStep["was"] {
  if (providerRequestIds.length === 0) return "reused";
  return (callsPicoUsd ?? 0n) < (baselinePicoUsd ?? 0n) ? "partly" : "bought";
}

function faultOf({ expects }: CacheStep, was: JudgedStep["was"], isRight: boolean): JudgedStep["fault"] {
  if (was === "failed" || !isRight) return "mistake";
  if (was === expects) return null;
  return was === "bought" || (was === "partly" && expects === "reused") ? "missed" : "mistake";
}

interface Known {
  readonly was: JudgedStep["was"];
  readonly answers: ReadonlyMap<string, StepAnswer>;
  readonly seen: ReadonlySet<string>;
  readonly vectors: Map<string, string>;
}

/** A vector belongs to its input, whoever asks; a chat's answer is the one of its label where it was reused, and else new. */
function hasRightAnswer(step: CacheStep, parts: readonly string[], { was, answers, seen, vectors }: Known): boolean {
  if (step.path === "/v1/embeddings") {
    const inputs = [step.body["input"]].flat() as string[];
    if (parts.length !== inputs.length) return false;
    for (const [at, input] of inputs.entries()) {
      const vector = parts[at] ?? "";
      if ((vectors.get(input) ?? vector) !== vector) return false;
      vectors.set(input, vector);
    }
    return true;
  }
  const [id = ""] = parts;
  if (was !== "reused" || step.sameAs === null) return !seen.has(id);
  return answers.get(step.sameAs)?.parts[0] === id;
}

function lineOf(kind: CacheKind, steps: readonly CacheStep[], judged: ReadonlyMap<string, JudgedStep>): CacheLine {
  const own = steps.filter((step) => step.kind === kind).flatMap(({ id }) => judged.get(id) ?? []);
  const count = (holds: (step: JudgedStep) => boolean): number => own.filter(holds).length;
  return {
    kind,
    requests: own.length,
    bought: count(({ was }) => was === "bought"),
    reused: count(({ was }) => was === "reused"),
    partly: count(({ was }) => was === "partly"),
    mistakes: count(({ fault }) => fault === "mistake"),
    missed: count(({ fault }) => fault === "missed"),
  };
}
