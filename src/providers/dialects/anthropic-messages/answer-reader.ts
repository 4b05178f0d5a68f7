import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { AnswerReader } from "../../../spec/codec.ts";
import { foldEvent, startFold } from "./fold-event.ts";

/** Reads one message stream. Everything after `message_stop` is passed over. */
export function openReader(): AnswerReader {
  const state = startFold();
  let over = false;
  return {
    read(_eventName: string, data: string): readonly StreamEvent[] {
      const events: StreamEvent[] = [];
      if (!over) over = foldEvent(data, state, events);
      return events;
    },
    // The dialect has a terminal event: a stream without it was cut.
    finish: () => [],
  };
}
