import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { objectOf, textOf } from "../json-fields.ts";
import { callNumberOf, type FoldState, pushRemainder, pushText } from "./fold-state.ts";
import {
  contentTextOf,
  isToolItem,
  reasoningProofOf,
  reasoningTextOf,
  summarySeparator,
  waitsForCaller,
} from "./item-facts.ts";

/** The place in the output that an event is about. */
export function placeOf(document: Readonly<JsonObject>): number {
  const place = document["output_index"];
  return typeof place === "number" ? place : 0;
}

/** `response.output_item.added`. */
export function foldItemAdded(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const item = objectOf(document["item"]);
  if (item !== null) beginItem(item, placeOf(document), state, events);
}

function beginItem(item: Readonly<JsonObject>, place: number, state: FoldState, events: StreamEvent[]): void {
  if (state.begun.has(place)) return;
  state.begun.add(place);
  if (!isToolItem(item)) return;
  state.called ||= waitsForCaller(item);
  if (state.translating && item["type"] !== "function_call") return;
  const id = textOf(item["call_id"]) ?? textOf(item["id"]) ?? "";
  const name = textOf(item["name"]) ?? textOf(item["type"]) ?? "";
  events.push({ type: "tool-call-start", index: callNumberOf(state, place), id, name });
}

/** `response.output_item.done`: the whole item. */
export function foldItemDone(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const item = objectOf(document["item"]);
  if (item !== null) completeItem(item, placeOf(document), state, events);
}

/** Gives what is still missing of an item. */
export function completeItem(item: Readonly<JsonObject>, place: number, state: FoldState, events: StreamEvent[]): void {
  beginItem(item, place, state, events);
  const type = item["type"];
  if (type === "message") {
    pushRemainder(state, place, "text", contentTextOf(item, "text"), events);
    const refusal = contentTextOf(item, "refusal");
    state.refused ||= refusal !== "";
    pushRemainder(state, place, "refusal", refusal, events);
  } else if (type === "function_call") {
    pushRemainder(state, place, "arguments", textOf(item["arguments"]) ?? "", events);
  } else if (type === "reasoning") {
    const streamed = state.reasoningKinds.has(place);
    if (!streamed) pushRemainder(state, place, "reasoning", reasoningTextOf(item), events);
    events.push({ type: "reasoning-end", ...reasoningProofOf(item) });
  }
}

/** `response.reasoning_summary_part.added`: every part but the first is set off from the one before. */
export function foldSummaryPart(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const index = document["summary_index"];
  if (typeof index !== "number" || index === 0) return;
  pushReasoning(document, state, "summary", summarySeparator, events);
}

/** A piece of thinking, shown as a summary or as itself. */
export function pushReasoning(
  document: Readonly<JsonObject>,
  state: FoldState,
  kind: "summary" | "content",
  text: string | null,
  events: StreamEvent[],
): void {
  const place = placeOf(document);
  const known = state.reasoningKinds.get(place) ?? kind;
  state.reasoningKinds.set(place, known);
  if (known === kind) pushText(state, place, "reasoning", text, events);
}
