import type { RenderedError } from "../../spec/rendered-error.ts";
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

/** OpenAI's codes that its clients act on, where another vendor has no code of that name. */
const openaiCodes: Readonly<Record<number, string>> = {
  401: "invalid_api_key",
  402: "insufficient_quota",
  429: "rate_limit_exceeded",
};

/** Codes of OpenAI's own, which are kept between its dialects. */
const ownCodes: ReadonlySet<string> = new Set([
  "context_length_exceeded",
  "insufficient_quota",
  "invalid_api_key",
  "model_not_found",
  "rate_limit_exceeded",
]);

/** How Anthropic and Google word what OpenAI's clients know by its code. */
const tooLong = /prompt is too long|input token count .*exceeds|context (?:window|length)/i;

/** A provider's error with the words that the caller's dialect has for its status. The wording stays the provider's. */
export function errorForStatus(
  error: ProviderError,
  status: number,
  caller: DialectName,
  requestId: string,
): RenderedError {
  const { message } = error;
  const isOpenai = caller !== "anthropic-messages" && caller !== "gemini";
  const types = isOpenai ? openaiTypes : anthropicTypes;
  const type = types[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return { code: isOpenai ? openaiCode(error, status, type) : type, type, message, requestId, field: null };
}

function openaiCode({ code, kind, message }: ProviderError, status: number, type: string): string {
  if (code !== null && ownCodes.has(code)) return code;
  if (status === 400 && tooLong.test(message)) return "context_length_exceeded";
  return openaiCodes[status] ?? code ?? kindOr(kind, type);
}

/** The status that a caller gets for a provider's: Google has none of Anthropic's own for an overload. */
export function statusFor(status: number, caller: DialectName): number {
  return status === 529 && caller === "gemini" ? 503 : status;
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
