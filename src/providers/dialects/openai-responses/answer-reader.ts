import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { AnswerReader } from "../../../spec/codec.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { parseObject } from "../json-fields.ts";
import { foldEvent } from "./fold-event.ts";
import { newFoldState } from "./fold-state.ts";

/** Reads one response stream. Its events name their kind themselves, so the `event` line is not needed; no quirk concerns this dialect. */
export function openReader(_quirks: Quirks): AnswerReader {
  const state = newFoldState(true);
  let over = false;
  return {
    read(_eventName, data) {
      const document = over ? null : parseObject(data);
      if (document === null) return [];
      const events: StreamEvent[] = [];
      over = foldEvent(document, state, events);
      return events;
    },
    // The terminal event says everything; a stream without one was cut off.
    finish: () => [],
  };
}
