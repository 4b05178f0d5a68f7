import type { DialectName } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";
import { noQuirks, type Quirks } from "../spec/quirks.ts";

/** Path at which callers speak each dialect, for people. */
export const callPaths: Readonly<Record<DialectName, string>> = {
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
  "anthropic-messages": "/v1/messages",
  gemini: "/v1beta/models/{model}:generateContent",
  "openai-embeddings": "/v1/embeddings",
  "openai-completions": "/v1/completions",
};

type Headers = Pick<Endpoint, "keyHeader" | "keyPrefix" | "requestIdHeader">;

const openaiHeaders: Headers = { keyHeader: "authorization", keyPrefix: "Bearer ", requestIdHeader: "x-request-id" };

/** Where the key goes for a provider that no vendor row describes, by its first dialect. */
export const dialectHeaders: Readonly<Record<DialectName, Headers>> = {
  "openai-chat": openaiHeaders,
  "openai-responses": openaiHeaders,
  "anthropic-messages": { keyHeader: "x-api-key", keyPrefix: "", requestIdHeader: "request-id" },
  // No page of Google's names the header of its request id; other Google APIs use this one.
  gemini: { keyHeader: "x-goog-api-key", keyPrefix: "", requestIdHeader: "x-goog-request-id" },
  "openai-embeddings": openaiHeaders,
  "openai-completions": openaiHeaders,
};

/**
 * What a server that no vendor row describes is taken to do: the older name of the output limit, which every server
 * knows, and a schema at best as a hint.
 */
export const ownServerQuirks: Quirks = { ...noQuirks, outputLimitField: "max_tokens", jsonSchema: "hint" };
