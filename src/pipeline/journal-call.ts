import { CallFailure } from "../kit/call-failure.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { Context } from "../spec/context.ts";

/** The journal's line of a call that was answered, with whatever status. */
export function journalAnswer(context: Context, status: number, remark: string | null): void {
  const { journal, targets } = context;
  const answered = remark === null ? "answered" : "answered-translated";
  const note = remark === null ? String(status) : `${status}, ${remark}`;
  const reason = status < 400 ? answered : "upstream-error";
  journal.append({ stage: "call-provider", decision: targets[0].model, reason, note });
}

/** The journal's line of a call that brought no answer. */
export function journalFailure(context: Context, error: unknown): void {
  const left = FarthingError.isInstance(error) && error.code === "client_closed";
  const note = error instanceof CallFailure ? { note: error.failure.kind } : {};
  const reason = left ? "aborted" : "transport-failure";
  context.journal.append({ stage: "call-provider", decision: context.targets[0].model, reason, ...note });
}
