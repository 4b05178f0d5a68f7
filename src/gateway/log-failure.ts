import type { LogLine } from "../assembly/alarms.ts";
import type { Context } from "../spec/context.ts";
import type { ReplyEnd } from "../spec/reply.ts";
import type { DialectName } from "../spec/request.ts";

/** Which request a line of the log speaks of. `context` is null before the body was read. */
export interface FailedRequest {
  readonly requestId: string;
  readonly dialect: DialectName;
  readonly context: Context | null;
}

/** What went wrong, in words of ours: no keys, no bodies. */
export interface FailureWords {
  readonly event: "request-failed" | "stream-failed" | "upstream-error" | "reader-stalled";
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Logs one failed request on one line. */
export function logFailure(log: LogLine, request: FailedRequest, words: FailureWords): void {
  const { event, code, status, message } = words;
  log({ level: "error", event, request_id: request.requestId, code, status, ...placeOf(request), message });
}

/** Logs a stream that did not come to its proper end. Its head had left, so the status is the one that the caller saw. */
export function logBrokenStream(log: LogLine, request: FailedRequest, status: number, end: ReplyEnd): void {
  // A shared answer that was bought by another request knows no call of its own.
  const code = end.call?.outcome ?? "shared-call-failed";
  const message = "The answer broke off after it had begun.";
  logFailure(log, request, { event: "stream-failed", status, code, message });
}

/**
 * Logs an exception that no table foresees: its kind and where it came from, never its text, which may quote a body.
 * `request` adds which call it was.
 */
export function logDefect(log: LogLine, thrown: unknown, requestId: string, request?: FailedRequest): void {
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  const place = request === undefined ? {} : placeOf(request);
  log({
    level: "error",
    event: "defect",
    request_id: requestId,
    code: "internal_error",
    kind,
    ...place,
    at: framesOf(thrown),
  });
}

/** Where the call was headed: the last attempt's provider and model, else the one that was asked for. */
function placeOf({ dialect, context }: FailedRequest): object {
  if (context === null) return { dialect };
  const attempt = context.attempts.entries.at(-1);
  const [{ endpoint, model }] = context.targets;
  return {
    dialect,
    route: context.route.name,
    provider: attempt?.endpointId ?? endpoint.id,
    model: attempt?.model ?? model,
  };
}

const framesMax = 8;
/** A frame ends in a place; a line of the message that begins like one rarely does. */
const frame = /^\s+at .*(?::\d+:\d+|<anonymous>|native)\)?$/;

/** Frames of the stack without the message above them. */
function framesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [];
  const { stack = "", message } = thrown;
  const from = message === "" ? -1 : stack.indexOf(message);
  const frames = (from === -1 ? stack : stack.slice(from + message.length))
    .split("\n")
    .filter((line) => frame.test(line));
  return frames.slice(0, framesMax).map((line) => line.trim());
}
