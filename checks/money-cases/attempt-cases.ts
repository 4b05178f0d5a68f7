// Long because it is one table.
import type { JsonObject } from "../../src/spec/json.ts";
import type { AttemptCase, ProviderTurn } from "./attempt-case.ts";

/** 40 letters of answer: ten tokens to the estimator. */
const fortyLetters = "y".repeat(40);

function chunk(text: string, finish: string | null = null, more: JsonObject = {}): JsonObject {
  const choices = [{ index: 0, delta: text === "" ? {} : { content: text }, finish_reason: finish }];
  return { id: "chatcmpl-1", object: "chat.completion.chunk", model: "large", choices, ...more };
}

function counted(prompt: number, completion: number): JsonObject {
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  return { ...chunk(""), choices: [], usage };
}

/** A whole answer of 100 tokens in and 10 out. */
const answer: ProviderTurn = {
  reply: {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "large",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "4" } }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  },
};
const overloaded: ProviderTurn = { status: 503, reply: { error: { message: "overloaded", type: "server_error" } } };
const noByte: ProviderTurn = { nothing: "reset", sent: true };
const notSent: ProviderTurn = { nothing: "connect", sent: false };
/** 100 x $3 and 10 x $15 a million. */
const answerUsd = "100*3/1e6 + 10*15/1e6";

const complete = { outcome: "complete", source: "provider", state: "priced", usd: answerUsd } as const;
const refused = { outcome: "refused", source: "unknown", state: "free", usd: "0" } as const;
const unsure = { outcome: "unknown", source: "estimated", state: "estimated", usd: "100*3/1e6" } as const;

/** What calls leave behind. */
export const attemptCases: readonly AttemptCase[] = [
  {
    name: "an-aborted-stream-is-not-free",
    references: ["BerriAI/litellm#14457", "BerriAI/litellm#33736", "yinxulai/one-switch#3", "coder/xum#1372"],
    elsewhere:
      "When the caller left in the middle of a stream, usage and cost of the call were lost: a row of $0, or none.",
    here: "The prompt and what was delivered are estimated and marked as an estimate; never 0.",
    stream: true,
    leaves: true,
    calls: [{ events: [chunk(fortyLetters)], ending: "silence" }],
    records: [
      {
        attempts: [{ outcome: "aborted", source: "estimated", state: "estimated", usd: "100*3/1e6 + 10*15/1e6" }],
        state: "estimated",
        usd: "100*3/1e6 + 10*15/1e6",
      },
    ],
    callsMade: 1,
    callsCut: 1,
  },
  {
    name: "a-left-stream-is-cut-not-read-to-its-end",
    references: ["vercel/ai#8325", "Wei-Shaw/sub2api#4408"],
    elsewhere: "The gateway read on after its caller had left: 13,000 tokens billed for 400 delivered.",
    here: "By default the call is cut at once, and what was delivered by then is what is estimated.",
    stream: true,
    leaves: true,
    calls: [{ events: [chunk(fortyLetters), chunk("z".repeat(40_000)), chunk("", "stop"), counted(100, 10_010)] }],
    records: [
      {
        attempts: [{ outcome: "aborted", source: "estimated", state: "estimated", usd: "100*3/1e6 + 10*15/1e6" }],
        state: "estimated",
        usd: "100*3/1e6 + 10*15/1e6",
      },
    ],
    callsMade: 1,
    callsCut: 1,
  },
  {
    name: "a-drained-stream-is-counted-by-its-provider",
    references: ["BerriAI/litellm#36008", "BerriAI/litellm#13245"],
    elsewhere: "Usage comes last in a stream; whoever stopped reading when the caller left could only guess.",
    here: "Where the route says `drain`, the rest is read within limits and the provider's count stands.",
    stream: true,
    leaves: true,
    route: { drain: true },
    calls: [{ events: [chunk(fortyLetters), chunk(fortyLetters), chunk("", "stop"), counted(120, 17)] }],
    records: [
      {
        attempts: [{ outcome: "complete", source: "provider", state: "priced", usd: "120*3/1e6 + 17*15/1e6" }],
        state: "priced",
        usd: "120*3/1e6 + 17*15/1e6",
      },
    ],
    callsMade: 1,
  },
  {
    name: "a-zero-that-was-said-before-the-caller-left",
    references: ["BerriAI/litellm#37992"],
    elsewhere: "The provider had reported zero billable tokens; on a disconnect a guess took its place and was billed.",
    here: "A final count of zero is the provider's word: priced, at 0.",
    stream: true,
    leaves: true,
    route: { drain: true },
    calls: [{ events: [chunk(fortyLetters), chunk("", "stop"), counted(0, 0)], ending: "silence" }],
    records: [
      {
        attempts: [{ outcome: "aborted", source: "provider", state: "priced", usd: "0" }],
        state: "priced",
        usd: "0",
      },
    ],
    callsMade: 1,
    callsCut: 1,
  },
  {
    name: "a-stream-without-usage",
    references: ["router-for-me/CLIProxyAPI#2179", "Kong/docs.konghq.com#7293", "BerriAI/litellm#40100"],
    elsewhere: "A stream that delivered its answer and no usage was billed as zero; about $45 in one report.",
    here: "It is estimated from what went in and came out, says so, and raises the alarm `usage-missing`.",
    stream: true,
    calls: [{ events: [chunk(fortyLetters), chunk(fortyLetters), chunk("", "stop")] }],
    records: [
      {
        attempts: [{ outcome: "complete", source: "estimated", state: "estimated", usd: "100*3/1e6 + 20*15/1e6" }],
        state: "estimated",
        usd: "100*3/1e6 + 20*15/1e6",
      },
    ],
    callsMade: 1,
  },
  {
    name: "a-stream-that-breaks-in-the-middle",
    references: ["Augustas11/macprovider#187", "BerriAI/litellm#39589"],
    elsewhere: "A provider that dropped the stream left no row, or one of $0, for what it had delivered.",
    here: "What arrived is estimated in a row that says `truncated`.",
    stream: true,
    calls: [{ events: [chunk(fortyLetters), chunk(fortyLetters), chunk(fortyLetters)], ending: "end" }],
    records: [
      {
        attempts: [{ outcome: "truncated", source: "estimated", state: "estimated", usd: "100*3/1e6 + 30*15/1e6" }],
        state: "estimated",
        usd: "100*3/1e6 + 30*15/1e6",
      },
    ],
    callsMade: 1,
  },
  {
    name: "the-counted-prompt-of-a-broken-stream",
    references: ["BerriAI/litellm#39589", "agentgateway/agentgateway#2977"],
    elsewhere: "Anthropic counts the prompt in the first event; when the stream broke, that count was thrown away.",
    here: "The provider's prompt stands, cached tokens apart, and only the answer is estimated.",
    dialect: "anthropic-messages",
    stream: true,
    calls: [
      {
        events: [
          {
            type: "message_start",
            message: {
              id: "msg_1",
              type: "message",
              role: "assistant",
              model: "large",
              content: [],
              stop_reason: null,
              usage: { input_tokens: 1_000, cache_read_input_tokens: 5_000, output_tokens: 1 },
            },
          },
          { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
          { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: fortyLetters } },
        ],
        ending: "break",
      },
    ],
    records: [
      {
        attempts: [
          {
            outcome: "truncated",
            source: "estimated",
            state: "estimated",
            usd: "1000*3/1e6 + 5000*0.3/1e6 + 10*15/1e6",
          },
        ],
        state: "estimated",
        usd: "1000*3/1e6 + 5000*0.3/1e6 + 10*15/1e6",
      },
    ],
    callsMade: 1,
  },
  {
    name: "refused-calls-cost-nothing",
    references: ["envoyproxy/ai-gateway#2248"],
    elsewhere: "After an upgrade every request was charged one flat unit, whatever it had really cost.",
    here: "Each refused call has its line and costs nothing; the answer that came at last costs what it costs.",
    calls: [overloaded, overloaded, answer],
    records: [{ attempts: [refused, refused, complete], state: "priced", usd: answerUsd }],
    callsMade: 3,
  },
  {
    name: "calls-that-never-left-cost-nothing",
    references: ["elixir-vibe/llm_proxy#4"],
    elsewhere:
      "A connection that failed and one that broke after sending were the same thing: both billed, or neither.",
    here: "What never left is free and may be repeated; only what was sent may be billed.",
    calls: [notSent, answer],
    records: [
      {
        attempts: [{ outcome: "failed-before-send", source: "unknown", state: "free", usd: "0" }, complete],
        state: "priced",
        usd: answerUsd,
      },
    ],
    callsMade: 2,
  },
  {
    name: "nobody-knows-is-not-zero-and-not-repeated",
    references: ["Comfy-Org/ComfyUI#16204", "elixir-vibe/llm_proxy#4"],
    elsewhere: "Requests whose fate was unknown were sent again blindly: 426 paid repeats in a week.",
    here: "Sent and never answered: the outcome is `unknown`, its prompt is estimated, and it is not repeated unless asked for.",
    calls: [noByte, answer],
    records: [{ attempts: [unsure], state: "estimated", usd: "100*3/1e6" }],
    callsMade: 1,
  },
  {
    name: "every-paid-repeat-has-its-line",
    references: ["sjnims/cc-plugin-eval#330", "SocialGouv/iterion#912"],
    elsewhere: "Only the last attempt was booked; what the ones before had cost was lost.",
    here: "Every attempt is a line, their sum is the cost, and the repeat shows as a loss of `retry`.",
    route: { retryAmbiguous: true },
    calls: [noByte, answer],
    records: [
      {
        attempts: [unsure, complete],
        state: "estimated",
        usd: "100*3/1e6 + 100*3/1e6 + 10*15/1e6",
        saved: { retry: "0 - 100*3/1e6 - 10*15/1e6" },
      },
    ],
    callsMade: 2,
  },
  {
    name: "a-fallback-is-billed-at-its-own-price",
    references: ["BerriAI/litellm#38134", "SocialGouv/iterion#912"],
    elsewhere: "The leg that a request fell back to inherited what was noted for the first one, and its money with it.",
    here: "Each line is priced at the vendor and model that was called.",
    route: { targets: ["first/large", "second/small"] },
    calls: [overloaded, answer],
    records: [
      {
        attempts: [
          refused,
          { outcome: "complete", source: "provider", state: "priced", usd: "100*0.3/1e6 + 10*1.5/1e6" },
        ],
        state: "priced",
        usd: "100*0.3/1e6 + 10*1.5/1e6",
        saved: { "choose-target": "100*2.7/1e6 + 10*13.5/1e6" },
      },
    ],
    callsMade: 2,
  },
  {
    name: "a-cached-answer-costs-nothing-and-saves-apart",
    references: ["langfuse/langfuse#2112", "tensorzero/tensorzero#5267", "tensorzero/tensorzero#1791"],
    elsewhere:
      "Answers from the cache were added to the spend; or their usage was set to 0 and the saving lost with it.",
    here: "No provider bills a hit: it costs its own lookup, and what it avoided stands beside it as the cache's saving.",
    route: { exactCache: true },
    repeats: { times: 2, how: "then" },
    calls: [answer],
    records: [
      { attempts: [complete], state: "priced", usd: answerUsd },
      { attempts: [], state: "free", usd: "0", saved: { "exact-cache": answerUsd } },
    ],
    callsMade: 1,
  },
  {
    name: "followers-of-a-shared-call",
    references: ["cloudflare/cloudflare-docs#18004"],
    elsewhere: "Identical requests at the same moment were all sent and all paid.",
    here: "One call is made and billed once; the follower costs 0, and its share is the saving of `coalesce`.",
    route: { coalesce: true },
    repeats: { times: 2, how: "together" },
    calls: [answer],
    records: [
      { attempts: [complete], state: "priced", usd: answerUsd },
      { attempts: [], state: "free", usd: "0", saved: { coalesce: answerUsd } },
    ],
    callsMade: 1,
  },
  {
    name: "an-answer-without-a-price-is-not-nothing",
    references: ["BerriAI/litellm#35525"],
    elsewhere: "A successful answer whose cost was missing released its reservation and was booked nowhere.",
    here: "Its line is `unpriced`, with the usage that was counted; there is no baseline and no saving, and an alarm.",
    model: "brand-new",
    calls: [answer],
    records: [
      {
        attempts: [{ outcome: "complete", source: "provider", state: "unpriced", usd: null }],
        state: "unpriced",
        usd: null,
      },
    ],
    callsMade: 1,
  },
];
