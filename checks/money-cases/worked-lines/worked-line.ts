import type { JsonObject } from "../../../src/spec/json.ts";
import type { DialectName } from "../../../src/spec/request.ts";
import type { Usage } from "../../../src/spec/usage.ts";

/** One line of an invoice, worked by hand. */
export interface WorkedLine {
  readonly vendor: string;
  readonly model: string;
  /** The vendor's usage block in a reply of this dialect; null: what is billed stands in no block that we read. */
  readonly dialect: DialectName | null;
  readonly reply: JsonObject;
  /** The same tokens by class. */
  readonly tokens: Usage["tokens"];
  /** Count x price a million of every class, added up; prices as the vendor's page has them. */
  readonly usd: string;
  /** When the call was made; default noon UTC of the day on which the pages were read. */
  readonly at?: string;
  /** Why only one of both judges can be asked. `book`: the fake provider does not serve the model. `invoice`: the book does not price it. */
  readonly only?: "book" | "invoice";
}

/** Moment of calls that name no other. */
export const workedAt = "2026-11-21T12:00:00Z";

/**
 * Where the prices of the lines were read, and when. All were copies of the pages; none was fetched from the vendor itself.
 * What only mirrors and third parties show is named.
 */
export const workedPages: Readonly<Record<string, string>> = {
  openai:
    "openai.com/api/pricing and the model pages of platform.openai.com/docs/models, as known on 2026-11-21, from copies and not from the live page; GPT-5.4 to 5.6 in mirrors of the model pages, the promotion of GPT-5.6 Sol in third-party reports",
  anthropic:
    "platform.claude.com/docs/en/about-claude/pricing, as known on 2026-11-21, from copies and not from the live page; the Claude 5 family in mirrors of it",
  google:
    "ai.google.dev/gemini-api/docs/pricing (standard, paid tier), as known on 2026-11-21, from copies and not from the live page; Gemini 3.5 to 4 in third-party reports of it",
  xai: "docs.x.ai/developers/pricing, as known on 2026-11-21, from copies and not from the live page",
  deepseek: "api-docs.deepseek.com/quick_start/pricing, as known on 2026-11-21, from copies and not from the live page",
  mistral: "docs.mistral.ai and mistral.ai/pricing, as known on 2026-11-21, from copies and not from the live page",
  groq: "groq.com/pricing, as known on 2026-11-21, from copies and not from the live page",
};

/** What may differ from line to line beside the counts. */
type More = Pick<WorkedLine, "at" | "only"> & { readonly vendor?: string; readonly tier?: string };

/** OpenAI's chat: cached and written tokens inside the prompt, reasoning inside the completion. */
export function chat(
  model: string,
  counts: {
    readonly prompt: number;
    readonly cached?: number;
    readonly written?: number;
    readonly completion?: number;
    readonly reasoning?: number;
  },
  usd: string,
  { vendor = "openai", tier, ...more }: More = {},
): WorkedLine {
  const { prompt, cached = 0, written = 0, completion = 0, reasoning = 0 } = counts;
  return {
    vendor,
    model,
    dialect: "openai-chat",
    reply: {
      usage: {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        prompt_tokens_details: { cached_tokens: cached, ...(written === 0 ? {} : { cache_write_tokens: written }) },
        completion_tokens_details: { reasoning_tokens: reasoning },
      },
      ...(tier === undefined ? {} : { service_tier: tier }),
    },
    tokens: {
      input: prompt - cached - written,
      cacheRead: cached,
      cacheWrite30m: written,
      output: completion - reasoning,
      reasoning,
    },
    usd,
    ...more,
  };
}

/** OpenAI's Responses: the same under other names. */
export function response(
  model: string,
  counts: { readonly input: number; readonly cached?: number; readonly output: number; readonly reasoning?: number },
  usd: string,
): WorkedLine {
  const { input, cached = 0, output, reasoning = 0 } = counts;
  return {
    vendor: "openai",
    model,
    dialect: "openai-responses",
    reply: {
      usage: {
        input_tokens: input,
        output_tokens: output,
        total_tokens: input + output,
        input_tokens_details: { cached_tokens: cached },
        output_tokens_details: { reasoning_tokens: reasoning },
      },
    },
    tokens: { input: input - cached, cacheRead: cached, output: output - reasoning, reasoning },
    usd,
  };
}

/** Anthropic: every count of the input excludes the others, thinking is inside the output. */
export function message(
  model: string,
  counts: {
    readonly fresh: number;
    readonly read?: number;
    readonly write5m?: number;
    readonly write1h?: number;
    readonly out?: number;
  },
  usd: string,
  { tier, ...more }: More = {},
): WorkedLine {
  const { fresh, read = 0, write5m = 0, write1h = 0, out = 0 } = counts;
  return {
    vendor: "anthropic",
    model,
    dialect: "anthropic-messages",
    reply: {
      type: "message",
      usage: {
        input_tokens: fresh,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: write5m + write1h,
        cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
        output_tokens: out,
        ...(tier === undefined ? {} : { service_tier: tier }),
      },
    },
    tokens: { input: fresh, cacheRead: read, cacheWrite5m: write5m, cacheWrite1h: write1h, output: out },
    usd,
    ...more,
  };
}

/** Gemini: cached tokens and sound inside the prompt, thoughts beside the candidates. */
export function generated(
  model: string,
  counts: {
    readonly prompt: number;
    readonly cached?: number;
    readonly sound?: number;
    readonly candidates?: number;
    readonly thoughts?: number;
  },
  usd: string,
  more: Pick<WorkedLine, "at"> = {},
): WorkedLine {
  const { prompt, cached = 0, sound = 0, candidates = 0, thoughts = 0 } = counts;
  return {
    vendor: "google",
    model,
    dialect: "gemini",
    reply: {
      candidates: [],
      usageMetadata: {
        promptTokenCount: prompt,
        ...(cached === 0 ? {} : { cachedContentTokenCount: cached }),
        ...(candidates === 0 ? {} : { candidatesTokenCount: candidates }),
        ...(thoughts === 0 ? {} : { thoughtsTokenCount: thoughts }),
        totalTokenCount: prompt + candidates + thoughts,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: prompt - sound },
          ...(sound === 0 ? [] : [{ modality: "AUDIO", tokenCount: sound }]),
        ],
      },
    },
    tokens: {
      input: prompt - cached - sound,
      cacheRead: cached,
      audioInput: sound,
      output: candidates,
      reasoning: thoughts,
    },
    usd,
    ...more,
  };
}

/** A call of another resource of OpenAI, by what it bills: `input`'s or `output`'s unit is not always a token. */
export function resource(model: string, tokens: Usage["tokens"], usd: string, only?: WorkedLine["only"]): WorkedLine {
  return { vendor: "openai", model, dialect: null, reply: {}, tokens, usd, ...(only === undefined ? {} : { only }) };
}
