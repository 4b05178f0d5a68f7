import type { Behaviour } from "../behaviour.ts";
import type { Refusal } from "../prepared-reply.ts";

const typesByStatus: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  404: "NotFoundError",
  429: "TooManyRequestsError",
  500: "InternalServerError",
  503: "ServiceUnavailableError",
};

/**
 * An error in vLLM's shape: OpenAI's, with the name of an exception as type and the status as a number for code
 * (vllm/entrypoints/openai/protocol.py, ErrorResponse and ErrorInfo, 2026).
 */
export function serverError(status: number, message: string, param: string | null = null): Refusal {
  const type = typesByStatus[status] ?? (status >= 500 ? "InternalServerError" : "BadRequestError");
  return { status, body: JSON.stringify({ error: { message, type, param, code: status } }) };
}

/** Started with `--api-key`, and the call brings none. Not used as long as keys are not asked for. */
export const missingKey: Refusal = { status: 401, body: '{"error":"Unauthorized"}' };

/** A body that is not JSON. */
export const badJson: Refusal = serverError(
  400,
  "[{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error'}]",
);

/** Another model than the one that is loaded. */
export function unknownModel(model: string): Refusal {
  return serverError(404, `The model \`${model}\` does not exist.`, "model");
}

/** FastAPI's own words. */
export function unknownPath(): Refusal {
  return { status: 404, body: '{"detail":"Not Found"}' };
}

/** More calls wait than may; vLLM itself queues without end, so this is the proxy's or the operator's bound before it. */
export function queueFull(queueDepth: number): Refusal {
  return {
    ...serverError(503, `The server is overloaded: ${queueDepth} requests are waiting already.`),
    headers: "retry-after: 1\r\n",
  };
}

/** The error that a scenario asks for. */
export function scenarioError(status: number, behaviour: Behaviour): Refusal {
  if (behaviour.errorCode === "context_length_exceeded") {
    return serverError(
      status,
      "This model's maximum context length is 32768 tokens. However, your request has 32933 input tokens. Please reduce the length of the input messages.",
      "input_tokens",
    );
  }
  return serverError(
    status,
    status >= 500
      ? "EngineCore encountered an issue. See stack trace (above) for the root cause."
      : "Your request was refused.",
  );
}

/** An error inside a stream: a `data:` line with an `error` object, and the usual end behind it. */
export const errorEvent: string = `data: ${serverError(500, "EngineCore encountered an issue.").body}\n\ndata: [DONE]\n\n`;
