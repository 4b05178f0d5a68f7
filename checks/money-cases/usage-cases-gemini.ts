import type { JsonObject } from "../../src/spec/json.ts";
import type { UsageCase } from "./usage-case.ts";

/** An answer, or a piece of one, with this usage. */
function answer(usageMetadata: JsonObject, finishReason: string | null = "STOP"): JsonObject {
  const candidate = {
    content: { role: "model", parts: [{ text: "4" }] },
    ...(finishReason === null ? {} : { finishReason }),
  };
  return { candidates: [candidate], modelVersion: "large", responseId: "r1", usageMetadata };
}

/** Replies in Gemini's dialect. */
export const geminiUsageCases: readonly UsageCase[] = [
  {
    name: "cached-content-is-inside-the-prompt-count",
    references: ["BerriAI/litellm#14849", "Arize-ai/openinference#3016"],
    elsewhere: "Gemini's cached tokens were billed as fresh and as cached: $0.76 for a request of $0.18.",
    here: "`promptTokenCount` holds the cached tokens; they are taken out of it.",
    dialect: "gemini",
    reply: answer({
      promptTokenCount: 262_960,
      cachedContentTokenCount: 257_955,
      candidatesTokenCount: 1_744,
      totalTokenCount: 264_704,
    }),
    tokens: { input: 5_005, cacheRead: 257_955, output: 1_744 },
    usd: "5005*3/1e6 + 257955*0.3/1e6 + 1744*15/1e6",
  },
  {
    name: "thoughts-are-outside-the-candidates",
    references: ["langfuse/langfuse#12531", "pydantic/logfire#1316"],
    elsewhere: "Gemini's thoughts, which stand beside the candidates' tokens, were not billed.",
    here: "Thoughts are a class of their own at the price of output.",
    dialect: "gemini",
    reply: answer({
      promptTokenCount: 324,
      candidatesTokenCount: 1_364,
      thoughtsTokenCount: 495,
      totalTokenCount: 2_183,
    }),
    tokens: { input: 324, output: 1_364, reasoning: 495 },
    usd: "324*3/1e6 + 1364*15/1e6 + 495*15/1e6",
  },
  {
    name: "last-chunk-of-a-gemini-stream",
    references: ["BerriAI/litellm#16341"],
    elsewhere:
      "Cached tokens of Gemini were left out of the spend log: the request looked as if nothing had been cached.",
    here: "Every chunk of a stream repeats the usage so far; the last one stands, cached tokens and all.",
    dialect: "gemini",
    reply: [
      answer({ promptTokenCount: 2_100, totalTokenCount: 2_100 }, null),
      answer({ promptTokenCount: 2_100, candidatesTokenCount: 3, totalTokenCount: 2_103 }, null),
      answer({
        promptTokenCount: 2_100,
        cachedContentTokenCount: 2_048,
        candidatesTokenCount: 9,
        totalTokenCount: 2_109,
      }),
    ],
    tokens: { input: 52, cacheRead: 2_048, output: 9 },
    usd: "52*3/1e6 + 2048*0.3/1e6 + 9*15/1e6",
  },
  {
    name: "tokens-that-tools-read",
    references: ["QuantumNous/new-api#2935", "BerriAI/litellm#24622", "strands-agents/harness-sdk#3892"],
    elsewhere: "What Google's own tools fed back to the model was billed as output, or left out altogether.",
    here: "It is input, beside the prompt; output is what the candidates and the thoughts hold, nothing reckoned from the total.",
    dialect: "gemini",
    reply: answer({
      promptTokenCount: 151,
      candidatesTokenCount: 1_089,
      toolUsePromptTokenCount: 18_329,
      thoughtsTokenCount: 1_120,
      totalTokenCount: 20_689,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: 151 }],
      toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: 18_329 }],
    }),
    tokens: { input: 18_480, output: 1_089, reasoning: 1_120 },
    usd: "18480*3/1e6 + 1089*15/1e6 + 1120*15/1e6",
  },
];
