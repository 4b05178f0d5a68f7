import { invoicePicoUsd, noTokens } from "../../src/testing/fake-provider/invoice.ts";
import { openaiModels } from "../../src/testing/fake-provider/invoice-prices.ts";
import type { CallSpan } from "../run/send-workload.ts";
import { backfill } from "../workload/backfill.ts";
import type { InvoicedCall } from "./read-invoices.ts";
import type { SettledRows } from "./settle-rows.ts";

/** A call of the job that has a budget, as its client and the provider's own log tell it; the ledger has no say in it. */
export interface BackfillCall extends CallSpan {
  readonly isServed: boolean;
  /** On the provider's invoice; 0 for a refused call. */
  readonly invoicedPicoUsd: bigint;
  /** The least and the most that may be set aside for it. */
  readonly reservation: Reservation;
}

/** Bounds of what a call may reserve, pico-dollars. */
export interface Reservation {
  readonly atLeast: bigint;
  readonly atMost: bigint;
}

/** What became of the budget. What is spent too much, and every mistake, should be 0. */
export interface BackfillVerdict {
  readonly served: number;
  readonly refused: number;
  /** On the provider's invoice. */
  readonly spentPicoUsd: bigint;
  /** The part of it for answers of as many tokens as were allowed: they were cut off. */
  readonly cutPicoUsd: bigint;
  readonly limitPicoUsd: bigint;
  readonly overshootPicoUsd: bigint;
  /** Refusals although there was room for the most that the call may have had to reserve. */
  readonly refusedTooEarly: number;
  /** Calls that were let through although what was spent by then left no room for the least that they had to reserve. */
  readonly servedWithoutRoom: number;
  /** Calls on the provider's log beyond those served. */
  readonly refusedYetSent: number;
}

/** A body holds at most a token for every three bytes; a gateway may set aside half as much again, and some for role marks. */
const bytesPerReservedToken = 2;
const tokensAround = 64;

/**
 * The bounds of a call's reservation, at the provider's prices.
 *
 * @param inputTokens as the provider counted them; null where it never saw the call: then nothing is the least.
 */
export function reservationOf(bodyBytes: number, inputTokens: number | null, atMs: number): Reservation {
  const price = (input: number, output: number): bigint => {
    const picoUsd = invoicePicoUsd(
      openaiModels.get(backfill.model)?.price ?? null,
      { ...noTokens, input, output },
      atMs,
    );
    if (picoUsd === null) throw new Error(`the fake provider has no price for ${backfill.model}`);
    return picoUsd;
  };
  const inputAtMost = Math.ceil(bodyBytes / bytesPerReservedToken) + tokensAround;
  return {
    atLeast: inputTokens === null ? 0n : price(inputTokens, backfill.outputTokensMax),
    atMost: (price(inputAtMost, backfill.outputTokensMax) * backfill.dearestTierPercent) / 100n,
  };
}

/** The backfill's calls, with what the provider's log says of each. */
export function backfillCallsOf(
  { served, refused }: SettledRows,
  spans: ReadonlyMap<string, CallSpan>,
  invoices: readonly InvoicedCall[],
): readonly BackfillCall[] {
  const byId = new Map(invoices.map((invoice) => [invoice.requestId, invoice]));
  return [...served, ...refused].flatMap(({ row, line, outcome }) => {
    const span = spans.get(row.id);
    if (span === undefined) return [];
    const own = line.providerRequestIds.flatMap((id) => byId.get(id) ?? []);
    const inputTokens = own.length === 0 ? null : Math.max(...own.map((invoice) => invoice.inputTokens));
    return [
      {
        ...span,
        isServed: outcome.failure === null,
        invoicedPicoUsd: sumOf(own),
        reservation: reservationOf(JSON.stringify(row.body).length, inputTokens, line.arrivedAtMs),
      },
    ];
  });
}

/**
 * Works out for each call whether it had to be served or to be refused, from what the provider invoiced for those before it. Calls
 * overlap, so that what others held at the moment of the decision is known within bounds only: one that was over before
 * counts as invoiced; one that was under way counts as all it may have held against a refusal, and as nothing against a service.
 *
 * @param invoices every call on the provider's log; those of the backfill's model are the backfill's.
 */
export function judgeBackfill(calls: readonly BackfillCall[], invoices: readonly InvoicedCall[]): BackfillVerdict {
  const { limitPicoUsd } = backfill;
  const served = calls.filter(({ isServed }) => isServed);
  const sent = invoices.filter(({ model }) => model === backfill.model);
  const spentPicoUsd = sumOf(sent);
  const isEarly = (refused: BackfillCall): boolean => {
    const takenAtMost = served
      .filter((other) => other.startedAtMs < refused.endedAtMs)
      .reduce((sum, other) => sum + (isOver(other, refused) ? other.invoicedPicoUsd : other.reservation.atMost), 0n);
    return takenAtMost + refused.reservation.atMost <= limitPicoUsd;
  };
  const hadNoRoom = (call: BackfillCall): boolean => {
    const takenAtLeast = served
      .filter((other) => isOver(other, call))
      .reduce((sum, other) => sum + other.invoicedPicoUsd, 0n);
    return takenAtLeast + call.reservation.atLeast > limitPicoUsd;
  };
  return {
    served: served.length,
    refused: calls.length - served.length,
    spentPicoUsd,
    cutPicoUsd: sumOf(sent.filter(({ outputTokens }) => outputTokens >= backfill.outputTokensMax)),
    limitPicoUsd,
    overshootPicoUsd: spentPicoUsd > limitPicoUsd ? spentPicoUsd - limitPicoUsd : 0n,
    refusedTooEarly: calls.filter((call) => !call.isServed && isEarly(call)).length,
    servedWithoutRoom: served.filter(hadNoRoom).length,
    refusedYetSent: Math.max(0, sent.length - served.length),
  };
}

function sumOf(invoices: readonly InvoicedCall[]): bigint {
  return invoices.reduce((sum, { picoUsd }) => sum + (picoUsd ?? 0n), 0n);
}

/** True when a call was over before the other began, so that what it did not use was free again. */
function isOver(call: CallSpan, other: CallSpan): boolean {
  return call.endedAtMs <= other.startedAtMs;
}
