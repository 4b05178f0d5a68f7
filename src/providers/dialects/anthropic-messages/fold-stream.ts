import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { foldEvents } from "../fold-events.ts";
import { objectOf, parseObject, textOf } from "../json-fields.ts";
import { isToolBlock } from "./content-block.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { mergeUsage, readUsage } from "./read-usage.ts";

/** Every event of a message stream. Unknown kinds and data that is no JSON object are passed over; `message_stop` ends the reading. */
export function foldStream(bytes: Uint8Array): readonly StreamEvent[] {
  let usage: JsonValue | undefined;
  return foldEvents(bytes, (data, events) => {
    const document = parseObject(data);
    if (document === null) return false;
    const type = document["type"];
    if (type === "message_start") usage = foldMessageStart(document, events);
    else if (type === "content_block_start") foldBlockStart(document, events);
    else if (type === "content_block_delta") foldBlockDelta(document, events);
    else if (type === "message_delta") usage = foldMessageDelta(document, usage, events);
    else if (type === "error") foldError(document, events);
    else if (type === "message_stop") {
      events.push({ type: "reply-end" });
      return true;
    }
    return false;
  });
}

function foldMessageStart(document: Readonly<JsonObject>, events: StreamEvent[]): JsonValue | undefined {
  const message = objectOf(document["message"]);
  const responseId = textOf(message?.["id"]);
  events.push({ type: "reply-start", responseId, servedModel: textOf(message?.["model"]) });
  const usage = message?.["usage"];
  if (objectOf(usage) !== null) events.push({ type: "usage-report", usage: readUsage(usage) });
  return usage;
}

function positionOf(document: Readonly<JsonObject>): number {
  const index = document["index"];
  return typeof index === "number" ? index : 0;
}

function foldBlockStart(document: Readonly<JsonObject>, events: StreamEvent[]): void {
  const block = objectOf(document["content_block"]);
  if (block === null) return;
  if (isToolBlock(block)) {
    const id = textOf(block["id"]) ?? "";
    events.push({ type: "tool-call-start", index: positionOf(document), id, name: textOf(block["name"]) ?? "" });
  }
  const text = textOf(block["text"]);
  if (text !== null) events.push({ type: "text-delta", text });
}

function foldBlockDelta(document: Readonly<JsonObject>, events: StreamEvent[]): void {
  const delta = objectOf(document["delta"]);
  const text = textOf(delta?.["text"]);
  if (text !== null) events.push({ type: "text-delta", text });
  const thinking = textOf(delta?.["thinking"]);
  if (thinking !== null) events.push({ type: "reasoning-delta", text: thinking });
  const argumentsText = textOf(delta?.["partial_json"]);
  if (argumentsText !== null) events.push({ type: "tool-call-delta", index: positionOf(document), argumentsText });
}

function foldMessageDelta(
  document: Readonly<JsonObject>,
  earlier: JsonValue | undefined,
  events: StreamEvent[],
): JsonValue | undefined {
  const usage = mergeUsage(earlier, document["usage"]);
  if (objectOf(document["usage"]) !== null) events.push({ type: "usage-report", usage: readUsage(usage) });
  const reason = finishReasonOf(objectOf(document["delta"])?.["stop_reason"]);
  if (reason !== null) events.push({ type: "finish", reason });
  return usage;
}

function foldError(document: Readonly<JsonObject>, events: StreamEvent[]): void {
  events.push({ type: "stream-error", message: textOf(objectOf(document["error"])?.["message"]) ?? "unknown error" });
}
