import { subjectOf } from "../policies/budget-subject.ts";
import type { OutputSizes } from "../policies/output-sizes.ts";
import type { Attempt } from "../spec/attempt.ts";
import type { BudgetAdmission, Reservation, Spend } from "../spec/budget.ts";
import type { Context } from "../spec/context.ts";
import type { Target } from "../spec/target.ts";
import { errorKindOf, raiseAlarm } from "./raise-alarm.ts";
import { spentOf } from "./spend-bound.ts";

/** What a request holds is made of. */
export interface HeldSpendParts {
  readonly context: Context;
  readonly admission: BudgetAdmission;
  /** What each call may use at most. */
  readonly atMost: Spend;
  readonly outputs: OutputSizes;
  /** A budget names the model, so a fallback to another model needs room of its own. */
  readonly perModel: boolean;
  readonly reservation: Reservation;
}

/** Room taken for calls of one model. */
interface Hold {
  readonly model: string;
  readonly reservation: Reservation;
}

/**
 * Everything that one request reserved, from admission to its end. Whatever happens, {@link end} settles or releases each
 * reservation once; ending it again changes nothing.
 */
export class HeldSpend {
  readonly #parts: HeldSpendParts;
  readonly #holds: Hold[];
  /** Calls that the request had made before: none of ours. */
  readonly #attemptsBefore: number;
  #isOver = false;

  constructor(parts: HeldSpendParts) {
    this.#parts = parts;
    this.#holds = [{ model: parts.context.targets[0].model, reservation: parts.reservation }];
    this.#attemptsBefore = parts.context.attempts.entries.length;
  }

  /** Takes room for one more call; false when there is none. Never fails. */
  async extend({ model }: Target): Promise<boolean> {
    const { context, admission, atMost, perModel } = this.#parts;
    try {
      const held = this.#holds.find((hold) => !perModel || hold.model === model);
      if (held !== undefined) return await held.reservation.extend(atMost);
      const result = await admission.admit(subjectOf(context.caller, model), atMost, context.arrivedAtMs);
      if ("refusal" in result) return false;
      this.#holds.push({ model, reservation: result.reservation });
      return true;
    } catch (error) {
      raiseAlarm(context, "budget-unavailable", errorKindOf(error));
      return false;
    }
  }

  /** The request is over: what it used takes the place of what it held. Never fails. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const made = this.#parts.context.attempts.entries.slice(this.#attemptsBefore);
    for (const [index, hold] of this.#holds.entries()) this.#endHold(hold, index, made);
    for (const attempt of made) this.#learn(attempt);
  }

  #endHold({ model, reservation }: Hold, index: number, made: readonly Attempt[]): void {
    const { context, atMost, perModel } = this.#parts;
    try {
      const own = made.filter((attempt) => (perModel ? this.#indexOf(attempt.model) : 0) === index);
      const spent = spentOf(own, atMost);
      if (spent === null) reservation.release();
      else reservation.settle(spent);
    } catch (error) {
      raiseAlarm(context, "budget-unavailable", `${model}: ${errorKindOf(error)}`);
    }
  }

  #indexOf(model: string): number {
    return Math.max(
      0,
      this.#holds.findIndex((hold) => hold.model === model),
    );
  }

  #learn({ model, outcome, usage }: Attempt): void {
    if (outcome !== "complete" || usage.source !== "provider") return;
    const { output = 0, reasoning = 0, audioOutput = 0 } = usage.tokens;
    this.#parts.outputs.learn(
      model,
      Math.ceil((output + reasoning + audioOutput) / this.#parts.context.request.choices),
    );
  }
}
