import type { StreamEvent } from "../../../spec/stream-event.ts";
import { foldEvents } from "../fold-events.ts";
import { parseObject } from "../json-fields.ts";
import { foldEvent } from "./fold-event.ts";
import { newFoldState } from "./fold-state.ts";

/** Every event of a response stream. Data that is no JSON object is passed over; the first terminal event ends the reading. */
export function foldStream(bytes: Uint8Array): readonly StreamEvent[] {
  const state = newFoldState(false);
  return foldEvents(bytes, (data, events) => {
    const document = parseObject(data);
    return document !== null && foldEvent(document, state, events);
  });
}
