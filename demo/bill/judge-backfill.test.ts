import { expect, test } from "vitest";
import { backfill } from "../workload/backfill.ts";
import { judgeBackfill, reservationOf, type BackfillCall, type BackfillVerdict } from "./judge-backfill.ts";
import type { InvoicedCall } from "./read-invoices.ts";

const { limitPicoUsd } = backfill;
/** A quarter of the budget each, of which a call may hold half as much again. */
const cost = limitPicoUsd / 4n;
const reservation = { atLeast: cost, atMost: (cost * 3n) / 2n };

/** A call in the seconds from `start` to `end`; refused where nothing was paid for it. */
function callAt(start: number, end: number, invoicedPicoUsd = cost): BackfillCall {
  return { startedAtMs: start, endedAtMs: end, isServed: invoicedPicoUsd > 0n, invoicedPicoUsd, reservation };
}

function invoiceOf(picoUsd: bigint, changes: Partial<InvoicedCall> = {}): InvoicedCall {
  const { model, outputTokensMax } = backfill;
  return { requestId: "req", picoUsd, model, inputTokens: 400, outputTokens: outputTokensMax, ...changes };
}

function judge(...calls: BackfillCall[]): BackfillVerdict {
  const served = calls.filter(({ isServed }) => isServed);
  return judgeBackfill(
    calls,
    served.map(({ invoicedPicoUsd }) => invoiceOf(invoicedPicoUsd)),
  );
}

const refused = (start: number, end: number): BackfillCall => callAt(start, end, 0n);

test("a budget that is used as far as its calls fit, and refuses from there on, makes no mistake", () => {
  expect(judge(callAt(0, 1), callAt(1, 2), callAt(2, 3), refused(3, 4), refused(4, 5))).toEqual({
    served: 3,
    refused: 2,
    spentPicoUsd: 3n * cost,
    cutPicoUsd: 3n * cost,
    limitPicoUsd,
    overshootPicoUsd: 0n,
    refusedTooEarly: 0,
    servedWithoutRoom: 0,
    refusedYetSent: 0,
  });
});

test("a refusal is too early where the most that all may hold still left room, by a pico-dollar", () => {
  expect(judge(callAt(0, 1), callAt(1, 2), refused(2, 3)).refusedTooEarly).toBe(1);
  // What is under way may hold all of its reservation, and gives back the rest only when it is over.
  expect(judge(callAt(0, 1), callAt(1, 3), refused(2, 3)).refusedTooEarly).toBe(1);
  expect(judge(callAt(0, 3), callAt(1, 3), refused(2, 3)).refusedTooEarly).toBe(0);
  expect(judge(callAt(0, 1, limitPicoUsd - reservation.atMost), refused(1, 2)).refusedTooEarly).toBe(1);
  expect(judge(callAt(0, 1, limitPicoUsd - reservation.atMost + 1n), refused(1, 2)).refusedTooEarly).toBe(0);
  // A call that began after the refusal took nothing from it.
  expect(judge(refused(0, 1), callAt(2, 3), callAt(2, 3), callAt(2, 3)).refusedTooEarly).toBe(1);
});

test("a call that did not fit is seen even where it came out cheap, and the overshoot to the pico-dollar", () => {
  const most = callAt(0, 1, limitPicoUsd - cost);
  expect(judge(most, callAt(1, 2))).toMatchObject({ servedWithoutRoom: 0, overshootPicoUsd: 0n });
  const one = callAt(0, 1, limitPicoUsd - cost + 1n);
  expect(judge(one, callAt(1, 2, cost - 1n))).toMatchObject({ servedWithoutRoom: 1, overshootPicoUsd: 0n });
  expect(judge(one, callAt(1, 2))).toMatchObject({ servedWithoutRoom: 1, overshootPicoUsd: 1n });
  // Two at once, as a budget lets through that counts when calls are over.
  expect(judge(most, callAt(1, 3), callAt(1, 3))).toMatchObject({ servedWithoutRoom: 0, overshootPicoUsd: cost });
});

test("calls on the provider's log that nobody was answered are counted, those of other models are not", () => {
  const calls = [callAt(0, 1), refused(1, 2)];
  const others = invoiceOf(cost, { model: "gpt-4o" });
  expect(judgeBackfill(calls, [invoiceOf(cost), others])).toMatchObject({ refusedYetSent: 0, spentPicoUsd: cost });
  const whole = invoiceOf(cost, { outputTokens: 1 });
  const verdict = judgeBackfill(calls, [invoiceOf(cost), whole]);
  expect(verdict).toMatchObject({ refusedYetSent: 1, spentPicoUsd: 2n * cost, cutPicoUsd: cost });
});

test("a reservation lies between the counted tokens and half a token for every byte, at the provider's prices", () => {
  // $2 and $8 a million tokens: 400 and 60 of them; 1,000 + 64 and 60 in the tier that costs 1.75 times as much.
  expect(reservationOf(2_000, 400, 0)).toEqual({
    atLeast: 800_000_000n + 480_000_000n,
    atMost: ((2_128_000_000n + 480_000_000n) * 7n) / 4n,
  });
  expect(reservationOf(2_000, null, 0).atLeast).toBe(0n);
});
