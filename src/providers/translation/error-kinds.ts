import type { RenderedError } from "../../spec/dialect.ts";
import type { DialectName } from "../../spec/request.ts";
import type { ProviderError } from "../../spec/codec.ts";

/*
 * How OpenAI and Anthropic name the errors behind a status. Sources: openai-node src/core/error.ts (classes by status) and
 * platform.openai.com/docs/guides/error-codes; anthropic-sdk-typescript src/core/error.ts and docs.claude.com/en/api/errors,
 * read 2026-11-21. Google's words are made of the status by its own dialect.
 */
const openaiTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "insufficient_quota",
  403: "permission_error",
  404: "invalid_request_error",
  413: "invalid_request_error",
  422: "invalid_request_error",
  429: "rate_limit_error",
  503: "overloaded_error",
  529: "overloaded_error",
};

const anthropicTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  422: "invalid_request_error",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** Words that both families understand inside a stream, where there is no status. */
const streamKinds: ReadonlySet<string> = new Set([
  "overloaded_error",
  "rate_limit_error",
  "invalid_request_error",
  "authentication_error",
  "permission_error",
  "api_error",
]);

/** Google's words inside a stream. */
const googleKinds: Readonly<Record<string, string>> = {
  RESOURCE_EXHAUSTED: "rate_limit_error",
  UNAVAILABLE: "overloaded_error",
  INVALID_ARGUMENT: "invalid_request_error",
  PERMISSION_DENIED: "permission_error",
  UNAUTHENTICATED: "authentication_error",
};

/** A provider's error with the word that the caller's dialect has for its status. The wording stays the provider's. */
export function errorForStatus(
  error: ProviderError,
  status: number,
  caller: DialectName,
  requestId: string,
): RenderedError {
  const types = caller === "anthropic-messages" ? anthropicTypes : openaiTypes;
  const type = types[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return { code: error.code ?? kindOr(error.kind, type), type, message: error.message, requestId, field: null };
}

/** A provider's error event in the words of the caller's dialect. */
export function errorInStream(message: string, kind: string | undefined, requestId: string): RenderedError {
  const known = kind === undefined ? undefined : (googleKinds[kind] ?? (streamKinds.has(kind) ? kind : undefined));
  const type = known ?? "api_error";
  return { code: kindOr(kind ?? "", type), type, message, requestId, field: null };
}

function kindOr(kind: string, type: string): string {
  return kind === "" ? type : kind;
}
