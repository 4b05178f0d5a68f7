import { type ByteBudget, createByteBudget } from "../../kit/byte-budget.ts";
import type { TeeLimits } from "../../kit/tee-stream.ts";
import { whyNotShareable } from "../../policies/cache-admission.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import { subjectOf } from "../../policies/budget-subject.ts";
import { subjectNames } from "../../spec/budget.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { formName } from "../replay-answer.ts";
import { requestKeyOf } from "../request-key.ts";
import { SharedCall } from "../shared-call.ts";
import { stepAside } from "../step-aside.ts";

/** Bounds of a route's sharing. */
export interface CoalesceLimits extends TeeLimits {
  /** Calls that may be shared at once; later ones go unshared. */
  readonly callsMax: number;
  /** Bytes kept for late and slow readers of all shared streams together. */
  readonly replayBytesMax: number;
}

const defaultLimits: CoalesceLimits = {
  callsMax: 4_096,
  bytesMax: 1_048_576,
  replayBytesMax: 67_108_864,
  stallMsMax: 10_000,
};

/**
 * Identical requests that are under way at the same moment share one call. The first leads and pays; the others follow:
 * their rows cost nothing. The rules and their checks are in docs/specs/coalesce.md.
 */
export function createCoalesce(limits: CoalesceLimits = defaultLimits): Stage {
  const shared: SharedCalls = { calls: new Map(), limits, budget: createByteBudget(limits.replayBytesMax) };
  return {
    name: "coalesce",
    kind: "optimisation",
    wrap: (next) => (context) => {
      const key = keyOf(context);
      return key === null ? next(context) : share(context, next, shared, key);
    },
  };
}

/** The calls of one route that are under way. */
interface SharedCalls {
  readonly calls: Map<string, SharedCall>;
  readonly limits: CoalesceLimits;
  readonly budget: ByteBudget;
}

function share(context: Context, next: Handler, shared: SharedCalls, key: string): Promise<Reply> {
  const { calls, limits, budget } = shared;
  const running = calls.get(key);
  if (running?.canJoin === true) {
    const inOwnForm = (): Promise<Reply> => shareInForm(context, next, shared, key);
    return running.canServe(context) ? follow(context, running, next, inOwnForm) : inOwnForm();
  }
  if (running === undefined && calls.size >= limits.callsMax) {
    notShared(context, "too many shared calls");
    return next(context);
  }
  // A call that cannot be joined any more makes room: its own end finds another in its place and leaves it there.
  const call: SharedCall = new SharedCall(context, limits, budget, () => {
    if (calls.get(key) === call) calls.delete(key);
  });
  calls.set(key, call);
  context.journal.append({ stage: "coalesce", decision: "call", reason: "leader" });
  return call.lead(next);
}

/** One call for all that ask in the same form, so that an answer that cannot be said in it is no reason for a stampede. */
function shareInForm(context: Context, next: Handler, shared: SharedCalls, key: string): Promise<Reply> {
  return share(context, next, shared, `${key} ${formName(context)}`);
}

/** Null, and a line in the journal, when this request is not shared. */
function keyOf(context: Context): string | null {
  try {
    const { lookUp, store } = context.cacheControl;
    // A refresh wants no stored answer, but one that is being given at this moment is fresh.
    const mayShare = store && (lookUp || context.purpose === "refresh");
    const why = mayShare ? whyNotShareable(context.request) : "asked not to";
    const key = why === null && !context.signal.aborted ? requestKeyOf(context) : null;
    if (key === null) notShared(context, why ?? "it has no key");
    return key;
  } catch (error) {
    stepAside(context, "coalesce", error);
    return null;
  }
}

function notShared(context: Context, note: string): void {
  context.journal.append({ stage: "coalesce", decision: "call", reason: "not-shared", note });
}

/** A leader that a budget refused says nothing about followers of another subject: each of those goes on by itself. */
async function follow(
  context: Context,
  call: SharedCall,
  next: Handler,
  inOwnForm: () => Promise<Reply>,
): Promise<Reply> {
  const { clock } = context.ports;
  const startedUs = clock.monotonicUs();
  const journal = (note: string): void => {
    const us = clock.monotonicUs() - startedUs;
    context.journal.append({ stage: "coalesce", decision: "wait", reason: "follower", note, us });
  };
  try {
    const reply = await call.follow(context);
    if (reply !== null) {
      journal(call.model ?? "no answer");
      return reply;
    }
  } catch (error) {
    if (!isBudgetRefusal(error) || isSameSubject(context, call.leader)) {
      journal("no answer");
      throw error;
    }
    notShared(context, "the leader's budget refused");
    return next(context);
  }
  notShared(context, "cannot be said in this form");
  return inOwnForm();
}

function isBudgetRefusal(error: unknown): boolean {
  return FarthingError.isInstance(error) && error.code.startsWith("budget_");
}

function isSameSubject(one: Context, other: Context): boolean {
  const [first, second] = [one, other].map(({ caller }) => subjectOf(caller, ""));
  return subjectNames.every((name) => first?.[name] === second?.[name]);
}
