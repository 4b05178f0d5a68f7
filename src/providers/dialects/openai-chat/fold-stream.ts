import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { foldEvents } from "../fold-events.ts";
import { arrayOf, objectOf, parseObject, textOf } from "../json-fields.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { readUsage } from "./read-usage.ts";

/** Every event of a chat completion stream. Chunks that are not JSON objects are passed over; `[DONE]` ends the reading. */
export function foldStream(bytes: Uint8Array): readonly StreamEvent[] {
  const state: FoldState = { started: false, refused: false, tier: undefined };
  return foldEvents(bytes, (data, events) => {
    if (isDone(data)) {
      events.push({ type: "reply-end" });
      return true;
    }
    const chunk = parseObject(data);
    if (chunk !== null) foldChunk(chunk, state, events);
    return false;
  });
}

/** What later chunks need to know of earlier ones. */
interface FoldState {
  started: boolean;
  refused: boolean;
  tier: JsonValue | undefined;
}

function foldChunk(chunk: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  state.started ||= foldStart(chunk, events);
  state.tier = chunk["service_tier"] ?? state.tier;
  for (const item of arrayOf(chunk["choices"])) {
    const choice = objectOf(item);
    const delta = objectOf(choice?.["delta"]);
    state.refused ||= textOf(delta?.["refusal"]) !== null;
    if (delta !== null) foldDelta(delta, events);
    foldFinish(choice?.["finish_reason"], state.refused, events);
  }
  foldUsage(chunk, state.tier, events);
  foldError(chunk, events);
}

/** True for the data of the terminal event. */
export function isDone(data: string): boolean {
  return data.startsWith("[DONE]");
}

/** True once the reply has a name: Azure's first chunk, about its filters, has neither id nor model. */
function foldStart(chunk: Readonly<JsonObject>, events: StreamEvent[]): boolean {
  const responseId = textOf(chunk["id"]);
  const servedModel = textOf(chunk["model"]);
  if (responseId === null && servedModel === null) return false;
  events.push({ type: "reply-start", responseId, servedModel });
  return true;
}

function foldDelta(delta: Readonly<JsonObject>, events: StreamEvent[]): void {
  const text = textOf(delta["content"]);
  if (text !== null) events.push({ type: "text-delta", text });
  const refusal = textOf(delta["refusal"]);
  if (refusal !== null) events.push({ type: "text-delta", text: refusal });
  // DeepSeek, vLLM and xAI say `reasoning_content`, OpenRouter and Groq `reasoning`; some send both with one text.
  const reasoning = textOf(delta["reasoning_content"]) ?? textOf(delta["reasoning"]);
  if (reasoning !== null) events.push({ type: "reasoning-delta", text: reasoning });
  for (const item of arrayOf(delta["tool_calls"])) foldToolCall(objectOf(item), events);
  const call = objectOf(delta["function_call"]);
  if (call !== null) foldToolCall({ function: { ...call } }, events);
}

function foldToolCall(call: Readonly<JsonObject> | null, events: StreamEvent[]): void {
  if (call === null) return;
  const position = call["index"];
  const index = typeof position === "number" ? position : 0;
  const target = objectOf(call["function"]);
  const id = textOf(call["id"]);
  const name = textOf(target?.["name"]);
  if (id !== null || name !== null) events.push({ type: "tool-call-start", index, id: id ?? "", name: name ?? "" });
  const argumentsText = textOf(target?.["arguments"]);
  if (argumentsText !== null) events.push({ type: "tool-call-delta", index, argumentsText });
}

function foldFinish(value: JsonValue | undefined, refused: boolean, events: StreamEvent[]): void {
  const reason = finishReasonOf(value, refused);
  if (reason !== null) events.push({ type: "finish", reason });
}

function foldUsage(chunk: Readonly<JsonObject>, tier: JsonValue | undefined, events: StreamEvent[]): void {
  if (objectOf(chunk["usage"]) === null) return;
  events.push({ type: "usage-report", usage: readUsage(chunk["usage"], tier) });
}

/** The clients raise on any chunk with an `error`, whatever its shape. */
function foldError(chunk: Readonly<JsonObject>, events: StreamEvent[]): void {
  const error = chunk["error"];
  if (error === undefined || error === null || error === false) return;
  events.push({
    type: "stream-error",
    message: textOf(objectOf(error)?.["message"]) ?? textOf(error) ?? "unknown error",
  });
}
