import type { Behaviour } from "../behaviour.ts";
import { idText } from "../id-text.ts";
import type { CountedTokens } from "../invoice.ts";
import type { Answer, AnswerBlock } from "../plan-answer.ts";
import type { CallSetting, Piece } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { thinkingSummary } from "../thinking-summary.ts";
import type { MessagesQuestion } from "./read-question.ts";

/** Everything that both forms of a reply need. */
export interface MessagesReply {
  readonly id: string;
  readonly question: MessagesQuestion;
  readonly answer: Answer;
  readonly prompt: CountedTokens;
  readonly setting: CallSetting;
  readonly behaviour: Behaviour;
}

/** `stop_reason` in Anthropic's words. */
function stopReason(answer: Answer): string {
  switch (answer.finish) {
    case "tool-calls":
      return "tool_use";
    case "length":
      return "max_tokens";
    case "stop-sequence":
      return "stop_sequence";
    case "stop":
      return "end_turn";
  }
}

/** Counts of the prompt: `input_tokens` is what neither came from the cache nor went into it. */
function inputUsage(prompt: CountedTokens): Readonly<Record<string, unknown>> {
  return {
    input_tokens: prompt.input,
    cache_creation_input_tokens: prompt.cacheWrite5m + prompt.cacheWrite1h,
    cache_read_input_tokens: prompt.cacheRead,
  };
}

/** Writes by lifetime; a whole message and `message_start` tell them, `message_delta` does not. */
function writesUsage(prompt: CountedTokens): Readonly<Record<string, unknown>> {
  return {
    cache_creation: {
      ephemeral_5m_input_tokens: prompt.cacheWrite5m,
      ephemeral_1h_input_tokens: prompt.cacheWrite1h,
    },
  };
}

const servedAs = { service_tier: "standard", inference_geo: "global" };

function outputUsage(reply: MessagesReply): Readonly<Record<string, unknown>> {
  const { answer, question } = reply;
  const details = question.thinks ? { output_tokens_details: { thinking_tokens: answer.reasoningTokens } } : {};
  return { output_tokens: answer.reasoningTokens + answer.outputTokens, ...details };
}

function usageText(reply: MessagesReply, usage: object): string {
  const json = JSON.stringify(usage);
  return reply.behaviour.badUsage === undefined ? json : spoilUsage(json, reply.behaviour.badUsage);
}

function toolId(reply: MessagesReply, index: number): string {
  return idText("toolu_01", 22, reply.setting.seed + index + 1, reply.setting.number);
}

function signature(reply: MessagesReply): string {
  return idText("EqQB", 60, reply.setting.seed, reply.setting.number);
}

function redactedBlock(reply: MessagesReply): object {
  return { type: "redacted_thinking", data: idText("EmwK", 120, reply.setting.seed, reply.setting.number) };
}

function contentOf(reply: MessagesReply): object[] {
  const content: object[] = [];
  if (reply.answer.reasoningTokens > 0) {
    const shown = { type: "thinking", thinking: thinkingSummary.join(""), signature: signature(reply) };
    content.push(reply.question.redacts ? redactedBlock(reply) : shown);
  }
  for (const [index, block] of reply.answer.blocks.entries()) {
    const text = block.pieces.join("");
    if (block.type === "text") content.push({ type: "text", text });
    else content.push({ type: "tool_use", id: toolId(reply, index), name: block.toolName, input: inputOf(text) });
  }
  return content;
}

/** Arguments that `max_tokens` cut apart are no JSON any more; the API then shows what it has as an empty object. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** A whole `message` (docs.claude.com/en/api/messages). */
export function renderWhole(reply: MessagesReply): string {
  const { question, answer, behaviour } = reply;
  const head = JSON.stringify({
    id: reply.id,
    type: "message",
    role: "assistant",
    model: question.model.snapshot,
    content: contentOf(reply),
    stop_reason: stopReason(answer),
    stop_sequence: answer.stopSequence,
  });
  if (behaviour.noUsage === true) return head;
  const usage = { ...inputUsage(reply.prompt), ...writesUsage(reply.prompt), ...outputUsage(reply), ...servedAs };
  return `${head.slice(0, -1)},"usage":${usageText(reply, usage)}}`;
}

/** Collects the events of one stream. */
class StreamWriter {
  readonly pieces: Piece[] = [];
  #generated = 0;

  event(name: string, data: string, tokens = 0, isContent = false, isUsage = false): void {
    this.#generated += tokens;
    this.pieces.push({ text: `event: ${name}\ndata: ${data}\n\n`, generated: this.#generated, isContent, isUsage });
  }

  blockStart(index: number, block: object, tokens = 0): void {
    this.event(
      "content_block_start",
      JSON.stringify({ type: "content_block_start", index, content_block: block }),
      tokens,
    );
  }

  delta(index: number, delta: string, tokens: number): void {
    // The API pads its deltas with spaces, so that their sizes tell less; they are legal JSON.
    const padding = " ".repeat((delta.length * 7) % 16);
    const data = `{"type":"content_block_delta","index":${index},"delta":${delta}${padding}}`;
    this.event("content_block_delta", data, tokens, true);
  }

  blockStop(index: number): void {
    this.event("content_block_stop", `{"type":"content_block_stop","index":${index}}`);
  }
}

function writeStart(writer: StreamWriter, reply: MessagesReply): void {
  const message = JSON.stringify({
    id: reply.id,
    type: "message",
    role: "assistant",
    model: reply.question.model.snapshot,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  });
  // The API has produced a token or so by then; the count is not final and the last message_delta replaces it.
  const first = Math.min(1, reply.answer.reasoningTokens + reply.answer.outputTokens);
  const prompt = { ...inputUsage(reply.prompt), ...writesUsage(reply.prompt) };
  const usage = usageText(reply, { ...prompt, output_tokens: first, ...servedAs });
  const withUsage = reply.behaviour.noUsage === true ? message : `${message.slice(0, -1)},"usage":${usage}}`;
  writer.event("message_start", `{"type":"message_start","message":${withUsage}}`);
}

function writeThinking(writer: StreamWriter, reply: MessagesReply): void {
  if (reply.question.redacts) {
    // Comes whole: nobody can read it while it is written.
    writer.blockStart(0, redactedBlock(reply), reply.answer.reasoningTokens);
    return writer.blockStop(0);
  }
  writer.blockStart(0, { type: "thinking", thinking: "", signature: "" });
  for (const [at, text] of thinkingSummary.entries()) {
    // All thoughts are over before the first of them is shown; so is their cost.
    const tokens = at === 0 ? reply.answer.reasoningTokens : 0;
    writer.delta(0, JSON.stringify({ type: "thinking_delta", thinking: text }), tokens);
  }
  writer.delta(0, JSON.stringify({ type: "signature_delta", signature: signature(reply) }), 0);
  writer.blockStop(0);
}

/** A text or arguments, a few tokens at a time, as the API sends them. */
function writePieces(writer: StreamWriter, index: number, block: AnswerBlock): void {
  const [type, field] = block.type === "text" ? ["text_delta", "text"] : ["input_json_delta", "partial_json"];
  for (let at = 0; at < block.pieces.length;) {
    const size = 1 + ((at * 5 + 3) % 4);
    const group = block.pieces.slice(at, at + size);
    writer.delta(index, `{"type":"${type}","${field}":${JSON.stringify(group.join(""))}}`, group.length);
    at += size;
  }
}

/** The events of a stream (docs.claude.com/en/docs/build-with-claude/streaming), with one ping after the first block's start. */
export function renderStream(reply: MessagesReply): readonly Piece[] {
  const { answer, behaviour } = reply;
  const writer = new StreamWriter();
  writeStart(writer, reply);
  let index = 0;
  const ping = (): void => writer.event("ping", '{"type": "ping"}');
  if (answer.reasoningTokens > 0) {
    ping();
    writeThinking(writer, reply);
    index += 1;
  }
  for (const [at, block] of answer.blocks.entries()) {
    if (block.type === "text") {
      writer.blockStart(index, { type: "text", text: "" });
      if (index === 0) ping();
    } else {
      writer.blockStart(index, { type: "tool_use", id: toolId(reply, at), name: block.toolName, input: {} }, 4);
      if (index === 0) ping();
      writer.delta(index, '{"type":"input_json_delta","partial_json":""}', 0);
    }
    writePieces(writer, index, block);
    writer.blockStop(index);
    index += 1;
  }
  const delta = JSON.stringify({ stop_reason: stopReason(answer), stop_sequence: answer.stopSequence });
  const usage = usageText(reply, { ...inputUsage(reply.prompt), ...outputUsage(reply) });
  const withUsage = behaviour.noUsage === true ? "" : `,"usage":${usage}`;
  writer.event(
    "message_delta",
    `{"type":"message_delta","delta":${delta}${withUsage}}`,
    0,
    false,
    behaviour.noUsage !== true,
  );
  writer.event("message_stop", '{"type":"message_stop"}');
  return writer.pieces;
}
