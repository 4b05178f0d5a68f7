import type { Behaviour } from "../behaviour.ts";
import { idText } from "../id-text.ts";
import type { CountedTokens } from "../invoice.ts";
import type { Answer, AnswerBlock } from "../plan-answer.ts";
import type { CallSetting, Piece } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { thinkingSummary } from "../thinking-summary.ts";
import type { ChatQuestion } from "./read-question.ts";

/** Everything that both forms of a reply need. */
export interface ChatReply {
  readonly id: string;
  readonly question: ChatQuestion;
  readonly answers: readonly Answer[];
  readonly prompt: CountedTokens;
  readonly setting: CallSetting;
  readonly behaviour: Behaviour;
}

const fingerprint = "fp_fa47481e9c";

/** `finish_reason` in OpenAI's words. A call of a tool that the caller named itself ends with `stop`, as their guide notes. */
function finishReason(answer: Answer, question: ChatQuestion): string {
  if (answer.finish === "length") return "length";
  return answer.finish === "tool-calls" && question.toolMode !== "named" ? "tool_calls" : "stop";
}

/** The usage block; prompt and completion counts include their details, which a server of one's own leaves out. */
function usageJson(reply: ChatReply): string {
  const { prompt, answers, question } = reply;
  const reasoning = answers.reduce((sum, answer) => sum + answer.reasoningTokens, 0);
  const completion = answers.reduce((sum, answer) => sum + answer.outputTokens, reasoning);
  // Models that charge for writes report them; older ones do not have the field.
  const writes = question.model.price?.cacheWrite30m === undefined ? {} : { cache_write_tokens: prompt.cacheWrite30m };
  const totals = {
    prompt_tokens: question.promptTokens,
    completion_tokens: completion,
    total_tokens: question.promptTokens + completion,
  };
  const details = {
    prompt_tokens_details: { cached_tokens: prompt.cacheRead, audio_tokens: 0, ...writes },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
  // vLLM counts cached tokens only with `--enable-prompt-tokens-details`.
  const own = { ...totals, prompt_tokens_details: null };
  const json = JSON.stringify(reply.setting.ownModel === null ? { ...totals, ...details } : own);
  return reply.behaviour.badUsage === undefined ? json : spoilUsage(json, reply.behaviour.badUsage);
}

function callId(reply: ChatReply, choice: number, index: number): string {
  return idText("call_", 24, reply.setting.seed + choice * 64 + index + 1, reply.setting.number);
}

function textOf(answer: Answer): string | null {
  const text = answer.blocks.filter((block) => block.type === "text").map((block) => block.pieces.join(""));
  return text.length > 0 ? text.join("") : answer.finish === "tool-calls" ? null : "";
}

function logprobOf(token: string): object {
  // Not zero, and the same for the same token.
  return { token, logprob: -0.001 * (1 + (token.length % 7)), bytes: [...Buffer.from(token)], top_logprobs: [] };
}

function messageOf(reply: ChatReply, answer: Answer, choice: number): object {
  const calls = answer.blocks.filter((block) => block.type === "tool-call");
  const message = {
    role: "assistant",
    content: textOf(answer),
    ...(showsReasoning(reply, answer) ? { reasoning_content: thinkingSummary.join("") } : {}),
    refusal: null,
    annotations: [],
  };
  if (calls.length === 0) return message;
  const toolCalls = calls.map((block, index) => ({
    id: callId(reply, choice, index),
    type: "function",
    function: { name: block.toolName, arguments: block.pieces.join("") },
  }));
  const { refusal, annotations, ...shown } = message;
  return { ...shown, tool_calls: toolCalls, refusal, annotations };
}

function showsReasoning(reply: ChatReply, answer: Answer): boolean {
  return reply.question.showsReasoning && answer.reasoningTokens > 0;
}

/** `chat.completion`, as platform.openai.com/docs/api-reference/chat/object shows it. */
export function renderWhole(reply: ChatReply): string {
  const { question, answers, behaviour } = reply;
  const choices = answers.map((answer, index) => ({
    index,
    message: messageOf(reply, answer, index),
    logprobs: question.logprobs
      ? {
          content: answer.blocks.flatMap((block) => (block.type === "text" ? block.pieces.map(logprobOf) : [])),
          refusal: null,
        }
      : null,
    finish_reason: finishReason(answer, question),
  }));
  const head = JSON.stringify({
    id: reply.id,
    object: "chat.completion",
    created: Math.floor(reply.setting.nowMs / 1_000),
    model: question.model.snapshot,
    choices,
  });
  const usage = behaviour.noUsage === true ? "" : `,"usage":${usageJson(reply)}`;
  const tail =
    reply.setting.ownModel === null
      ? `"service_tier":"default","system_fingerprint":"${fingerprint}"`
      : '"service_tier":null,"system_fingerprint":null,"prompt_logprobs":null,"kv_transfer_params":null';
  return `${head.slice(0, -1)}${usage},${tail}}`;
}

/** One piece of a stream before framing: the delta as JSON text, and the tokens it stands for. */
interface Delta {
  readonly choice: number;
  readonly json: string;
  readonly tokens: number;
  readonly logprobs: string;
  readonly finish: string | null;
  readonly isContent: boolean;
}

function deltasOf(reply: ChatReply, answer: Answer, choice: number): Delta[] {
  const plain = (json: string, tokens: number): Delta => ({
    choice,
    json,
    tokens,
    logprobs: "null",
    finish: null,
    isContent: false,
  });
  const callsTools = answer.blocks.some((block) => block.type === "tool-call");
  const deltas: Delta[] = [
    plain(`{"role":"assistant","content":${callsTools ? "null" : '""'},"refusal":null}`, answer.reasoningTokens),
  ];
  if (showsReasoning(reply, answer)) {
    for (const text of thinkingSummary) deltas.push(plain(JSON.stringify({ reasoning_content: text }), 0));
  }
  let call = 0;
  for (const block of answer.blocks) {
    if (block.type === "text") for (const piece of block.pieces) deltas.push(textDelta(reply, choice, piece));
    else deltas.push(...toolDeltas(reply, block, choice, call++));
  }
  deltas.push({ ...plain("{}", 0), finish: finishReason(answer, reply.question) });
  return deltas;
}

function textDelta(reply: ChatReply, choice: number, piece: string): Delta {
  const logprobs = reply.question.logprobs ? JSON.stringify({ content: [logprobOf(piece)], refusal: null }) : "null";
  return { choice, json: `{"content":${JSON.stringify(piece)}}`, tokens: 1, logprobs, finish: null, isContent: true };
}

function toolDeltas(reply: ChatReply, block: AnswerBlock, choice: number, index: number): Delta[] {
  const start = {
    index,
    id: callId(reply, choice, index),
    type: "function",
    function: { name: block.toolName, arguments: "" },
  };
  const delta = (call: object, tokens: number): Delta => ({
    choice,
    json: JSON.stringify({ tool_calls: [call] }),
    tokens,
    logprobs: "null",
    finish: null,
    isContent: true,
  });
  return [delta(start, 4), ...block.pieces.map((piece) => delta({ index, function: { arguments: piece } }, 1))];
}

/** Alternatives come interleaved, one delta of each in turn. */
function interleave(lists: readonly (readonly Delta[])[]): readonly Delta[] {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only;
  const longest = Math.max(...lists.map((list) => list.length));
  const mixed: Delta[] = [];
  for (let at = 0; at < longest; at++) {
    for (const list of lists) {
      const delta = list[at];
      if (delta !== undefined) mixed.push(delta);
    }
  }
  return mixed;
}

/** `chat.completion.chunk` events, the usage chunk where asked for, and `[DONE]`. */
export function renderStream(reply: ChatReply): readonly Piece[] {
  const { question, setting } = reply;
  const head = JSON.stringify({
    id: reply.id,
    object: "chat.completion.chunk",
    created: Math.floor(setting.nowMs / 1_000),
    model: question.model.snapshot,
    ...(setting.ownModel === null ? { service_tier: "default", system_fingerprint: fingerprint } : {}),
  }).slice(0, -1);
  const obfuscate = question.obfuscate && setting.ownModel === null;
  const withUsage = question.includeUsage && reply.behaviour.noUsage !== true;
  const nullUsage = question.includeUsage ? ',"usage":null' : "";
  const pieces: Piece[] = [];
  let generated = 0;
  for (const delta of interleave(reply.answers.map((answer, index) => deltasOf(reply, answer, index)))) {
    generated += delta.tokens;
    const finish = delta.finish === null ? "null" : `"${delta.finish}"`;
    // Random-looking filling that makes chunks alike in size; callers can switch it off.
    const obfuscation = obfuscate ? `,"obfuscation":"${"k3Vw9sQx7Lb2".slice(0, 12 - (delta.json.length % 12))}"` : "";
    pieces.push({
      text: `data: ${head},"choices":[{"index":${delta.choice},"delta":${delta.json},"logprobs":${delta.logprobs},"finish_reason":${finish}}]${nullUsage}${obfuscation}}\n\n`,
      generated,
      isContent: delta.isContent,
      isUsage: false,
    });
  }
  if (withUsage) {
    const obfuscation = obfuscate ? ',"obfuscation":"p"' : "";
    const text = `data: ${head},"choices":[],"usage":${usageJson(reply)}${obfuscation}}\n\n`;
    pieces.push({ text, generated, isContent: false, isUsage: true });
  }
  pieces.push({ text: "data: [DONE]\n\n", generated, isContent: false, isUsage: false });
  return pieces;
}
