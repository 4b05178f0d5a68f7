import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { foldEvents } from "../fold-events.ts";
import { parseObject } from "../json-fields.ts";
import { foldChunk, type FoldState, startFold } from "./fold-chunk.ts";

/** Every event of a chat completion stream. Chunks that are not JSON objects are passed over; `[DONE]` ends the reading. */
export function foldStream(bytes: Uint8Array, quirks?: Quirks): readonly StreamEvent[] {
  const state = startFold(quirks);
  return foldEvents(bytes, (data, events) => foldData(data, state, events));
}

/** Adds the events of one SSE event; true when it was the terminal one. */
export function foldData(data: string, state: FoldState, events: StreamEvent[]): boolean {
  if (isDone(data)) {
    events.push({ type: "reply-end" });
    return true;
  }
  const chunk = parseObject(data);
  if (chunk !== null) foldChunk(chunk, state, events);
  return false;
}

/** True for the data of the terminal event. */
export function isDone(data: string): boolean {
  return data.startsWith("[DONE]");
}
