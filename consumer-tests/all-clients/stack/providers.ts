import type { DialectName } from "../../../src/spec/request.ts";

/** A provider of the gateway's config, played by the fake provider. */
export interface ProviderRow {
  readonly vendor: string;
  /** Absent: those of the vendor. */
  readonly dialects: readonly DialectName[];
  /** Written into the config; absent there: the vendor's own. */
  readonly saysDialects: boolean;
  readonly model: string;
  /** Another model, that thinks when asked to. */
  readonly thinkingModel: string;
  /** The key that the gateway holds. The fake provider chooses by it how it behaves. */
  readonly key: string;
  /** How keys with a scenario begin there. */
  readonly scenarioKey: string;
  /** Bytes of a stream after which some of its text, but not all of the long answer, has come. */
  readonly stallBytes: number;
}

const openaiDialects: readonly DialectName[] = [
  "openai-chat",
  "openai-responses",
  "openai-embeddings",
  "openai-completions",
];

/** Names of the providers that cells may name. */
export type ProviderName = "openai" | "openai-responses" | "anthropic" | "google" | "chat-server";

/** The providers that cells name. */
export const providers: Readonly<Record<ProviderName, ProviderRow>> = {
  openai: {
    vendor: "openai",
    dialects: openaiDialects,
    saysDialects: false,
    model: "gpt-4o-mini",
    thinkingModel: "gpt-5-mini",
    key: "sk-cells-openai",
    scenarioKey: "sk-fake-",
    stallBytes: 6000,
  },
  /** OpenAI by its newer endpoint only, so that other dialects are translated into that one. */
  "openai-responses": {
    vendor: "openai",
    dialects: ["openai-responses"],
    saysDialects: true,
    model: "gpt-4o-mini",
    thinkingModel: "gpt-5-mini",
    key: "sk-cells-responses",
    scenarioKey: "sk-fake-",
    stallBytes: 6000,
  },
  anthropic: {
    vendor: "anthropic",
    dialects: ["anthropic-messages"],
    saysDialects: false,
    model: "claude-haiku-4-5",
    thinkingModel: "claude-haiku-4-5",
    key: "sk-ant-cells",
    scenarioKey: "sk-ant-fake-",
    stallBytes: 2600,
  },
  google: {
    vendor: "google",
    dialects: ["gemini"],
    saysDialects: false,
    model: "gemini-2.5-flash",
    thinkingModel: "gemini-3-flash-preview",
    key: "AIzaCells",
    scenarioKey: "sk-fake-",
    stallBytes: 2200,
  },
  /** A server that speaks chat only and shows its thinking as `reasoning_content`, as vLLM and DeepSeek do. */
  "chat-server": {
    vendor: "openai",
    dialects: ["openai-chat"],
    saysDialects: true,
    model: "gpt-4o-mini",
    thinkingModel: "gpt-5-mini",
    key: "sk-fake-reasoning-content-cells",
    scenarioKey: "sk-fake-",
    stallBytes: 6000,
  },
};

/** What can go wrong at a provider on purpose: a suffix of its name in the config, and the fake provider's words for it. */
export const scenarios = {
  "400": "error:400",
  "401": "error:401",
  "404": "error:404",
  "429": "error:429:retry-after=7",
  "529": "error:529",
  /** Stops in the middle of a stream and says nothing more, so that the caller is the one who leaves. */
  stall: "stall-after-bytes",
  breaks: "error-event-after:3",
  /** Only the first call goes wrong. */
  once: "error:429:retry-after-ms=20,ok",
  /** Answered by a script of the test. */
  scripted: "ok",
} as const;

/** One of {@link scenarios}. */
export type ScenarioName = keyof typeof scenarios;

/** The key of a provider where something goes wrong. */
export function scenarioKeyOf(provider: ProviderName, scenario: ScenarioName): string {
  const { scenarioKey, stallBytes } = providers[provider];
  const bytes = scenario === "stall" ? `:${stallBytes}` : "";
  return `${scenarioKey}${scenarios[scenario]}${bytes}-${scenario}-${provider}`;
}

/** The dialect of an endpoint as callers know it. Google's client shares paths with OpenAI's, and so do lists of models. */
export function dialectOfCall(client: string, endpoint: string): DialectName {
  if (client === "@google/genai") return "gemini";
  if (endpoint.startsWith("/v1/messages")) return "anthropic-messages";
  if (client.includes("anthropic") || client.startsWith("Claude")) return "anthropic-messages";
  if (endpoint.startsWith("/v1/responses")) return "openai-responses";
  if (endpoint.startsWith("/v1/embeddings")) return "openai-embeddings";
  return endpoint.startsWith("/v1/completions") ? "openai-completions" : "openai-chat";
}

/** The dialect that a provider is spoken to in by a caller of `dialect`. */
export function wireDialect(dialect: DialectName, provider: ProviderName): DialectName {
  const dialects: readonly DialectName[] = providers[provider].dialects;
  return dialects.includes(dialect) ? dialect : (dialects[0] ?? dialect);
}

/** How the path of a call in a dialect begins; Google's own clients use both of its versions. */
export const pathStarts: Readonly<Record<DialectName, RegExp>> = {
  "openai-chat": /^\/v1\/chat\/completions/,
  "openai-responses": /^\/v1\/responses/,
  "anthropic-messages": /^\/v1\/messages/,
  gemini: /^\/v1(beta)?\/models/,
  "openai-embeddings": /^\/v1\/embeddings/,
  "openai-completions": /^\/v1\/completions/,
};
