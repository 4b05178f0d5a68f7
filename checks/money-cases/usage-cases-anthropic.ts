import type { JsonObject } from "../../src/spec/json.ts";
import type { UsageCase } from "./usage-case.ts";

/** A whole message with this usage. */
function message(usage: JsonObject): JsonObject {
  const content = [{ type: "text", text: "4" }];
  return { id: "msg_1", type: "message", role: "assistant", model: "large", content, stop_reason: "end_turn", usage };
}

/** A stream whose first event says `start` and whose deltas say the others. */
function stream(start: JsonObject, ...deltas: readonly JsonObject[]): readonly JsonObject[] {
  return [
    { type: "message_start", message: { ...message(start), content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "4" } },
    { type: "content_block_stop", index: 0 },
    ...deltas.map((usage) => ({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage })),
    { type: "message_stop" },
  ];
}

/** Replies in Anthropic's dialect. */
export const anthropicUsageCases: readonly UsageCase[] = [
  {
    name: "input-tokens-exclude-the-cache",
    references: ["BerriAI/litellm#9812", "BerriAI/litellm#11364", "cloudflare/cloudflare-docs#20536"],
    elsewhere: "Anthropic's three input counts exclude each other; folded into one, cached tokens cost the full price.",
    here: "Each of the three is its own class, and their sum is the prompt.",
    dialect: "anthropic-messages",
    reply: message({
      input_tokens: 10,
      cache_read_input_tokens: 66_360,
      cache_creation_input_tokens: 32_435,
      cache_creation: { ephemeral_5m_input_tokens: 32_435, ephemeral_1h_input_tokens: 0 },
      output_tokens: 5_120,
    }),
    tokens: { input: 10, cacheRead: 66_360, cacheWrite5m: 32_435, output: 5_120 },
    usd: "10*3/1e6 + 66360*0.3/1e6 + 32435*3.75/1e6 + 5120*15/1e6",
  },
  {
    name: "cache-reads-of-a-stream",
    references: ["BerriAI/litellm#11789", "Helicone/helicone#4574"],
    elsewhere: "Only when streamed, cache reads were counted as plain input: ten times their price.",
    here: "A stream and a whole message with the same usage cost the same.",
    dialect: "anthropic-messages",
    reply: stream(
      { input_tokens: 4, cache_read_input_tokens: 2_455, cache_creation_input_tokens: 0, output_tokens: 1 },
      { output_tokens: 23 },
    ),
    tokens: { input: 4, cacheRead: 2_455, output: 23 },
    usd: "4*3/1e6 + 2455*0.3/1e6 + 23*15/1e6",
  },
  {
    name: "one-hour-writes-of-a-stream",
    references: ["BerriAI/litellm#31724", "mozilla-ai/otari#357", "langfuse/claude-observability-plugin#34"],
    elsewhere: "Cache entries that live an hour were billed at the price of those that live five minutes.",
    here: "Lifetimes are classes with prices of their own, in streams too.",
    dialect: "anthropic-messages",
    reply: stream(
      {
        input_tokens: 15,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 4_803,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 4_803 },
        output_tokens: 1,
      },
      { output_tokens: 47 },
    ),
    tokens: { input: 15, cacheWrite1h: 4_803, output: 47 },
    usd: "15*3/1e6 + 4803*6/1e6 + 47*15/1e6",
  },
  {
    name: "zeros-at-the-start-counts-at-the-end",
    references: ["BerriAI/litellm#31069", "vercel/ai#17326"],
    elsewhere:
      "Servers that send zeros in `message_start` and the counts in `message_delta` were billed for the zeros.",
    here: "What a later event says replaces what an earlier one said.",
    dialect: "anthropic-messages",
    reply: stream(
      { input_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 0 },
      { input_tokens: 120, cache_read_input_tokens: 2_473, cache_creation_input_tokens: 0, output_tokens: 31 },
    ),
    tokens: { input: 120, cacheRead: 2_473, output: 31 },
    usd: "120*3/1e6 + 2473*0.3/1e6 + 31*15/1e6",
  },
  {
    name: "counts-of-deltas-are-cumulative",
    references: ["agentgateway/agentgateway#2977", "https://docs.anthropic.com/en/api/messages-streaming"],
    elsewhere: "Counts of several `message_delta` events were added up, or the input of `message_start` was forgotten.",
    here: "Each delta's count replaces the last; what it leaves out or sends as null stands.",
    dialect: "anthropic-messages",
    reply: stream(
      { input_tokens: 200, output_tokens: 1 },
      { input_tokens: null, output_tokens: 40 },
      { output_tokens: 90 },
    ),
    tokens: { input: 200, output: 90 },
    usd: "200*3/1e6 + 90*15/1e6",
  },
  {
    name: "total-of-writes-beyond-their-breakdown",
    references: ["BerriAI/litellm#42663"],
    elsewhere:
      "With server tools the breakdown covers the first round only; the rest of the writes cost nothing (20-60 % lost).",
    here: "What the total holds beyond its breakdown is billed at the default lifetime, and searches by the call.",
    dialect: "anthropic-messages",
    reply: stream(
      {
        input_tokens: 10,
        cache_read_input_tokens: 31_000,
        cache_creation_input_tokens: 31_490,
        cache_creation: { ephemeral_5m_input_tokens: 31_490, ephemeral_1h_input_tokens: 0 },
        output_tokens: 1,
      },
      {
        input_tokens: 123_201,
        cache_read_input_tokens: 426_653,
        cache_creation_input_tokens: 184_457,
        output_tokens: 900,
        server_tool_use: { web_search_requests: 5 },
      },
    ),
    tokens: { input: 123_201, cacheRead: 426_653, cacheWrite5m: 184_457, output: 900 },
    serverToolCalls: { web_search_requests: 5 },
    usd: "123201*3/1e6 + 426653*0.3/1e6 + 184457*3.75/1e6 + 900*15/1e6 + 5*0.01",
  },
  {
    name: "writes-without-a-breakdown",
    references: ["vercel/ai#20414", "BerriAI/litellm#33772"],
    elsewhere: "Cache writes were not billed at all.",
    here: "A total without a breakdown is the default lifetime, five minutes.",
    dialect: "anthropic-messages",
    reply: message({ input_tokens: 8, cache_creation_input_tokens: 2_000, output_tokens: 12 }),
    tokens: { input: 8, cacheWrite5m: 2_000, output: 12 },
    usd: "8*3/1e6 + 2000*3.75/1e6 + 12*15/1e6",
  },
  {
    name: "thinking-is-a-part-of-the-output",
    references: ["langfuse/langfuse#13792", "BerriAI/litellm#18599"],
    elsewhere: "Thinking was lost from the output, or added to it a second time.",
    here: "`output_tokens` holds the thinking; its part is shown apart and billed once.",
    dialect: "anthropic-messages",
    reply: message({ input_tokens: 50, output_tokens: 700, output_tokens_details: { thinking_tokens: 640 } }),
    tokens: { input: 50, output: 60, reasoning: 640 },
    usd: "50*3/1e6 + 700*15/1e6",
  },
  {
    name: "a-providers-zero-is-a-count",
    references: ["BerriAI/litellm#37992"],
    elsewhere: "A true zero of the provider was taken for a missing count and replaced by a guess.",
    here: "A zero that is said is a value: the source stays `provider`.",
    dialect: "anthropic-messages",
    reply: message({ input_tokens: 25, output_tokens: 0 }),
    tokens: { input: 25 },
    usd: "25*3/1e6",
  },
  {
    name: "the-tier-that-served-a-message",
    references: ["BerriAI/litellm#32307", "BerriAI/litellm#37077"],
    elsewhere: "Answers of a batch were priced wrongly or at $0; the tier in their usage block was not looked at.",
    here: "The tier in the usage block is the one that is billed: a batch's tokens, written ones too, at half.",
    dialect: "anthropic-messages",
    reply: message({
      input_tokens: 9,
      cache_creation_input_tokens: 1_000,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1_000 },
      output_tokens: 25,
      service_tier: "batch",
    }),
    tokens: { input: 9, cacheWrite1h: 1_000, output: 25 },
    serviceTier: "batch",
    usd: "9*1.5/1e6 + 1000*3/1e6 + 25*7.5/1e6",
  },
];
