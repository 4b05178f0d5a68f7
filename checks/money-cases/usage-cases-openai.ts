import type { JsonObject } from "../../src/spec/json.ts";
import type { UsageCase } from "./usage-case.ts";

/** A whole chat completion with this usage. */
function chat(usage: JsonObject, more: JsonObject = {}): JsonObject {
  const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "4" } }];
  return { id: "chatcmpl-1", object: "chat.completion", model: "large", choices, usage, ...more };
}

/** A piece of a chat stream. */
function chunk(text: string, more: JsonObject = {}): JsonObject {
  const choices = [{ index: 0, delta: { content: text }, finish_reason: null }];
  return { id: "chatcmpl-1", object: "chat.completion.chunk", model: "large", choices, ...more };
}

/** Replies in OpenAI's chat dialect, of OpenAI and of servers that speak it in their own way. */
export const openaiUsageCases: readonly UsageCase[] = [
  {
    name: "cached-tokens-are-inside-the-prompt",
    references: ["BerriAI/litellm#6215", "langwatch/langwatch#7018", "kortix-ai/suna#4825", "cloudflare/ai#550"],
    elsewhere:
      "Cached tokens were billed twice: once inside `prompt_tokens` at the full price and once more as cached.",
    here: "`prompt_tokens` is split: what was read from the cache is taken out of it and has its own price.",
    dialect: "openai-chat",
    reply: chat({
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920 },
      completion_tokens_details: { reasoning_tokens: 0 },
    }),
    tokens: { input: 86, cacheRead: 1920, output: 300 },
    usd: "86*3/1e6 + 1920*0.3/1e6 + 300*15/1e6",
  },
  {
    name: "cached-tokens-are-not-free",
    references: ["pydantic/logfire#1316", "BerriAI/litellm#9049", "BerriAI/litellm#29145"],
    elsewhere: "Only the tokens outside the cache were billed; the cached ones cost nothing at all.",
    here: "Every class of token that the provider counts is a line of its own with its own price.",
    dialect: "openai-chat",
    reply: chat({
      prompt_tokens: 2746,
      completion_tokens: 197,
      total_tokens: 2943,
      prompt_tokens_details: { cached_tokens: 2208 },
      completion_tokens_details: { reasoning_tokens: 64 },
    }),
    tokens: { input: 538, cacheRead: 2208, output: 133, reasoning: 64 },
    usd: "538*3/1e6 + 2208*0.3/1e6 + 133*15/1e6 + 64*15/1e6",
  },
  {
    name: "written-tokens-are-inside-the-prompt-too",
    references: ["BerriAI/litellm#33772", "browser-use/browser-use#5306"],
    elsewhere: "New fields for cache writes were dropped, or billed as written and once more as plain input.",
    here: "Reads and writes are both taken out of the prompt, each at its own price.",
    dialect: "openai-chat",
    reply: chat({
      prompt_tokens: 5000,
      completion_tokens: 10,
      total_tokens: 5010,
      prompt_tokens_details: { cached_tokens: 1024, cache_write_tokens: 3840 },
    }),
    tokens: { input: 136, cacheRead: 1024, cacheWrite30m: 3840, output: 10 },
    usd: "136*3/1e6 + 1024*0.3/1e6 + 3840*4/1e6 + 10*15/1e6",
  },
  {
    name: "text-tokens-that-include-the-cached-ones",
    references: ["BerriAI/litellm#14874", "BerriAI/litellm#19772"],
    elsewhere:
      "xAI's `text_tokens` hold the cached tokens too; taken for the rest of the prompt, they were billed twice.",
    here: "The rest is reckoned from the whole and its parts, never taken from a field that may overlap.",
    dialect: "openai-chat",
    vendor: "xai",
    reply: chat({
      prompt_tokens: 616,
      completion_tokens: 5,
      total_tokens: 621,
      prompt_tokens_details: { text_tokens: 616, cached_tokens: 615, audio_tokens: 0, image_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    }),
    tokens: { input: 1, cacheRead: 615, output: 5 },
    usd: "1*3/1e6 + 615*0.3/1e6 + 5*15/1e6",
  },
  {
    name: "reasoning-beside-the-completion",
    references: ["langfuse/langfuse#14987", "NousResearch/hermes-agent#68081"],
    elsewhere:
      "Thinking that a vendor reports beside its completion tokens was taken for a part of them, or not billed at all.",
    here: "Where a vendor counts otherwise stands in its row; its thinking is billed once, at the price of output.",
    dialect: "openai-chat",
    vendor: "xai",
    reply: chat({
      prompt_tokens: 32,
      completion_tokens: 102,
      total_tokens: 243,
      completion_tokens_details: { reasoning_tokens: 109 },
    }),
    tokens: { input: 32, output: 102, reasoning: 109 },
    usd: "32*3/1e6 + 102*15/1e6 + 109*15/1e6",
  },
  {
    name: "thinking-that-only-the-total-shows",
    references: ["langfuse/langfuse#16508"],
    elsewhere: "Thinking without a field of its own was not billed, though the vendor charged for it.",
    here: "What the total holds beyond prompt and completion is thinking, billed as output.",
    dialect: "openai-chat",
    reply: chat({ prompt_tokens: 324, completion_tokens: 1364, total_tokens: 2183 }),
    tokens: { input: 324, output: 1364, reasoning: 495 },
    usd: "324*3/1e6 + 1364*15/1e6 + 495*15/1e6",
  },
  {
    name: "reasoning-inside-the-completion-once",
    references: ["anomalyco/opencode#21047", "hugalafutro/model-hotel#991"],
    elsewhere: "`reasoning_tokens` were added to `completion_tokens`, which hold them already.",
    here: "Output and reasoning are disjoint and sum to what the provider counted.",
    dialect: "openai-chat",
    reply: chat({
      prompt_tokens: 2008,
      completion_tokens: 266,
      total_tokens: 2274,
      completion_tokens_details: { reasoning_tokens: 261 },
    }),
    tokens: { input: 2008, output: 5, reasoning: 261 },
    usd: "2008*3/1e6 + 266*15/1e6",
  },
  {
    name: "hit-and-miss-fields",
    references: ["Helicone/helicone#5774", "Menci/Floway#109"],
    elsewhere: "DeepSeek's `prompt_cache_hit_tokens` were not read, so everything was billed as a miss.",
    here: "Both names of the same count are read.",
    dialect: "openai-chat",
    vendor: "deepseek",
    reply: chat({
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1050,
      prompt_cache_hit_tokens: 896,
      prompt_cache_miss_tokens: 104,
    }),
    tokens: { input: 104, cacheRead: 896, output: 50 },
    usd: "104*3/1e6 + 896*0.3/1e6 + 50*15/1e6",
  },
  {
    name: "cached-tokens-without-a-wrapper",
    references: ["Menci/Floway#109", "tmustier/pine-of-glass#83"],
    elsewhere:
      "Moonshot and Together report `cached_tokens` beside `prompt_tokens`; unread, all of it cost the full price.",
    here: "The flat field is read like the wrapped one.",
    dialect: "openai-chat",
    vendor: "together",
    reply: chat({ prompt_tokens: 1200, completion_tokens: 20, total_tokens: 1220, cached_tokens: 1024 }),
    tokens: { input: 176, cacheRead: 1024, output: 20 },
    usd: "176*3/1e6 + 1024*0.3/1e6 + 20*15/1e6",
  },
  {
    name: "cached-tokens-outside-the-prompt",
    references: ["Menci/Floway#350", "Portkey-AI/gateway#1754"],
    elsewhere:
      "Some servers leave cached tokens out of `prompt_tokens`; subtracted all the same, most of the prompt was lost.",
    here: "The total is the witness: where it holds the cached tokens on top, they are outside and nothing is subtracted.",
    dialect: "openai-chat",
    reply: chat({
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1950,
      prompt_tokens_details: { cached_tokens: 900 },
    }),
    tokens: { input: 1000, cacheRead: 900, output: 50 },
    usd: "1000*3/1e6 + 900*0.3/1e6 + 50*15/1e6",
  },
  {
    name: "more-cached-than-prompt-with-a-witness",
    references: ["Portkey-AI/gateway#1754", "Menci/Floway#350"],
    elsewhere: "With more cached tokens than the prompt seems to have, fresh input came out negative or as zero.",
    here: "The total tells that the cached tokens stand outside; the fresh ones are what the server says.",
    dialect: "openai-chat",
    reply: chat({
      prompt_tokens: 3,
      completion_tokens: 7,
      total_tokens: 20_010,
      prompt_tokens_details: { cached_tokens: 20_000 },
    }),
    tokens: { input: 3, cacheRead: 20_000, output: 7 },
    usd: "3*3/1e6 + 20000*0.3/1e6 + 7*15/1e6",
  },
  {
    name: "parts-larger-than-their-whole",
    references: ["langfuse/langfuse#14987"],
    elsewhere: "A breakdown that exceeds its whole was summed up and billed as if it were true.",
    here: "A count that contradicts itself is not believed; the call is estimated and says so.",
    dialect: "openai-chat",
    reply: chat({
      prompt_tokens: 10,
      completion_tokens: 102,
      total_tokens: 112,
      completion_tokens_details: { reasoning_tokens: 109 },
    }),
    tokens: "unknown",
    usd: null,
  },
  {
    name: "usage-in-a-chunk-with-choices",
    references: ["BerriAI/litellm#36168"],
    elsewhere:
      "Usage was read only from a chunk without choices; servers that send both together lost their cached tokens.",
    here: "Usage is read from whichever chunk carries it.",
    dialect: "openai-chat",
    reply: [
      chunk("4"),
      {
        ...chunk(""),
        choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
        usage: {
          prompt_tokens: 16_111,
          completion_tokens: 2,
          total_tokens: 16_113,
          completion_tokens_details: { reasoning_tokens: 0 },
          prompt_tokens_details: { cached_tokens: 15_872 },
        },
      },
    ],
    tokens: { input: 239, cacheRead: 15_872, output: 2 },
    usd: "239*3/1e6 + 15872*0.3/1e6 + 2*15/1e6",
  },
  {
    name: "details-of-a-stream",
    references: ["BerriAI/litellm#39088", "BerriAI/litellm#37485"],
    elsewhere: "Streams kept the sums and lost the breakdown: $0.50 of real cost was recorded as $3.71.",
    here: "A stream's usage is read as whole as a reply's, with nulls for what is not there.",
    dialect: "openai-chat",
    reply: [
      chunk("4", { usage: null }),
      {
        ...chunk(""),
        choices: [],
        usage: {
          prompt_tokens: 10_000,
          completion_tokens: 12,
          total_tokens: 10_012,
          prompt_tokens_details: { cached_tokens: 9_000, audio_tokens: null },
          completion_tokens_details: null,
        },
      },
    ],
    tokens: { input: 1_000, cacheRead: 9_000, output: 12 },
    usd: "1000*3/1e6 + 9000*0.3/1e6 + 12*15/1e6",
  },
  {
    name: "no-usage-is-not-zero",
    references: ["router-for-me/CLIProxyAPI#2179", "BerriAI/litellm#10598"],
    elsewhere: "A reply without a usage block was billed as zero tokens.",
    here: "Without a count the usage is unknown; `meter` estimates it, and the price of the unknown is never 0.",
    dialect: "openai-chat",
    reply: { id: "chatcmpl-1", object: "chat.completion", model: "large", choices: [] },
    tokens: "unknown",
    usd: null,
  },
];
