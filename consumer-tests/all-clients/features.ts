/** What a cell is about, in the order of the page, and what its test holds it to. */
export const features = {
  text: "a whole answer",
  streaming: "an answer piece by piece",
  "multi-turn": "system text and several turns reach the provider in order",
  tool: "one tool call, arguments parsed",
  "parallel tools": "two calls in one answer, ids and arguments apart",
  "forced tool": "a tool that the caller names",
  "streamed tool": "arguments piece by piece, together equal to a whole call",
  "tool result": "the tool's answer goes back and text comes",
  schema: "an answer that follows a JSON schema",
  image: "a picture as base64 reaches the provider byte for byte",
  reasoning: "thinking is shown, and its proof goes back byte for byte on the next turn",
  "streamed reasoning": "thinking piece by piece, its proof included",
  stop: "a stop sequence ends the answer",
  length: "a token limit ends the answer and says so",
  "usage in stream": "a stream's usage, asked for, and none unasked where the vendor sends none",
  "error 400": "the client's own class for a bad request",
  "error 401": "the client's own class for a wrong key",
  "error 404": "the client's own class for an unknown model",
  "error 429": "the client's own class for a rate limit, and when to come back",
  "error 529": "the client's own class for an overload",
  "error in stream": "an error after the first pieces is raised, no end is faked",
  "no retry": "an error is not tried again by a client that may not",
  abort: "leaving in mid-stream cuts the call; its row says aborted and estimated",
  embeddings: "vectors",
  "token count": "tokens of a prompt, without an answer; an estimate that says so where no provider counts",
  "stored answer": "an answer is fetched, cancelled and deleted by its id",
  models: "the list of models",
  completions: "the older completions endpoint",
  "prompt cache": "the second call of a long prompt shows cached tokens",
  routed: "a rule of the operator sends the model elsewhere",
  "default provider": "a model without a provider before it goes to the one that the operator chose for the dialect",
  "own key": "a caller's own provider key goes to its vendor as it is",
  retried: "a passing failure is tried again here, and the row names every attempt",
  probe: "HEAD / answers 200",
  bytes: "the provider's bytes arrive as they left: whole answer, stream and error",
  "either key": "Authorization: Bearer and x-api-key mean the same on every path",
  retrieval: "documents are embedded, found and answered from",
  headers: "headers that belong to the vendor arrive byte for byte, rate limits come back",
  "whole request":
    "everything the agent usually sends is taken; what the provider's dialect cannot say is left out and named",
  session: "the client's session becomes a claim of the ledger",
  "tool loop": "several turns with tools, as the agent runs them",
  "many tools": "a long stream with many tool calls",
  "chunk shape": "every chunk has what the client insists on",
} as const;

/** One of {@link features}. */
export type Feature = keyof typeof features;

/** Names of the clients, in the order of the page; versions are in package.json and requirements.txt. */
export const clients = [
  "openai",
  "@anthropic-ai/sdk",
  "@google/genai",
  "ai + @ai-sdk/openai",
  "ai + @ai-sdk/openai-compatible",
  "ai + @ai-sdk/anthropic",
  "@langchain/openai",
  "@llamaindex/openai",
  "@mastra/core",
  "openai (Python)",
  "anthropic (Python)",
  "Claude Code (scripted)",
  "Codex (scripted)",
  "editors (scripted)",
] as const;

/** One of {@link clients}. */
export type ClientName = (typeof clients)[number];
