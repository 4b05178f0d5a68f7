import type { JsonObject } from "../../src/spec/json.ts";
import type { UsageCase } from "./usage-case.ts";

/** A response with this status and usage. */
function response(status: string, usage: JsonObject | null, more: JsonObject = {}): JsonObject {
  return { id: "resp_1", object: "response", status, model: "large", output: [], usage, ...more };
}

const created: JsonObject = { type: "response.created", response: response("in_progress", null) };
const delta: JsonObject = { type: "response.output_text.delta", item_id: "msg_1", delta: "4" };

/** Replies in OpenAI's Responses dialect. */
export const responsesUsageCases: readonly UsageCase[] = [
  {
    name: "usage-inside-the-terminal-event",
    references: ["theam/facility#232"],
    elsewhere:
      "A Responses stream was read for a usage at its top; it stands inside `response`, so every stream cost 0.",
    here: "The terminal event's response is read like a whole one.",
    dialect: "openai-responses",
    reply: [
      created,
      delta,
      {
        type: "response.completed",
        response: response("completed", {
          input_tokens: 4_200,
          output_tokens: 120,
          total_tokens: 4_320,
          input_tokens_details: { cached_tokens: 4_096 },
          output_tokens_details: { reasoning_tokens: 64 },
        }),
      },
    ],
    tokens: { input: 104, cacheRead: 4_096, output: 56, reasoning: 64 },
    usd: "104*3/1e6 + 4096*0.3/1e6 + 120*15/1e6",
  },
  {
    name: "usage-of-response-incomplete",
    references: ["QuantumNous/new-api#7241", "HKUDS/LightRAG#3701"],
    elsewhere:
      "Streams that ended with `response.incomplete` were billed as zero, though the event carries their usage.",
    here: "Usage is read from any terminal event.",
    dialect: "openai-responses",
    reply: [
      created,
      delta,
      {
        type: "response.incomplete",
        response: response(
          "incomplete",
          { input_tokens: 64, output_tokens: 1_500, total_tokens: 1_564 },
          { incomplete_details: { reason: "max_output_tokens" } },
        ),
      },
    ],
    tokens: { input: 64, output: 1_500 },
    usd: "64*3/1e6 + 1500*15/1e6",
  },
  {
    name: "usage-of-response-failed",
    references: ["openai/openai-agents-python#4901", "QuantumNous/new-api#7242"],
    elsewhere: "A response that failed with a usage block was recorded with no tokens.",
    here: "What failed and was counted is billed as counted.",
    dialect: "openai-responses",
    reply: [
      created,
      {
        type: "response.failed",
        response: response(
          "failed",
          { input_tokens: 900, output_tokens: 30, total_tokens: 930 },
          { error: { code: "server_error", message: "The model stopped." } },
        ),
      },
    ],
    tokens: { input: 900, output: 30 },
    usd: "900*3/1e6 + 30*15/1e6",
  },
  {
    name: "reasoning-added-to-output",
    references: ["langfuse/langfuse#11244", "langfuse/langfuse#14144"],
    elsewhere: "1,970 output tokens with 956 of reasoning inside were shown and billed as 2,926.",
    here: "Reasoning is a part of `output_tokens`, taken out of it and never added.",
    dialect: "openai-responses",
    reply: response("completed", {
      input_tokens: 22_118,
      output_tokens: 1_970,
      total_tokens: 24_088,
      output_tokens_details: { reasoning_tokens: 956 },
    }),
    tokens: { input: 22_118, output: 1_014, reasoning: 956 },
    usd: "22118*3/1e6 + 1970*15/1e6",
  },
  {
    name: "writes-that-live-twelve-hours",
    references: ["BerriAI/litellm#33772"],
    elsewhere: "Cache writes of another lifetime had no field and no price: they were billed as plain input.",
    here: "Lifetimes are classes of their own; what is not said to live longer lived 30 minutes.",
    dialect: "openai-responses",
    reply: response("completed", {
      input_tokens: 8_000,
      output_tokens: 10,
      total_tokens: 8_010,
      input_tokens_details: {
        cached_tokens: 1_000,
        cache_write_tokens: 6_000,
        cache_write_tokens_details: { ttl_12h_tokens: 4_000 },
      },
    }),
    tokens: { input: 1_000, cacheRead: 1_000, cacheWrite30m: 2_000, cacheWriteLonger: 4_000, output: 10 },
    usd: "1000*3/1e6 + 1000*0.3/1e6 + 2000*4/1e6 + 4000*8/1e6 + 10*15/1e6",
  },
  {
    name: "the-tier-that-served-not-the-one-asked-for",
    references: ["BerriAI/litellm#31837", "PostHog/posthog#94200"],
    elsewhere: "A call that asked for priority and was served as default was billed as priority.",
    here: "Only the reply tells the tier; what was asked for plays no part.",
    dialect: "openai-responses",
    reply: response(
      "completed",
      { input_tokens: 1_000, output_tokens: 100, total_tokens: 1_100 },
      { service_tier: "default" },
    ),
    tokens: { input: 1_000, output: 100 },
    serviceTier: "default",
    usd: "1000*3/1e6 + 100*15/1e6",
  },
];
