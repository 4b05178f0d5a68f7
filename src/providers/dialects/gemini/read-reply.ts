import { Buffer } from "node:buffer";
import type { ReplyFacts } from "../../../spec/dialect.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { factsOfEvents } from "../facts-of-events.ts";
import { objectsOf } from "./field-names.ts";
import { foldChunk, newFold } from "./fold-chunk.ts";

/** What a whole answer tells. Anything that is not one tells nothing. */
export function readReply(body: Uint8Array): ReplyFacts {
  const state = newFold();
  const events: StreamEvent[] = [];
  for (const chunk of chunksOf(body)) events.push(...foldChunk(chunk, state, "all"));
  const { usage, servedModel, responseId, finishReason, hasToolCalls } = factsOfEvents(events);
  return { usage, servedModel, responseId, finishReason, hasToolCalls };
}

/** The answer, or the chunks of a stream that was asked for without `alt=sse`: those come as one JSON array. */
export function chunksOf(body: Uint8Array): readonly Readonly<JsonObject>[] {
  try {
    return objectsOf(JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8")));
  } catch {
    return [];
  }
}
