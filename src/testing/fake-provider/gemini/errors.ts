import type { Behaviour } from "../behaviour.ts";
import type { Refusal } from "../prepared-reply.ts";

/** `google.rpc.Code` names by HTTP status (ai.google.dev/gemini-api/docs/troubleshooting, google/rpc/code.proto). */
const namesByStatus: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

const typePrefix = "type.googleapis.com/google.rpc.";
const limitsPage = "https://ai.google.dev/gemini-api/docs/rate-limits";

/** An error in Google's shape: `{"error": {code, message, status, details}}`; details only where there are any. */
export function geminiError(
  status: number,
  message: string,
  details: readonly object[] = [],
  name: string = namesByStatus[status] ?? "UNKNOWN",
): Refusal {
  const error = { code: status, message, status: name, ...(details.length === 0 ? {} : { details }) };
  return { status, body: `${JSON.stringify({ error }, null, 2)}\n` };
}

function errorInfo(reason: string): object {
  return {
    "@type": `${typePrefix}ErrorInfo`,
    reason,
    domain: "googleapis.com",
    metadata: { service: "generativelanguage.googleapis.com" },
  };
}

/** Neither `x-goog-api-key` nor `?key=`. */
export const missingKey: Refusal = geminiError(
  403,
  "Method doesn't allow unauthenticated callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
);

/** A body that is not JSON. */
export const badJson: Refusal = geminiError(400, "Invalid JSON payload received. Unexpected end of string.");

/** A model that is not served. */
export function unknownModel(model: string, method = "generateContent"): Refusal {
  return geminiError(
    404,
    `models/${model} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
  );
}

/** A path that the API does not have. */
export function unknownPath(_method: string, path: string): Refusal {
  return geminiError(404, `Requested entity was not found: ${path}`);
}

/** A field that is not in the message that the API parses the body into. */
export function unknownField(name: string, at: string): Refusal {
  const description = `Invalid JSON payload received. Unknown name "${name}"${at === "" ? "" : ` at '${at}'`}: Cannot find field.`;
  const violation = { ...(at === "" ? {} : { field: at }), description };
  return geminiError(400, description, [{ "@type": `${typePrefix}BadRequest`, fieldViolations: [violation] }]);
}

/** `22s` or `0.250s`, as protobuf writes durations in JSON; null where the scenario gives no hint. */
function delayOf({ retryAfter, retryAfterMs }: Behaviour): string | null {
  if (retryAfterMs !== undefined) return `${(Number(retryAfterMs) / 1_000).toFixed(3)}s`;
  return retryAfter === undefined ? null : `${retryAfter}s`;
}

/** Quota: which one, where to read on, and when to come back (details as they stand in public issue threads, 2026). */
function quotaError(status: number, behaviour: Behaviour, model: string): Refusal {
  const perDay = behaviour.errorCode === "insufficient_quota";
  const delay = delayOf(behaviour);
  const retry = delay === null ? "" : `\nPlease retry in ${delay}.`;
  const violation = {
    quotaMetric: "generativelanguage.googleapis.com/generate_content_paid_tier_requests",
    quotaId: `GenerateRequestsPer${perDay ? "Day" : "Minute"}PerProjectPerModel-PaidTier`,
    quotaDimensions: { location: "global", model },
    quotaValue: perDay ? "10000" : "1000",
  };
  const details = [
    {
      "@type": `${typePrefix}Help`,
      links: [{ description: "Learn more about Gemini API quotas", url: limitsPage }],
    },
    { "@type": `${typePrefix}QuotaFailure`, violations: [violation] },
    ...(delay === null ? [] : [{ "@type": `${typePrefix}RetryInfo`, retryDelay: delay }]),
  ];
  const message = `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: ${limitsPage}.\n* Quota exceeded for metric: ${violation.quotaMetric}, limit: ${violation.quotaValue}, model: ${model}${retry}`;
  return geminiError(status, message, details);
}

const overloadedText = "The model is overloaded. Please try again later. Spikes in demand are usually temporary.";

function usualError(status: number, behaviour: Behaviour, model: string): Refusal {
  const delay = delayOf(behaviour);
  const hint = delay === null ? [] : [{ "@type": `${typePrefix}RetryInfo`, retryDelay: delay }];
  switch (status) {
    case 400:
      return geminiError(400, "Request contains an invalid argument.");
    case 401:
      return geminiError(400, "API key not valid. Please pass a valid API key.", [errorInfo("API_KEY_INVALID")]);
    case 403:
      return geminiError(403, "Your API key was reported as leaked. Please use another API key.");
    case 404:
      return unknownModel(model);
    case 429:
      return quotaError(status, behaviour, model);
    case 503:
      return geminiError(503, overloadedText, hint);
    case 504:
      return geminiError(504, "The request timed out. Please try again.", hint);
    default:
      return status >= 500
        ? geminiError(
            status,
            "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
            hint,
            namesByStatus[status] ?? "INTERNAL",
          )
        : geminiError(status, "Your request was refused.");
  }
}

/** The error that a scenario asks for. Google knows no 529: an overload is a 503; and a wrong key is a 400. */
export function scenarioError(status: number, behaviour: Behaviour, model: string): Refusal {
  switch (behaviour.errorCode) {
    case undefined:
      return usualError(status === 529 ? 503 : status, behaviour, model);
    case "insufficient_quota":
      return quotaError(status, behaviour, model);
    case "context_length_exceeded":
      return geminiError(
        status,
        "The input token count (1048733) exceeds the maximum number of tokens allowed (1048576).",
      );
    default:
      return geminiError(status, "Your request was refused.", [], behaviour.errorCode.toUpperCase());
  }
}

/** What stands in the place of a chunk when the model fails in the middle of a stream. */
export const chunkError: object = { error: { code: 503, message: overloadedText, status: "UNAVAILABLE" } };
