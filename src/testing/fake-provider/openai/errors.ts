import type { Behaviour } from "../behaviour.ts";
import type { Refusal } from "../prepared-reply.ts";

/** An error in OpenAI's shape: `{"error": {message, type, param, code}}` (platform.openai.com/docs/guides/error-codes). */
export function openaiError(
  status: number,
  message: string,
  type = "invalid_request_error",
  param: string | null = null,
  code: string | null = null,
): Refusal {
  return { status, body: JSON.stringify({ error: { message, type, param, code } }, null, 2) };
}

/** No `Authorization` header. */
export const missingKey: Refusal = openaiError(
  401,
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
);

/** A body that is not JSON. */
export const badJson: Refusal = openaiError(
  400,
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
);

/** A model that is not served. */
export function unknownModel(model: string): Refusal {
  return openaiError(
    404,
    `The model \`${model}\` does not exist or you do not have access to it.`,
    "invalid_request_error",
    null,
    "model_not_found",
  );
}

/** A parameter that the API requires. */
export function missingParameter(name: string): Refusal {
  return openaiError(
    400,
    `Missing required parameter: '${name}'.`,
    "invalid_request_error",
    name,
    "missing_required_parameter",
  );
}

const serverErrorText = "The server had an error while processing your request. Sorry about that!";

function usualError(status: number, model: string): Refusal {
  switch (status) {
    case 401:
      return openaiError(
        401,
        "Incorrect API key provided: sk-fake-*****. You can find your API key at https://platform.openai.com/account/api-keys.",
        "invalid_request_error",
        null,
        "invalid_api_key",
      );
    case 403:
      return openaiError(
        403,
        "Country, region, or territory not supported",
        "request_forbidden",
        null,
        "unsupported_country_region_territory",
      );
    case 404:
      return unknownModel(model);
    case 429:
      return openaiError(
        429,
        `Rate limit reached for ${model} in organization org-fake on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms. Visit https://platform.openai.com/account/rate-limits to learn more.`,
        "requests",
        null,
        "rate_limit_exceeded",
      );
    case 503:
      return openaiError(503, "The engine is currently overloaded, please try again later", "service_unavailable");
    default:
      return status >= 500
        ? openaiError(status, serverErrorText, "server_error")
        : openaiError(status, "Your request was refused.");
  }
}

/** The error that a scenario asks for, in the vendor's words where they are known. */
export function scenarioError(status: number, behaviour: Behaviour, model: string): Refusal {
  switch (behaviour.errorCode) {
    case undefined:
      return usualError(status, model);
    case "insufficient_quota":
      return openaiError(
        status,
        "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
        "insufficient_quota",
        null,
        "insufficient_quota",
      );
    case "context_length_exceeded":
      return openaiError(
        status,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 128733 tokens. Please reduce the length of the messages.",
        "invalid_request_error",
        "messages",
        "context_length_exceeded",
      );
    default:
      return openaiError(status, "Your request was refused.", "invalid_request_error", null, behaviour.errorCode);
  }
}

/** An error inside a stream that has begun: a `data:` line with an `error` object, after which nothing follows. */
export const errorEvent: string = `data: ${JSON.stringify({
  error: { message: serverErrorText, type: "server_error", param: null, code: null },
})}\n\n`;
