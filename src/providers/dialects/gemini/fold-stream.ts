import { decodeSse } from "../../../kit/sse-decode.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { parseObject } from "../json-fields.ts";
import { foldChunk, mayEnd, newFold } from "./fold-chunk.ts";

/**
 * Every event of a generateContent stream. Data that is no JSON object is passed over. The stream ends with its bytes;
 * where a candidate did not tell why it ended, they were cut.
 */
export function foldStream(bytes: Uint8Array): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const state = newFold();
  for (const { data } of decodeSse(bytes)) {
    const chunk = parseObject(data);
    if (chunk !== null) events.push(...foldChunk(chunk, state, "all"));
  }
  if (mayEnd(state)) events.push({ type: "reply-end" });
  return events;
}
