import { FarthingError } from "../../kit/farthing-error.ts";
import { countsFor, subjectOf } from "../../policies/budget-subject.ts";
import { refusalText } from "../../policies/budget-words.ts";
import type { OutputSizes } from "../../policies/output-sizes.ts";
import type { Budget, BudgetAdmission } from "../../spec/budget.ts";
import type { Context } from "../../spec/context.ts";
import type { ReasonCode } from "../../spec/decision.ts";
import type { Reply, ReplyEnd, StreamControl, StreamReply, StreamSink } from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { errorKindOf, raiseAlarm } from "../raise-alarm.ts";
import { HeldSpend } from "../held-spend.ts";
import { type SpendBound, spendBoundOf } from "../spend-bound.ts";

/** What the stage goes by; the balances are behind `ports.budgets`. */
export interface SpendingRules {
  /** At least one; without any the stage is left out. */
  readonly budgets: readonly Budget[];
  /** Learnt from every answer that passes. */
  readonly outputs: OutputSizes;
}

/**
 * Takes room for the most that a call can use in every budget that counts it, before anything is sent, and gives back what
 * was not used when the call is over. A hard budget without room refuses; one that cannot be asked refuses too.
 */
export function createReserveBudget(rules: SpendingRules): Stage {
  return { name: "reserve-budget", kind: "duty", wrap: (next) => (context) => reserveBudget(context, next, rules) };
}

async function reserveBudget(context: Context, next: Handler, rules: SpendingRules): Promise<Reply> {
  const { budgets: admission } = context.ports;
  const counting = budgetsOf(context, rules);
  if (admission === null || counting.length === 0) {
    context.journal.append({ stage: "reserve-budget", decision: "pass", reason: "no-budget" });
    return next(context);
  }
  const held = await hold(context, admission, counting, rules.outputs);
  try {
    const reply = await next({ ...context, spendGuard: (target) => held.extend(target) });
    if (reply.kind === "stream") return { ...reply, open: (sink) => openHeld(reply, sink, held) };
    held.end();
    return reply;
  } catch (error) {
    held.end();
    throw error;
  }
}

/** Budgets that count what any target of the request would spend. */
function budgetsOf({ caller, targets }: Context, { budgets }: SpendingRules): readonly Budget[] {
  const subjects = targets.map(({ model }) => subjectOf(caller, model));
  return budgets.filter((budget) => subjects.some((subject) => countsFor(budget, subject)));
}

/** @throws FarthingError `budget_exceeded`, `budget_unpriced`, `budget_unavailable`. */
async function hold(
  context: Context,
  admission: BudgetAdmission,
  counting: readonly Budget[],
  outputs: OutputSizes,
): Promise<HeldSpend> {
  const bound = boundOf(context, counting, outputs);
  const atMost = { picoUsd: bound.picoUsd ?? 0n, tokens: bound.tokens };
  const blind = bound.picoUsd === null ? counting.find(isClosedToUnpriced) : undefined;
  if (blind !== undefined) refuse(context, "budget_unpriced", unpricedText(context, blind), "budget-unpriced");
  const subject = subjectOf(context.caller, context.targets[0].model);
  let result;
  try {
    const asked = admission.admit(subject, atMost, context.arrivedAtMs);
    result = asked instanceof Promise ? await asked : asked;
  } catch (error) {
    return refuse(context, "budget_unavailable", unavailableText, "budget-unavailable", errorKindOf(error));
  }
  if ("refusal" in result) {
    const { refusal } = result;
    const { name } = refusal.account.budget;
    if (refusal.remaining === null)
      return refuse(context, "budget_unavailable", unavailableText, "budget-unavailable", name);
    return refuse(context, "budget_exceeded", refusalText(refusal), "budget", name);
  }
  const { exceeded } = result.reservation;
  for (const { budget } of exceeded) raiseAlarm(context, "budget-soft-exceeded", budget.name);
  const over = exceeded[0]?.budget.name;
  context.journal.append({
    stage: "reserve-budget",
    decision: "reserve",
    reason: over === undefined ? "reserved" : "over-soft-budget",
    ...(bound.picoUsd === null ? {} : { picoUsd: bound.picoUsd }),
    ...(over === undefined ? {} : { note: over }),
  });
  const perModel = counting.some((budget) => budget.subject.model !== undefined);
  return new HeldSpend({ context, admission, atMost, outputs, perModel, reservation: result.reservation });
}

/** What cannot be reckoned cannot be admitted: this is a duty, so it says so. */
function boundOf(context: Context, counting: readonly Budget[], outputs: OutputSizes): SpendBound {
  try {
    return spendBoundOf(context, counting, outputs);
  } catch (error) {
    return refuse(context, "budget_unavailable", unavailableText, "budget-unavailable", errorKindOf(error));
  }
}

const unavailableText =
  "The balances of a hard budget cannot be used now, and it refuses what it cannot count. Try again in a moment.";

function unpricedText({ targets }: Context, budget: Budget): string {
  const models = [...new Set(targets.map(({ model }) => model))].filter((model) => model !== "").join(", ");
  return (
    `The budget ${budget.name} is hard and counts money, and no price is known for ${models || "this call"}. ` +
    "The operator may add the price (prices: in the config), or set allowUnpriced on the budget."
  );
}

function isClosedToUnpriced({ mode, measure, allowUnpriced }: Budget): boolean {
  return mode === "hard" && measure === "usd" && allowUnpriced !== true;
}

function refuse(
  context: Context,
  code: "budget_exceeded" | "budget_unpriced" | "budget_unavailable",
  message: string,
  reason: ReasonCode,
  note?: string,
): never {
  const words = note === undefined ? {} : { note };
  context.journal.append({ stage: "reserve-budget", decision: "refuse", reason, ...words });
  throw new FarthingError(code, message);
}

function openHeld(reply: StreamReply, sink: StreamSink, held: HeldSpend): StreamControl {
  try {
    return reply.open(new HeldSink(sink, held));
  } catch (error) {
    held.end();
    throw error;
  }
}

/** Passes a stream on; what was not used is given back before its last bytes leave. */
class HeldSink implements StreamSink {
  readonly #outer: StreamSink;
  readonly #held: HeldSpend;

  constructor(outer: StreamSink, held: HeldSpend) {
    this.#outer = outer;
    this.#held = held;
  }

  chunk(bytes: Uint8Array): boolean {
    return this.#outer.chunk(bytes);
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.#held.end();
    this.#outer.end(lastBytes, end);
  }
}
