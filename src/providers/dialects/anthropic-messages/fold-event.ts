import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { objectOf, parseObject, textOf } from "../json-fields.ts";
import { isToolBlock } from "./content-block.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { mergeUsage, readUsage } from "./read-usage.ts";

/** What later events of a stream need to know of earlier ones. */
export interface FoldState {
  started: boolean;
  usage: JsonValue | undefined;
  /** Blocks whose end still has something to tell, by their position. */
  readonly open: Map<number, OpenBlock>;
}

type OpenBlock =
  /** A server that knows the arguments at once may send them with the start and no delta. */
  | { readonly kind: "call"; input: Readonly<JsonObject> | null }
  | { readonly kind: "thinking"; readonly signature: string | null; ended: boolean };

/** The state at the start of a stream. */
export function startFold(): FoldState {
  return { started: false, usage: undefined, open: new Map() };
}

/** Reads the data of one event into `events`; true when it ended the message. Unknown kinds and data that is no JSON object are passed over. */
export function foldEvent(data: string, state: FoldState, events: StreamEvent[]): boolean {
  const document = parseObject(data);
  if (document === null) return false;
  switch (document["type"]) {
    case "message_start":
      foldMessageStart(document, state, events);
      return false;
    case "content_block_start":
      foldBlockStart(document, state, events);
      return false;
    case "content_block_delta":
      foldBlockDelta(document, state, events);
      return false;
    case "content_block_stop":
      foldBlockStop(positionOf(document), state, events);
      return false;
    case "message_delta":
      foldMessageDelta(document, state, events);
      return false;
    case "error":
      foldError(document, events);
      return false;
    case "message_stop":
      for (const position of state.open.keys()) foldBlockStop(position, state, events);
      events.push({ type: "reply-end" });
      return true;
    default:
      return false;
  }
}

function foldMessageStart(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const message = objectOf(document["message"]);
  // Some gateways repeat the start.
  if (!state.started) {
    const responseId = textOf(message?.["id"]);
    events.push({ type: "reply-start", responseId, servedModel: textOf(message?.["model"]) });
  }
  state.started = true;
  const usage = message?.["usage"];
  if (objectOf(usage) === null) return;
  state.usage = usage;
  events.push({ type: "usage-report", usage: readUsage(usage) });
}

function positionOf(document: Readonly<JsonObject>): number {
  const index = document["index"];
  return typeof index === "number" ? index : 0;
}

function foldBlockStart(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const block = objectOf(document["content_block"]);
  if (block === null) return;
  const index = positionOf(document);
  if (isToolBlock(block)) {
    events.push({ type: "tool-call-start", index, id: textOf(block["id"]) ?? "", name: textOf(block["name"]) ?? "" });
    const input = objectOf(block["input"]);
    state.open.set(index, { kind: "call", input: input !== null && Object.keys(input).length > 0 ? input : null });
  } else if (block["type"] === "thinking") {
    state.open.set(index, { kind: "thinking", signature: textOf(block["signature"]), ended: false });
  } else if (block["type"] === "redacted_thinking") {
    const redacted = textOf(block["data"]);
    if (redacted !== null) events.push({ type: "reasoning-end", signature: null, redacted, id: null });
  }
  const text = textOf(block["text"]);
  if (text !== null) events.push({ type: "text-delta", text });
  const thinking = textOf(block["thinking"]);
  if (thinking !== null) events.push({ type: "reasoning-delta", text: thinking });
}

function foldBlockDelta(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const delta = objectOf(document["delta"]);
  const index = positionOf(document);
  const open = state.open.get(index);
  const text = textOf(delta?.["text"]);
  if (text !== null) events.push({ type: "text-delta", text });
  const thinking = textOf(delta?.["thinking"]);
  if (thinking !== null) events.push({ type: "reasoning-delta", text: thinking });
  const argumentsText = textOf(delta?.["partial_json"]);
  if (argumentsText !== null) {
    if (open?.kind === "call") open.input = null;
    events.push({ type: "tool-call-delta", index, argumentsText });
  }
  const signature = textOf(delta?.["signature"]);
  if (signature !== null) {
    if (open?.kind === "thinking") open.ended = true;
    events.push({ type: "reasoning-end", signature, redacted: null, id: null });
  }
}

function foldBlockStop(index: number, state: FoldState, events: StreamEvent[]): void {
  const open = state.open.get(index);
  state.open.delete(index);
  if (open?.kind === "call" && open.input !== null) {
    events.push({ type: "tool-call-delta", index, argumentsText: JSON.stringify(open.input) });
  } else if (open?.kind === "thinking" && !open.ended) {
    events.push({ type: "reasoning-end", signature: open.signature, redacted: null, id: null });
  }
}

function foldMessageDelta(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  state.usage = mergeUsage(state.usage, document["usage"]);
  if (objectOf(document["usage"]) !== null) events.push({ type: "usage-report", usage: readUsage(state.usage) });
  const delta = objectOf(document["delta"]);
  const reason = finishReasonOf(delta?.["stop_reason"]);
  if (reason === null) return;
  const stopSequence = textOf(delta?.["stop_sequence"]);
  events.push({ type: "finish", reason, ...(stopSequence === null ? {} : { stopSequence }) });
}

function foldError(document: Readonly<JsonObject>, events: StreamEvent[]): void {
  const error = objectOf(document["error"]);
  const kind = textOf(error?.["type"]);
  const message = textOf(error?.["message"]) ?? "unknown error";
  events.push({ type: "stream-error", message, ...(kind === null ? {} : { kind }) });
}
