import type { StreamEvent } from "../../../spec/stream-event.ts";
import { foldEvents } from "../fold-events.ts";
import { foldEvent, startFold } from "./fold-event.ts";

/** Every event of a message stream; `message_stop` ends the reading. */
export function foldStream(bytes: Uint8Array): readonly StreamEvent[] {
  const state = startFold();
  return foldEvents(bytes, (data, events) => foldEvent(data, state, events));
}
