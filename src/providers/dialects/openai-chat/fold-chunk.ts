import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { arrayOf, objectOf, textOf } from "../json-fields.ts";
import { countOf } from "../read-count.ts";
import { readSignature } from "./call-signature.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { readReasoningItem, shownReasoning } from "./reasoning-details.ts";
import { readUsage } from "./read-usage.ts";

/** What later chunks of one stream need to know of earlier ones. */
export interface FoldState {
  readonly quirks: Quirks | undefined;
  started: boolean;
  refused: boolean;
  /** The thinking comes as a text of its own, so that details beside it only repeat it. */
  showsReasoning: boolean;
  tier: JsonValue | undefined;
}

/** The state before the first chunk. */
export function startFold(quirks?: Quirks): FoldState {
  return { quirks, started: false, refused: false, showsReasoning: false, tier: undefined };
}

/** Adds the events of one chunk. */
export function foldChunk(chunk: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  state.started ||= foldStart(chunk, events);
  state.tier = chunk["service_tier"] ?? state.tier;
  for (const item of arrayOf(chunk["choices"])) {
    const choice = objectOf(item);
    const delta = objectOf(choice?.["delta"]);
    if (delta !== null) foldDelta(delta, state, events);
    foldFinish(choice?.["finish_reason"], state.refused, events);
  }
  foldUsage(chunk, state, events);
  foldError(chunk, events);
}

/** True once the reply has a name: Azure's first chunk, about its filters, has neither id nor model. */
function foldStart(chunk: Readonly<JsonObject>, events: StreamEvent[]): boolean {
  const responseId = textOf(chunk["id"]);
  const servedModel = textOf(chunk["model"]);
  if (responseId === null && servedModel === null) return false;
  const createdAtS = createdAtSOf(chunk);
  events.push({ type: "reply-start", responseId, servedModel, ...(createdAtS === null ? {} : { createdAtS }) });
  return true;
}

/** When a reply or chunk says that it was made, in seconds; null where it does not or tells nonsense. */
export function createdAtSOf(document: Readonly<JsonObject>): number | null {
  const created = document["created"];
  return typeof created === "number" && !Number.isNaN(countOf(created)) ? created : null;
}

function foldDelta(delta: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const text = textOf(delta["content"]);
  if (text !== null) events.push({ type: "text-delta", text });
  const refusal = textOf(delta["refusal"]);
  if (refusal !== null) {
    state.refused = true;
    events.push({ type: "refusal-delta", text: refusal });
  }
  foldReasoning(delta, state, events);
  for (const item of arrayOf(delta["tool_calls"])) foldToolCall(objectOf(item), events);
  const call = objectOf(delta["function_call"]);
  if (call !== null) foldToolCall({ function: { ...call } }, events);
}

/**
 * A detail closes a piece of thinking when it brings what proves it, or when it comes alone in a stream that shows the
 * thinking as a text of its own. OpenRouter repeats each piece of that text in a detail beside it; those say nothing new.
 */
function foldReasoning(delta: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const shown = shownReasoning(delta);
  if (shown !== null) {
    state.showsReasoning = true;
    events.push({ type: "reasoning-delta", text: shown });
  }
  for (const value of arrayOf(delta["reasoning_details"])) {
    const detail = objectOf(value);
    const item = detail === null ? null : readReasoningItem(detail);
    if (item === null) continue;
    const { text, signature, redacted, id } = item;
    if (text !== null && !state.showsReasoning) events.push({ type: "reasoning-delta", text });
    const comesAlone = state.showsReasoning && shown === null;
    if (signature !== null || redacted !== null || comesAlone) {
      events.push({ type: "reasoning-end", signature, redacted, id });
    }
  }
}

function foldToolCall(call: Readonly<JsonObject> | null, events: StreamEvent[]): void {
  if (call === null) return;
  const position = call["index"];
  const index = typeof position === "number" ? position : 0;
  const target = objectOf(call["function"]);
  const id = textOf(call["id"]);
  const name = textOf(target?.["name"]);
  if (id !== null || name !== null) {
    events.push({ type: "tool-call-start", index, id: id ?? "", name: name ?? "", ...readSignature(call) });
  }
  const argumentsText = textOf(target?.["arguments"]);
  if (argumentsText !== null) events.push({ type: "tool-call-delta", index, argumentsText });
}

function foldFinish(value: JsonValue | undefined, refused: boolean, events: StreamEvent[]): void {
  const reason = finishReasonOf(value, refused);
  if (reason !== null) events.push({ type: "finish", reason });
}

function foldUsage(chunk: Readonly<JsonObject>, { tier, quirks }: FoldState, events: StreamEvent[]): void {
  if (objectOf(chunk["usage"]) === null) return;
  events.push({ type: "usage-report", usage: readUsage(chunk["usage"], tier, quirks) });
}

/** The clients raise on any chunk with an `error`, whatever its shape. */
function foldError(chunk: Readonly<JsonObject>, events: StreamEvent[]): void {
  const error = chunk["error"];
  if (error === undefined || error === null || error === false) return;
  const members = objectOf(error);
  const message = textOf(members?.["message"]) ?? textOf(error) ?? "unknown error";
  const kind = textOf(members?.["type"]) ?? textOf(members?.["code"]);
  events.push({ type: "stream-error", message, ...(kind === null ? {} : { kind }) });
}
