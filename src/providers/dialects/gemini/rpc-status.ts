import type { RenderedError } from "../../../spec/rendered-error.ts";
import { errors, type ErrorRow } from "../../../spec/errors.ts";

/*
 * Google's words for errors and the HTTP status of each: google/rpc/code.proto in googleapis/googleapis; those that the
 * Gemini API uses: ai.google.dev/gemini-api/docs/troubleshooting. Both read 2026-11-21.
 */
const words: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  402: "FAILED_PRECONDITION",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
  529: "UNAVAILABLE",
};

/** Google's own words and other vendors' for the errors that a translated call may pass on, by the status that goes with each. */
const kinds: ReadonlyMap<string, number> = new Map([
  ["INVALID_ARGUMENT", 400],
  ["FAILED_PRECONDITION", 400],
  ["UNAUTHENTICATED", 401],
  ["PERMISSION_DENIED", 403],
  ["NOT_FOUND", 404],
  ["ABORTED", 409],
  ["RESOURCE_EXHAUSTED", 429],
  ["CANCELLED", 499],
  ["INTERNAL", 500],
  ["UNAVAILABLE", 503],
  ["DEADLINE_EXCEEDED", 504],
  ["invalid_request_error", 400],
  ["authentication_error", 401],
  ["invalid_api_key", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["insufficient_quota", 429],
  ["api_error", 500],
  ["server_error", 500],
  ["overloaded_error", 503],
  ["timeout_error", 504],
]);

/** Number and word of an error in Google's form. */
export interface RpcStatus {
  readonly http: number;
  readonly status: string;
}

/** Ours by its row in the table, one of another vendor by its code or its kind; anything else is internal. */
export function rpcStatusOf({ code, type }: Pick<RenderedError, "code" | "type">): RpcStatus {
  const http = statusOfOurs(code) ?? kinds.get(code) ?? kinds.get(type) ?? 500;
  return { http, status: words[http] ?? (http < 500 ? "INVALID_ARGUMENT" : "INTERNAL") };
}

function statusOfOurs(code: string): number | null {
  const rows: Readonly<Record<string, ErrorRow>> = errors;
  return Object.hasOwn(rows, code) ? (rows[code]?.status ?? null) : null;
}
