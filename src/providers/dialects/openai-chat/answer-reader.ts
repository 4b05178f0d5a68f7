import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { AnswerReader } from "../../../spec/codec.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { CallPlaces } from "./call-places.ts";
import { type FoldState, startFold } from "./fold-chunk.ts";
import { foldData } from "./fold-stream.ts";

/** Reads one chat completion stream with the folding that observing uses, and puts its loose ends in order. */
export function openReader(quirks: Quirks): AnswerReader {
  return new ChatReader(quirks);
}

class ChatReader implements AnswerReader {
  readonly #state: FoldState;
  readonly #places: CallPlaces = new CallPlaces();
  /** Thinking has come that nothing ended yet. */
  #isThinking = false;
  #isOver = false;

  constructor(quirks: Quirks) {
    this.#state = startFold(quirks);
  }

  read(_eventName: string, data: string): readonly StreamEvent[] {
    if (this.#isOver) return [];
    const folded: StreamEvent[] = [];
    this.#isOver = foldData(data, this.#state, folded);
    const events: StreamEvent[] = [];
    for (const event of folded) this.#settle(event, events);
    return events;
  }

  finish(): readonly StreamEvent[] {
    // Only `[DONE]` says that an answer is whole.
    return [];
  }

  #settle(event: StreamEvent, events: StreamEvent[]): void {
    switch (event.type) {
      case "tool-call-start": {
        const place = this.#places.begin(event.index, event.id);
        if (place !== null) events.push({ ...event, index: place });
        return;
      }
      case "tool-call-delta": {
        const place = this.#places.at(event.index);
        if (place !== null) events.push({ ...event, index: place });
        return;
      }
      case "reasoning-delta":
        this.#isThinking = true;
        break;
      case "reasoning-end":
        // What is hidden is a piece of its own, after the one that was shown.
        if (this.#isThinking && event.redacted !== null) {
          events.push({ type: "reasoning-end", signature: null, redacted: null, id: null });
        }
        this.#isThinking = false;
        break;
      default:
    }
    events.push(event);
  }
}
