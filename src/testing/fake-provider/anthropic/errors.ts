import type { Behaviour } from "../behaviour.ts";
import type { Refusal } from "../prepared-reply.ts";

/** The error kinds of docs.claude.com/en/api/errors by status. */
const typesByStatus: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const messagesByStatus: Readonly<Record<number, string>> = {
  401: "invalid x-api-key",
  402: "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
  403: "Your API key does not have permission to use the specified resource.",
  413: "Request exceeds the maximum size",
  429: "This request would exceed your organization's rate limit of 50 requests per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.",
  500: "Internal server error",
  504: "Request timed out. Try again later.",
  529: "Overloaded",
};

/** Stands in an error's text until the id of the call is known. */
const requestIdSlot = "req_slot";

/** An error in Anthropic's shape: `{"type": "error", "error": {type, message}, "request_id"}`. */
export function anthropicError(status: number, message: string, type?: string): Refusal {
  const kind = type ?? typesByStatus[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return {
    status,
    body: JSON.stringify({ type: "error", error: { type: kind, message }, request_id: requestIdSlot }),
  };
}

/** The body with the call's id in it. */
export function withRequestId(refusal: Refusal, requestId: string): Refusal {
  return { ...refusal, body: refusal.body.replace(requestIdSlot, requestId) };
}

/** Neither `x-api-key` nor a bearer token. */
export const missingKey: Refusal = anthropicError(401, "x-api-key header is required");

/** No `anthropic-version` header. */
export const missingVersion: Refusal = anthropicError(400, "anthropic-version: header is required");

/** A body that is not JSON. */
export const badJson: Refusal = anthropicError(400, "The request body is not valid JSON.");

/** A model that is not served. */
export function unknownModel(model: string): Refusal {
  return anthropicError(404, `model: ${model}`);
}

/** The error that a scenario asks for. */
export function scenarioError(status: number, behaviour: Behaviour): Refusal {
  return anthropicError(status, messagesByStatus[status] ?? "Your request was refused.", behaviour.errorCode);
}

/** An error inside a stream that has begun (docs.claude.com/en/docs/build-with-claude/streaming, "Error events"). */
export const errorEvent: string =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
