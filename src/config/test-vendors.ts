import { noQuirks } from "../spec/quirks.ts";
import type { VendorRow } from "../spec/vendor.ts";

const bearer = { keyHeader: "authorization", keyPrefix: "Bearer ", requestIdHeader: "x-request-id" };

const told = {
  paths: {},
  keyless: false,
  quirks: noQuirks,
  capabilities: {
    contextTokensMax: null,
    tools: true,
    vision: true,
    documents: true,
    reasoning: true,
    embeddings: false,
    batch: true,
    promptCache: "automatic",
  },
  status: "documented",
  sources: ["https://vendor.example/api (2026-11-21): everything"],
} as const;

/** A few vendors for tests, so that they do not hang on the catalogue: one of each kind. */
export const testVendors: readonly VendorRow[] = [
  {
    ...told,
    id: "openai",
    name: "OpenAI",
    baseUrl: "https://api.openai.com",
    dialects: ["openai-chat", "openai-responses"],
    ...bearer,
  },
  {
    ...told,
    id: "anthropic",
    name: "Anthropic",
    baseUrl: "https://api.anthropic.com",
    dialects: ["anthropic-messages"],
    keyHeader: "x-api-key",
    keyPrefix: "",
    requestIdHeader: "request-id",
  },
  {
    ...told,
    id: "google",
    name: "Google Gemini",
    baseUrl: "https://generativelanguage.googleapis.com",
    dialects: ["gemini"],
    keyHeader: "x-goog-api-key",
    keyPrefix: "",
    requestIdHeader: "x-goog-request-id",
  },
  {
    ...told,
    id: "cloud",
    name: "Some Cloud",
    baseUrl: null,
    dialects: ["openai-chat", "openai-embeddings"],
    paths: { "openai-chat": "/openai/v1/chat/completions", "openai-embeddings": "/openai/v1/embeddings" },
    ...bearer,
    keyHeader: "api-key",
    keyPrefix: "",
  },
  {
    ...told,
    id: "router",
    name: "Some Router",
    baseUrl: "https://router.example/api",
    dialects: ["openai-chat", "anthropic-messages"],
    paths: { "anthropic-messages": "/anthropic/v1/messages" },
    ...bearer,
    quirks: { ...noQuirks, acceptsStreamUsage: false, jsonSchema: "none" },
  },
  {
    ...told,
    id: "home",
    name: "Server at home",
    baseUrl: "http://localhost:11434",
    dialects: ["openai-chat", "anthropic-messages"],
    ...bearer,
    keyless: true,
    quirks: { ...noQuirks, outputLimitField: "max_tokens" },
  },
];
