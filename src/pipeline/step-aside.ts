import type { StageName } from "../spec/decision.ts";
import type { Context } from "../spec/context.ts";

/** An optimisation failed by itself: says so in the journal and to the operator, and the request goes on without it. */
export function stepAside(context: Context, stage: StageName, error: unknown): void {
  context.journal.append({ stage, decision: "skip", reason: "stepped-aside", note: nameOf(error) });
  alarmSteppedAside(context, stage, error);
}

/** As {@link stepAside} where the stage's entry already stands. Never fails. */
export function alarmSteppedAside(context: Context, stage: StageName, error: unknown): void {
  try {
    context.ports.alarm("stage-stepped-aside", `${stage}: ${nameOf(error)}`);
  } catch {
    // An alarm that cannot be raised must not cost the answer.
  }
}

/** The kind of an error, never its message: that may quote what a caller wrote. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown failure";
}
