import { Buffer } from "node:buffer";
import type { StreamObserver } from "../../../spec/dialect.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { foldEvents } from "../fold-events.ts";
import { arrayOf, objectOf, parseObject, textOf } from "../json-fields.ts";
import { finishReasonOf } from "../openai-chat/finish-reason.ts";
import { readUsage } from "../openai-chat/read-usage.ts";
import { createStreamObserver, type StreamRules } from "../observe-stream.ts";

/** Every event of a legacy completion stream; `[DONE]` ends the reading. */
export function foldStream(bytes: Uint8Array): readonly StreamEvent[] {
  let started = false;
  return foldEvents(bytes, (data, events) => {
    if (isDone(data)) {
      events.push({ type: "reply-end" });
      return true;
    }
    const chunk = parseObject(data);
    if (chunk === null) return false;
    if (!started) {
      started = true;
      events.push({ type: "reply-start", responseId: textOf(chunk["id"]), servedModel: textOf(chunk["model"]) });
    }
    for (const choice of arrayOf(chunk["choices"])) foldChoice(objectOf(choice), events);
    if (objectOf(chunk["usage"]) !== null) {
      events.push({ type: "usage-report", usage: readUsage(chunk["usage"], chunk["service_tier"]) });
    }
    foldError(chunk, events);
    return false;
  });
}

function foldChoice(choice: Readonly<JsonObject> | null, events: StreamEvent[]): void {
  const text = textOf(choice?.["text"]);
  if (text !== null) events.push({ type: "text-delta", text });
  const reason = finishReasonOf(choice?.["finish_reason"], false);
  if (reason !== null) events.push({ type: "finish", reason });
}

function foldError(chunk: Readonly<JsonObject>, events: StreamEvent[]): void {
  const error = chunk["error"];
  if (error === undefined || error === null || error === false) return;
  const message = textOf(objectOf(error)?.["message"]) ?? textOf(error) ?? "unknown error";
  events.push({ type: "stream-error", message });
}

function isDone(data: string): boolean {
  return data.startsWith("[DONE]");
}

const rules: StreamRules = {
  terminalMark: Buffer.from("[DONE]"),
  isTerminal: isDone,
  usageMark: Buffer.from("[]"),
  isUsageChunk: (data) => {
    const chunk = parseObject(data);
    return chunk !== null && objectOf(chunk["usage"]) !== null && arrayOf(chunk["choices"]).length === 0;
  },
  foldStream,
};

/** Watches one legacy completion stream. */
export function observeStream(dropUsageChunk: boolean): StreamObserver {
  return createStreamObserver(rules, dropUsageChunk);
}
