import type { Context } from "../spec/context.ts";
import type { StageName } from "../spec/decision.ts";
import { errorKindOf, raiseAlarm } from "./raise-alarm.ts";

/** An optimisation failed by itself: says so in the journal and to the operator, and the request goes on without it. */
export function stepAside(context: Context, stage: StageName, error: unknown): void {
  context.journal.append({ stage, decision: "skip", reason: "stepped-aside", note: errorKindOf(error) });
  alarmSteppedAside(context, stage, error);
}

/** As {@link stepAside} where the stage's entry already stands. Never fails. */
export function alarmSteppedAside(context: Pick<Context, "ports">, stage: StageName, error: unknown): void {
  raiseAlarm(context, "stage-stepped-aside", `${stage}: ${errorKindOf(error)}`);
}
