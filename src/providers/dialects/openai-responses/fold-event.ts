import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { arrayOf, objectOf, textOf } from "../json-fields.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { completeItem, foldItemAdded, foldItemDone, foldSummaryPart, placeOf, pushReasoning } from "./fold-items.ts";
import { type FoldState, pushText, type SeenKind } from "./fold-state.ts";
import { readUsage } from "./read-usage.ts";

/** Reads one kind of event. */
type Fold = (document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]) => void;

/** Events that end a stream, and the status of the response in each. */
const terminalStatuses: ReadonlyMap<string, string> = new Map([
  ["response.completed", "completed"],
  ["response.incomplete", "incomplete"],
  ["response.failed", "failed"],
]);

/** How each kind of event is read (openai-node 7.57, ResponseStreamEvent); the rest repeats what others said. */
const folds: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ["response.created", foldStart],
  ["response.queued", foldStart],
  ["response.in_progress", foldStart],
  ["response.output_item.added", foldItemAdded],
  ["response.output_item.done", foldItemDone],
  ["response.output_text.delta", textFold("text")],
  ["response.refusal.delta", foldRefusal],
  ["response.reasoning_summary_part.added", foldSummaryPart],
  [
    "response.reasoning_summary_text.delta",
    (document, state, events) => foldReasoning("summary", document, state, events),
  ],
  ["response.reasoning_text.delta", (document, state, events) => foldReasoning("content", document, state, events)],
  ["response.function_call_arguments.delta", textFold("arguments")],
  ["response.custom_tool_call_input.delta", foldOtherArguments],
  ["response.mcp_call_arguments.delta", foldOtherArguments],
  ["response.code_interpreter_call_code.delta", foldOtherArguments],
  ["error", (document, state, events) => foldError(objectOf(document["error"]) ?? flatError(document), state, events)],
]);

/** True for the type of an event that ends a stream. */
export function isTerminalType(type: string): boolean {
  return terminalStatuses.has(type);
}

/** Reads one event into `events`; true when it was the terminal one. Unknown kinds are passed over. */
export function foldEvent(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): boolean {
  const type = textOf(document["type"]) ?? "";
  const status = terminalStatuses.get(type);
  if (status === undefined) {
    folds.get(type)?.(document, state, events);
    return false;
  }
  foldEnd(document, status, state, events);
  return true;
}

function foldStart(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  const response = objectOf(document["response"]);
  if (state.started || response === null) return;
  state.started = true;
  const createdAtS = response["created_at"];
  events.push({
    type: "reply-start",
    responseId: textOf(response["id"]),
    servedModel: textOf(response["model"]),
    ...(typeof createdAtS === "number" ? { createdAtS } : {}),
  });
}

function textFold(kind: SeenKind): Fold {
  return (document, state, events) => pushText(state, placeOf(document), kind, textOf(document["delta"]), events);
}

function foldRefusal(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  state.refused = true;
  pushText(state, placeOf(document), "refusal", textOf(document["delta"]), events);
}

function foldReasoning(
  kind: "summary" | "content",
  document: Readonly<JsonObject>,
  state: FoldState,
  events: StreamEvent[],
): void {
  pushReasoning(document, state, kind, textOf(document["delta"]), events);
}

/** What the model writes for tools that no other dialect has. */
function foldOtherArguments(document: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  if (!state.translating) pushText(state, placeOf(document), "arguments", textOf(document["delta"]), events);
}

function foldEnd(document: Readonly<JsonObject>, status: string, state: FoldState, events: StreamEvent[]): void {
  foldStart(document, state, events);
  const response = objectOf(document["response"]) ?? {};
  if (state.translating) completeOutput(response, state, events);
  if (objectOf(response["usage"]) !== null) events.push({ type: "usage-report", usage: readUsage(response) });
  if (status === "failed") foldError(objectOf(response["error"]) ?? {}, state, events);
  const reason = finishReasonOf({ ...response, status }, state);
  if (reason !== null) events.push({ type: "finish", reason });
  events.push({ type: "reply-end" });
}

/** Some servers send items with the end of the response only. */
function completeOutput(response: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  for (const [place, entry] of arrayOf(response["output"]).entries()) {
    const item = objectOf(entry);
    if (item !== null && !state.begun.has(place)) completeItem(item, place, state, events);
  }
}

/** The vendor nests the error of an `error` event, its schema does not; there `type` is the event's own. */
function flatError(document: Readonly<JsonObject>): Readonly<JsonObject> {
  return { message: document["message"] ?? null, code: document["code"] ?? null };
}

/** The vendor says most errors twice: in an `error` event and in the failed response behind it. */
function foldError(error: Readonly<JsonObject>, state: FoldState, events: StreamEvent[]): void {
  if (state.errored) return;
  state.errored = true;
  const kind = textOf(error["type"]) ?? textOf(error["code"]);
  const message = textOf(error["message"]) ?? "unknown error";
  events.push({ type: "stream-error", message, ...(kind === null ? {} : { kind }) });
}
