import type { FarthingError } from "../kit/farthing-error.ts";
import { renderedErrorOf } from "../kit/rendered-error.ts";
import type { Dialect } from "../spec/dialect.ts";
import { errors } from "../spec/errors.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { writeWhole } from "./write-answer.ts";

/** Official clients try these statuses again unless told not to. */
function clientsRetry(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** Errors after which another try soon makes sense, in seconds. */
const retryAfterS: Partial<Record<string, number>> = { overloaded: 1, shutting_down: 2 };

/** Answers with one of our own errors in the caller's dialect. The caller must not have got a byte yet. */
export function writeError(
  request: CallerRequest,
  response: CallerResponse,
  dialect: Dialect,
  error: FarthingError,
  requestId: string,
): void {
  const row = errors[error.code];
  const body = dialect.renderError(renderedErrorOf(error, dialect.name, requestId));
  const headers = ["content-type", "application/json", "x-farthing-request-id", requestId];
  if (!row.retry && clientsRetry(row.status)) headers.push("x-should-retry", "false");
  const wait = error.retryAfterS ?? retryAfterS[error.code] ?? null;
  if (wait !== null) headers.push("retry-after", String(Math.min(60, Math.max(1, Math.ceil(wait)))));
  if (error.code === "missing_key" || error.code === "invalid_key") headers.push("www-authenticate", "Bearer");
  writeWhole(request, response, row.status, headers, body);
}
