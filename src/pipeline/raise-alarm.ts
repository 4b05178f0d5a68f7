import type { Context } from "../spec/context.ts";
import type { AlarmCode } from "../spec/metrics.ts";

/** Tells the operator. An alarm that cannot be raised must not cost the answer. */
export function raiseAlarm(context: Pick<Context, "ports">, code: AlarmCode, detail: string): void {
  try {
    context.ports.alarm(code, detail);
  } catch {
    // Nobody is left to tell.
  }
}

/** The kind of an error for logs and journals, never its message: that may quote what a caller wrote. */
export function errorKindOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown failure";
}
