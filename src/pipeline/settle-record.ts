import { attributeSavings, type SavingsInput } from "../money/savings/attribute-savings.ts";
import type { AttributedSavings, Overhead } from "../money/savings/attribute-chain.ts";
import { cpuTimeCost } from "../money/costs/cpu-time-cost.ts";
import { unpricedCost } from "../money/costs/sum-costs.ts";
import type { Claims } from "../spec/caller.ts";
import type { Context } from "../spec/context.ts";
import type { JournalEntry } from "../spec/decision.ts";
import type { RequestOutcome, RequestRecord } from "../spec/ledger.ts";
import type { PicoUsd } from "../spec/money.ts";
import type { Origin, ReplyEnd, Settlement } from "../spec/reply.ts";
import { unknownUsage } from "../spec/usage.ts";
import { cacheResultOf } from "./explain.ts";
import { alarmSteppedAside } from "./step-aside.ts";

/** How a request ended, as settle saw it. */
export interface Ending {
  readonly outcome: RequestOutcome;
  /** What the caller was answered with, or would have been. */
  readonly status: number;
  /** Null when no answer was at hand. */
  readonly origin: Origin | null;
  readonly end: ReplyEnd | null;
  readonly timeToFirstByteUs: number | null;
}

/** The request's row in the ledger. `entry` is settle's own line, not in the journal yet. */
export function recordOf(context: Context, ending: Ending, entry: JournalEntry): RequestRecord {
  const { ports, request, caller, journal, attempts } = context;
  const entries = [...journal.entries, entry];
  const money = moneyOf(context, ending, entries);
  return {
    id: context.id,
    requestId: context.requestId,
    arrivedAtMs: context.arrivedAtMs,
    durationUs: ports.clock.monotonicUs() - context.arrivedAtUs,
    timeToFirstByteUs: ending.timeToFirstByteUs,
    dialect: request.dialect,
    route: context.route.name,
    keyId: caller.keyId,
    claims: context.purpose === "refresh" ? asRefresh(caller.claims) : caller.claims,
    requestedModel: request.model,
    stream: request.stream,
    bypass: context.bypass,
    clientRetries: context.clientRetries,
    status: ending.status,
    outcome: ending.outcome,
    origin: ending.origin,
    cache: cacheResultOf(entries, context.bypass),
    usage: ending.end?.usage ?? unknownUsage,
    cost: money.cost,
    baseline: money.baseline,
    savings: money.savings,
    attempts: attempts.entries,
    journal: entries,
    configGeneration: ports.configGeneration,
    priceVersion: ports.prices.version,
  };
}

/** A row without money is still a row: should the reckoning fail, the amounts are unknown, never zero. */
function moneyOf(context: Context, ending: Ending, entries: readonly JournalEntry[]): AttributedSavings {
  try {
    return savingsOf(context, ending, entries);
  } catch (error) {
    alarmSteppedAside(context, "settle", error);
    return { baseline: unpricedCost, cost: unpricedCost, savings: [] };
  }
}

function savingsOf(context: Context, ending: Ending, entries: readonly JournalEntry[]): AttributedSavings {
  const answerUsage = ending.end?.usage ?? unknownUsage;
  // A shared failure, or a share that its reader did not wait for: nothing was reused, so nothing was saved.
  // Nor by a refusal that was given again: as asked it would have been refused too, and nobody bills for that.
  const reusedNothing = ending.origin !== "provider" && answerUsage.source === "unknown";
  const [{ endpoint, model }] = context.targets;
  return attributeSavings({
    origin: reusedNothing ? null : ending.origin,
    // Without the provider's name, which a caller may have put before the model.
    requested: { vendor: endpoint.vendor, model },
    reused: ending.end?.reused ?? null,
    answerUsage,
    reusedPart: reusedPartOf(ending),
    attempts: context.attempts.entries,
    overheads: lookupCosts(entries, context.ports.cpuHourPicoUsd),
    purpose: context.purpose,
    atMs: context.arrivedAtMs,
    prices: context.ports.prices,
    estimator: context.ports.estimator,
  });
}

function reusedPartOf({ end }: Ending): NonNullable<SavingsInput["reusedPart"]> | null {
  const part = end?.reusedPart;
  return part === undefined ? null : { usage: part.usage, bought: part.purchase };
}

/** Label of the rows of refreshes: requests that nobody sent, made so that a stale answer has a successor. */
export const refreshLabel = "farthing:refresh";

function asRefresh(claims: Claims): Claims {
  return { ...claims, tags: [...claims.tags.filter((label) => label !== refreshLabel), refreshLabel] };
}

/** What finding a stored answer cost: the time of lookups that did. Others cost time too, and no row: see docs/reference/savings.md. */
function lookupCosts(entries: readonly JournalEntry[], cpuHourPicoUsd: PicoUsd): readonly Overhead[] {
  const costs: Overhead[] = [];
  for (const { stage, reason, us } of entries) {
    if (us === undefined || !reason.startsWith("hit")) continue;
    costs.push({ technique: stage, cost: cpuTimeCost(us, cpuHourPicoUsd) });
  }
  return costs;
}

/** The money of a row, for the caller's headers. */
export function settlementOf(record: RequestRecord): Settlement {
  const { cost, baseline } = record;
  const known = cost.picoUsd !== null && baseline.picoUsd !== null;
  return { cost, baseline, savedPicoUsd: known ? baseline.picoUsd - cost.picoUsd : null };
}

/** Whether any call of this request may be billed: then its row is worth waiting for. */
export function mayBeBilled(record: RequestRecord): boolean {
  return record.attempts.some((attempt) => attempt.cost.state !== "free");
}
