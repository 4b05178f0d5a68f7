import type { Engine } from "../assembly/engine.ts";
import type { DialectName, ModelRequest } from "../spec/request.ts";

/** The vendors' answers to a count of tokens, by the resource's name. */
const answers: Readonly<Record<string, (tokens: number) => object>> = {
  "messages/count_tokens": (tokens) => ({ input_tokens: tokens }),
  "responses/input_tokens": (tokens) => ({ object: "response.input_tokens", input_tokens: tokens }),
  countTokens: (tokens) => ({ totalTokens: tokens }),
};

/**
 * Our own estimate of a prompt's tokens in the shape of the caller's vendor, where no provider that the caller reaches
 * speaks its dialect and could count; null where one does, or the call is no count. Google wraps the prompt once more.
 */
export function countHere(
  engine: Pick<Engine, "speaks" | "estimateTokens">,
  dialect: DialectName,
  kind: "own-key" | "local-key",
  request: ModelRequest,
): object | null {
  const answer = answers[request.resource?.name ?? ""];
  if (answer === undefined || engine.speaks(dialect, kind)) return null;
  const wrapped = request.rest["generateContentRequest"];
  const rest = typeof wrapped === "object" && wrapped !== null && !Array.isArray(wrapped) ? wrapped : request.rest;
  return answer(engine.estimateTokens({ ...request, rest }));
}
