import type { StoredAnswer } from "../spec/answer-store.ts";
import type { Asked } from "../spec/codec.ts";
import type { Context } from "../spec/context.ts";
import type { Reply } from "../spec/reply.ts";
import { replayStored } from "./cached-answer.ts";
import { formlessOf } from "./request-key.ts";

/** What of an answer has to fit the caller's request for its bytes to serve as they are. */
type Form = Pick<StoredAnswer, "dialect" | "kind" | "streamUsage">;

/** Whether the bytes of an answer are what this caller asked for. */
export function isInForm({ dialect, kind, streamUsage }: Form, context: Context): boolean {
  const { request } = context;
  if (dialect !== request.dialect) return false;
  // Where the form is part of the key, only answers in that form are found.
  if (formlessOf(context) === null) return true;
  return (kind === "stream") === request.stream && (kind === "whole" || streamUsage === request.streamUsage);
}

/** The form in which a caller asked, as a name. */
export function formName({ request: { dialect, stream, streamUsage } }: Context): string {
  const mode = streamUsage ? "stream with usage" : "stream";
  return `${dialect} ${stream ? mode : "whole"}`;
}

/** What rendering has to know of a caller. */
export function askedBy({ request, requestId, ports }: Context): Asked {
  return { request, requestId, nowS: Math.floor(ports.clock.nowMs() / 1_000) };
}

/**
 * A stored answer for this caller: its bytes as they are where they are in the form that was asked for, else rendered by
 * the codecs of the dialects. Null where something would be lost; then the request is a miss.
 */
export function replayFor(context: Context, stored: StoredAnswer): Reply | null {
  if (isInForm(stored, context)) return replayStored(stored);
  if (stored.status !== 200) return null;
  const rendered = context.ports.translator.render(stored, askedBy(context));
  return rendered === null ? null : replayStored({ ...stored, ...rendered });
}
