import type { AttemptOutcome, CallFacts } from "../spec/attempt.ts";
import type { ReplyFacts } from "../spec/dialect.ts";
import type { ErrorCode } from "../spec/errors.ts";
import type { TransportFailure } from "../spec/transport.ts";
import { unknownUsage } from "../spec/usage.ts";

/** What an answer tells when it tells nothing. */
export const silentReply: ReplyFacts = {
  usage: unknownUsage,
  servedModel: null,
  responseId: null,
  finishReason: null,
  hasToolCalls: false,
};

/** The part of {@link CallFacts} that the exchange itself measures. */
export type CallMeasures = Pick<
  CallFacts,
  "outcome" | "status" | "generatedBytes" | "providerRequestId" | "startedAtMs" | "durationUs" | "timeToFirstByteUs"
>;

/** Joins what was measured with what the answer tells. */
export function callFactsOf(measures: CallMeasures, told: ReplyFacts): CallFacts {
  return {
    outcome: measures.outcome,
    status: measures.status,
    usage: told.usage,
    generatedBytes: measures.generatedBytes,
    servedModel: told.servedModel,
    providerRequestId: measures.providerRequestId,
    providerResponseId: told.responseId,
    finishReason: told.finishReason,
    hasToolCalls: told.hasToolCalls,
    startedAtMs: measures.startedAtMs,
    durationUs: measures.durationUs,
    timeToFirstByteUs: measures.timeToFirstByteUs,
  };
}

/** Why we cut a call ourselves; null: we did not. */
export type CutReason = "caller left" | "deadline" | null;

/** How a broken call counts and what its caller is told. */
export interface FailureReading {
  readonly outcome: AttemptOutcome;
  readonly code: ErrorCode;
  readonly message: string;
}

/**
 * Reads a transport failure. Whether the request left decides about money, and nothing else does: a call that provably
 * never left is `failed-before-send` however it ended.
 *
 * @param status of the answer that had begun; 0 when none had.
 */
export function readFailure(
  failure: TransportFailure,
  cut: CutReason,
  status: number,
  endpointId: string,
): FailureReading {
  const outcome = failure.sent ? sentOutcome(failure, cut, status) : "failed-before-send";
  const provider = `Provider "${endpointId}"`;
  if (cut === "caller left") return { outcome, code: "client_closed", message: "The caller left before the answer." };
  if (cut === "deadline") {
    const message = `${provider} did not finish within the route's total time. Raise timeouts.total, or ask for less.`;
    return { outcome, code: "deadline_exceeded", message };
  }
  switch (failure.kind) {
    case "connect":
    case "connect-timeout":
      return {
        outcome,
        code: "upstream_unreachable",
        message: `${provider} could not be reached. Check its address, or try again.`,
      };
    case "first-byte-timeout":
    case "idle-timeout":
      return {
        outcome,
        code: "upstream_timeout",
        message: `${provider} did not answer in time. Try again, or raise the route's timeouts.`,
      };
    case "too-large":
      return {
        outcome,
        code: "upstream_too_large",
        message: `${provider} sent an answer larger than limits.replyBytesMax. Ask for less, or raise it.`,
      };
    case "redirect":
      return {
        outcome,
        code: "upstream_broken",
        message: `${provider} answered with a redirect, which is refused. Correct its address.`,
      };
    default:
      return failure.sent
        ? { outcome, code: "upstream_broken", message: `${provider} broke off its answer. Try again.` }
        : { outcome, code: "upstream_unreachable", message: `${provider} could not be reached. Try again.` };
  }
}

function sentOutcome(failure: TransportFailure, cut: CutReason, status: number): AttemptOutcome {
  // An error status is not billed, however its body ends.
  if (status >= 400) return "refused";
  if (cut === "caller left") return "aborted";
  if (cut === "deadline") return "timeout";
  if (failure.kind === "redirect") return "refused";
  if (failure.kind === "first-byte-timeout" || failure.kind === "idle-timeout") return "timeout";
  return status === 0 ? "unknown" : "truncated";
}
