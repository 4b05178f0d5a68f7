import type { AttemptOutcome } from "../spec/attempt.ts";
import type { RetryPolicy } from "../spec/route.ts";

/** All calls for one request together, whatever the config says. */
const attemptsCeiling = 3;

/** Statuses after which the same question may be asked again; the rest of the table is final. 529 is Anthropic's overload. */
const retryableStatuses: ReadonlySet<number> = new Set([408, 409, 429, 500, 502, 503, 504, 529]);

/** Share added on top of a provider's hint, at random, so that those who were told the same do not come back together. */
const hintJitter = 0.1;

/** What is known of the call that just failed. */
export interface FailedCall {
  /** Calls made so far for this request, this one included. */
  readonly attemptsMade: number;
  /** Times the caller's own client tried this request before; 0 when it does not tell. */
  readonly clientRetries: number;
  readonly outcome: AttemptOutcome;
  /** 0 when no answer came. */
  readonly status: number;
  /** The provider's word on money (`insufficient_quota`, a billing error), which no waiting cures. */
  readonly quotaSpent: boolean;
  /** The provider's `x-should-retry: false`. */
  readonly forbidden: boolean;
  /** The provider's wish in milliseconds, at least 500; null when it has none. */
  readonly hintMs: number | null;
  /** The next target was not called yet for this request. */
  readonly nextIsFresh: boolean;
  /** Time left until the request's deadline, milliseconds. */
  readonly leftMs: number;
}

/** Try again after `waitMs`, or give up and why. */
export type RetryDecision =
  | { readonly retry: true; readonly waitMs: number }
  | { readonly retry: false; readonly why: "final" | "attempts" | "ambiguous" | "hint-too-long" | "deadline" };

/**
 * Whether and when a failed call is tried again. The phase decides first: a call that never left may be repeated; one
 * that was sent and brought no byte may have been billed, so only a route that says so repeats it; an error status goes
 * by the table. Once bytes reached the caller nobody asks. A fresh target is called at once, the same one after the
 * provider's hint or a doubled back-off with full jitter.
 *
 * @param random in [0, 1).
 */
export function decideRetry(call: FailedCall, policy: RetryPolicy, random: number): RetryDecision {
  const phase = phaseOf(call);
  if (phase === "final") return { retry: false, why: "final" };
  if (call.attemptsMade >= attemptsAllowed(policy, call.clientRetries)) return { retry: false, why: "attempts" };
  if (phase === "ambiguous" && !(policy.retryAmbiguous && call.attemptsMade === 1)) {
    return { retry: false, why: "ambiguous" };
  }
  const waitMs = call.nextIsFresh ? 0 : waitFor(call, policy, random);
  if (waitMs === null) return { retry: false, why: "hint-too-long" };
  return waitMs < call.leftMs ? { retry: true, waitMs } : { retry: false, why: "deadline" };
}

/** Two that repeat multiply each other's calls, so each try of the client's own takes one of ours; the first call stays. */
function attemptsAllowed(policy: RetryPolicy, clientRetries: number): number {
  return Math.max(1, Math.min(policy.attemptsMax, attemptsCeiling) - clientRetries);
}

function phaseOf(call: FailedCall): "unsent" | "ambiguous" | "refused" | "final" {
  if (call.forbidden || call.quotaSpent) return "final";
  switch (call.outcome) {
    case "failed-before-send":
      return "unsent";
    case "refused":
      return retryableStatuses.has(call.status) ? "refused" : "final";
    case "unknown":
    case "timeout":
    case "truncated":
      return "ambiguous";
    default:
      return "final";
  }
}

/** Null when the provider wishes for more than the route allows. */
function waitFor(call: FailedCall, policy: RetryPolicy, random: number): number | null {
  if (call.hintMs === null)
    return random * Math.min(policy.backoffMsMax, policy.backoffMs * 2 ** (call.attemptsMade - 1));
  if (call.hintMs > policy.backoffMsMax) return null;
  return Math.min(policy.backoffMsMax, call.hintMs * (1 + hintJitter * random));
}

/** The largest part of an error body that is searched. */
const searchedBytesMax = 8_192;

/** Whether an error says that money, not load, is the trouble: OpenAI's 429 `insufficient_quota`, Anthropic's `billing_error`. */
export function saysQuotaSpent(status: number, body: Uint8Array): boolean {
  if (status === 402) return true;
  if (status !== 429) return false;
  const text = new TextDecoder().decode(body.subarray(0, searchedBytesMax));
  return /"(insufficient_quota|billing_hard_limit_reached|billing_error)"/.test(text);
}
