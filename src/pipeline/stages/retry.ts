import { CallFailure } from "../../kit/call-failure.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import { headerOf } from "../../kit/header-list.ts";
import { ProviderRests } from "../../policies/provider-rests.ts";
import { readRetryHint } from "../../policies/read-retry-hint.ts";
import { RetryBudget } from "../../policies/retry-budget.ts";
import { decideRetry, type FailedCall, type RetryDecision, saysQuotaSpent } from "../../policies/retry-decision.ts";
import type { Context } from "../../spec/context.ts";
import type { JournalEntry, ReasonCode } from "../../spec/decision.ts";
import { errors } from "../../spec/errors.ts";
import type { Reply } from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import type { Target } from "../../spec/target.ts";
import { alarmSteppedAside } from "../step-aside.ts";
import { waitOrLeave } from "../wait-or-leave.ts";

/** What came of one call. */
type Result = { readonly reply: Reply } | { readonly error: unknown };

/**
 * Calls again when a call failed and it is safe to: the next target at once, the same one after a wait. A reply whose
 * bytes may have reached the caller (any 2xx, any stream) is final. An endpoint that fails all the time is repeated for
 * a tenth of its calls only.
 */
export function createRetry(): Stage {
  const budget = new RetryBudget();
  return { name: "retry", kind: "optimisation", wrap: (next) => (context) => callFirst(context, next, budget) };
}

/** Nearly every call succeeds at once: that way costs one promise and nothing else. */
async function callFirst(context: Context, next: Handler, budget: RetryBudget): Promise<Reply> {
  budget.earn(context.targets[0].endpoint.id);
  let result: Result;
  try {
    const reply = await next(context);
    if (isFinal(reply)) {
      context.journal.append(firstTry);
      return reply;
    }
    result = { reply };
  } catch (error) {
    result = { error };
  }
  return callAgain(context, next, budget, result);
}

const firstTry: JournalEntry = { stage: "retry", decision: "pass", reason: "first-try" };

/** A stream, or an answer: its bytes may reach the caller. */
function isFinal(reply: Reply): boolean {
  return reply.kind === "stream" || reply.status < 400;
}

async function callAgain(context: Context, next: Handler, budget: RetryBudget, first: Result): Promise<Reply> {
  const rests = new ProviderRests();
  let attempt = context;
  let waitedUs = 0;
  for (let attemptsMade = 1; ; attemptsMade++) {
    const result = attemptsMade === 1 ? first : await callOnce(attempt, next);
    const decision = afford(context, decide(context, result, attemptsMade, rests), attemptsMade, budget);
    if (decision === null || !decision.retry) {
      journal(context, decision, attemptsMade, waitedUs);
      return unwrap(result);
    }
    if (decision.waitMs > 0) {
      const startedUs = context.ports.clock.monotonicUs();
      if (!(await waitOrLeave(context, decision.waitMs))) {
        journal(context, { retry: false, why: "caller left" }, attemptsMade, waitedUs);
        throw new FarthingError("client_closed", "The caller left while a retry was pending.");
      }
      waitedUs += context.ports.clock.monotonicUs() - startedUs;
    }
    const targets = rotate(context, attemptsMade);
    if (context.spendGuard !== undefined && !(await context.spendGuard(targets[0]))) {
      journal(context, { retry: false, why: "no money" }, attemptsMade, waitedUs);
      return unwrap(result);
    }
    attempt = { ...context, attemptIndex: context.attemptIndex + attemptsMade, targets };
  }
}

async function callOnce(context: Context, next: Handler): Promise<Result> {
  try {
    return { reply: await next(context) };
  } catch (error) {
    return { error };
  }
}

function unwrap(result: Result): Reply {
  if ("reply" in result) return result.reply;
  throw result.error;
}

/** Null: nothing failed, or nothing that a retry is about. A failure of our own judgement means no retry. */
function decide(context: Context, result: Result, attemptsMade: number, rests: ProviderRests): RetryDecision | null {
  if ("reply" in result && isFinal(result.reply)) return null;
  if ("error" in result && !(result.error instanceof CallFailure)) return null;
  if (context.signal.aborted) return null;
  try {
    const { clock, random } = context.ports;
    const nowUs = clock.monotonicUs();
    const places = context.targets.length;
    if ("reply" in result)
      rests.note((attemptsMade - 1) % places, readRetryHint(result.reply.headers, clock.nowMs()), nowUs);
    const call: FailedCall = {
      ...failureOf(result),
      attemptsMade,
      clientRetries: context.clientRetries,
      hintMs: rests.leftMs(attemptsMade % places, nowUs),
      nextIsFresh: attemptsMade < places,
      leftMs: (context.deadlineUs - nowUs) / 1_000,
    };
    return decideRetry(call, context.route.retry, random());
  } catch (error) {
    alarmSteppedAside(context, "retry", error);
    return null;
  }
}

/** A repeat has to be in the endpoint's budget; a fresh target never costs any. */
function afford(
  context: Context,
  decision: RetryDecision | null,
  attemptsMade: number,
  budget: RetryBudget,
): RetryDecision | Refusal | null {
  if (decision === null || !decision.retry || attemptsMade < context.targets.length) return decision;
  const next = context.targets[attemptsMade % context.targets.length] ?? context.targets[0];
  return budget.spend(next.endpoint.id) ? decision : { retry: false, why: "budget" };
}

function failureOf(result: Result): Pick<FailedCall, "outcome" | "status" | "quotaSpent" | "forbidden"> {
  if ("reply" in result && result.reply.kind === "whole") {
    const { status, headers, body } = result.reply;
    const forbidden = headerOf(headers, "x-should-retry") === "false";
    return { outcome: "refused", status, quotaSpent: saysQuotaSpent(status, body), forbidden };
  }
  const failure = "error" in result && result.error instanceof CallFailure ? result.error : null;
  if (failure === null) return { outcome: "complete", status: 200, quotaSpent: false, forbidden: true };
  // Some failures would only be paid for again: an answer over the size limit is as large the next time.
  const forbidden = !errors[failure.code].retry;
  return { outcome: failure.facts.outcome, status: failure.facts.status, quotaSpent: false, forbidden };
}

/** The targets with the one to call now in front: each in turn, then from the first again. */
function rotate(context: Context, by: number): readonly [Target, ...Target[]] {
  const { targets } = context;
  const at = by % targets.length;
  return [targets[at] ?? targets[0], ...targets.slice(at + 1), ...targets.slice(0, at)];
}

/** Reasons of the stage's own to stop. */
interface Refusal {
  readonly retry: false;
  readonly why: "caller left" | "budget" | "no money";
}

const endingReasons: Readonly<Record<string, ReasonCode>> = { deadline: "deadline", "no money": "budget" };

function journal(
  context: Context,
  ending: RetryDecision | Refusal | null,
  attemptsMade: number,
  waitedUs: number,
): void {
  const stage = "retry";
  const calls = `${attemptsMade} calls`;
  const timing = waitedUs > 0 ? { us: waitedUs } : {};
  const isFinalFailure = ending !== null && !ending.retry && ending.why === "final";
  if (ending !== null && !ending.retry && !(isFinalFailure && attemptsMade === 1)) {
    const reason = endingReasons[ending.why] ?? "gave-up";
    context.journal.append({ stage, decision: "give up", reason, note: `${ending.why}, ${calls}`, ...timing });
  } else if (attemptsMade === 1) {
    context.journal.append(firstTry);
  } else {
    context.journal.append({ stage, decision: "pass", reason: "retried", note: calls, ...timing });
  }
}
