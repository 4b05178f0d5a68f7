import { toolCallOverhead, type AnswerBlock } from "../plan-answer.ts";
import type { Piece } from "../prepared-reply.ts";
import { thinkingSummary } from "../thinking-summary.ts";
import { blockItem, finalStatus, reasoningItem, summaryPart, textPart } from "./render-items.ts";
import { failure, finalStatusOf, renderResponse, type ResponsesReply } from "./render-response.ts";

/** One event: its type is its name too, and every one carries its number. */
function eventText(type: string, sequence: number, rest: string): string {
  return `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence},${rest}}\n\n`;
}

type Fields = Readonly<Record<string, unknown>>;

/** Collects the events of one stream. */
class EventWriter {
  readonly pieces: Piece[] = [];
  readonly #obfuscate: boolean;
  #generated = 0;

  constructor(obfuscate: boolean) {
    this.#obfuscate = obfuscate;
  }

  event(type: string, fields: Fields, tokens = 0): void {
    this.#push(type, JSON.stringify(fields).slice(1, -1), tokens, false, false);
  }

  /** A delta, with the filling that makes deltas alike in size. */
  delta(type: string, fields: Fields & { readonly delta: string }, tokens: number, isContent: boolean): void {
    const filling = "k3Vw9sQx7Lb2pR5t".slice(0, 16 - (fields.delta.length % 16));
    const all = this.#obfuscate ? { ...fields, obfuscation: filling } : fields;
    this.#push(type, JSON.stringify(all).slice(1, -1), tokens, isContent, false);
  }

  /** An event that carries the whole object. */
  response(type: string, json: string, isUsage = false): void {
    this.#push(type, `"response":${json}`, 0, false, isUsage);
  }

  #push(type: string, rest: string, tokens: number, isContent: boolean, isUsage: boolean): void {
    this.#generated += tokens;
    const text = eventText(type, this.pieces.length, rest);
    this.pieces.push({ text, generated: this.#generated, isContent, isUsage });
  }
}

/** All thoughts are over before the first of them is shown; so is their cost. */
function writeReasoning(writer: EventWriter, reply: ResponsesReply): void {
  const output_index = 0;
  const started = reasoningItem(reply, false) as { readonly id: string };
  writer.event("response.output_item.added", { output_index, item: started }, reply.answer.reasoningTokens);
  if (reply.question.summarises) {
    const at = { item_id: started.id, output_index, summary_index: 0 };
    writer.event("response.reasoning_summary_part.added", { ...at, part: summaryPart("") });
    for (const delta of thinkingSummary) {
      writer.delta("response.reasoning_summary_text.delta", { ...at, delta }, 0, false);
    }
    writer.event("response.reasoning_summary_text.done", { ...at, text: thinkingSummary.join("") });
    writer.event("response.reasoning_summary_part.done", { ...at, part: summaryPart() });
  }
  writer.event("response.output_item.done", { output_index, item: reasoningItem(reply, true) });
}

function writeText(writer: EventWriter, block: AnswerBlock, itemId: string, output_index: number): void {
  const text = block.pieces.join("");
  const at = { item_id: itemId, output_index, content_index: 0 };
  writer.event("response.content_part.added", { ...at, part: textPart("") });
  for (const delta of block.pieces) {
    writer.delta("response.output_text.delta", { ...at, delta, logprobs: [] }, 1, true);
  }
  writer.event("response.output_text.done", { ...at, text, logprobs: [] });
  writer.event("response.content_part.done", { ...at, part: textPart(text) });
}

function writeArguments(writer: EventWriter, block: AnswerBlock, itemId: string, output_index: number): void {
  const at = { item_id: itemId, output_index };
  for (const delta of block.pieces) {
    writer.delta("response.function_call_arguments.delta", { ...at, delta }, 1, true);
  }
  writer.event("response.function_call_arguments.done", { ...at, arguments: block.pieces.join("") });
}

/** The events of a stream, in the order of platform.openai.com/docs/api-reference/responses-streaming. */
export function renderStream(reply: ResponsesReply): readonly Piece[] {
  const { answer, question, behaviour } = reply;
  const writer = new EventWriter(question.obfuscate);
  writer.response("response.created", renderResponse(reply, "in_progress"));
  writer.response("response.in_progress", renderResponse(reply, "in_progress"));
  const first = answer.reasoningTokens > 0 ? 1 : 0;
  if (first === 1) writeReasoning(writer, reply);
  for (const [index, block] of answer.blocks.entries()) {
    const output_index = first + index;
    const item = blockItem(reply, block, index, "in_progress", null) as { readonly id: string };
    const isText = block.type === "text";
    writer.event("response.output_item.added", { output_index, item }, isText ? 0 : toolCallOverhead);
    if (isText) writeText(writer, block, item.id, output_index);
    else writeArguments(writer, block, item.id, output_index);
    const done = blockItem(reply, block, index, finalStatus(reply, index), block.pieces.join(""));
    writer.event("response.output_item.done", { output_index, item: done });
  }
  const status = finalStatusOf(reply);
  writer.response(`response.${status}`, renderResponse(reply, status), behaviour.noUsage !== true);
  return writer.pieces;
}

/** How a stream ends that fails after it has begun: an `error` event, and the failed response behind it. */
export function renderFailure(reply: ResponsesReply, eventsSent: number): string {
  const error = JSON.stringify({ type: failure.code, code: failure.code, message: failure.message, param: null });
  return (
    eventText("error", eventsSent, `"error":${error}`) +
    eventText("response.failed", eventsSent + 1, `"response":${renderResponse(reply, "failed")}`)
  );
}
