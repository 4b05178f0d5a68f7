import { Buffer } from "node:buffer";
import type { StreamEvent } from "../../spec/stream-event.ts";

/** Events that carry nothing but a piece of text. */
type TextEvent = Extract<StreamEvent, { type: "text-delta" | "refusal-delta" | "reasoning-delta" | "tool-call-delta" }>;

/** Tries to learn in one stream: one whose events are never alike must not pay for learning each time. */
const lessonsMax = 16;
/** Characters that a JSON string spells with an escape, or must not hold at all. */
const escapes = /[\\\p{Cc}]/u;
/** OpenAI pads each chunk with a random text, so that its length tells nothing to who listens on the wire. */
const padding = /"obfuscation": ?"([^"\\]*)"/;
const probeText = "Farthing probe";

/**
 * Reads the text events of a stream without parsing each: they are alike but for their text (and padding), so after one
 * was parsed, the bytes around its text are a form that most others fill in. Filling another plain text into the place
 * of a JSON string cannot change the meaning of the rest, so the result is exactly that of parsing; an event that does
 * not fit the form is parsed. On chat completion chunks this takes a third of the time.
 */
export class DeltaShortcut {
  /** The parts around the places for texts; each place stands between a part that ends and one that starts with a quote. */
  #parts: readonly string[] = [];
  /** Which of the places holds the text. */
  #textPlace = 0;
  #example: TextEvent | null = null;
  #lessonsLeft = lessonsMax;

  /** The event that parsing `data` would give, or null when it has to be parsed. */
  read(data: string): StreamEvent | null {
    if (this.#example === null) return null;
    let at = 0;
    let text = "";
    const places = this.#parts.length - 1;
    for (let place = 0; place < places; place += 1) {
      const part = this.#parts[place] ?? "";
      const start = at + part.length;
      // Comparing slices is several times as fast as startsWith on texts of this length.
      if (data.slice(at, start) !== part) return null;
      at = data.indexOf('"', start);
      if (at === -1) return null;
      const inside = data.slice(start, at);
      if (escapes.test(inside)) return null;
      if (place === this.#textPlace) text = inside;
    }
    if (text === "" || data.slice(at) !== this.#parts[places]) return null;
    return withText(this.#example, text);
  }

  /**
   * Takes the form of an event that was parsed.
   * @param event the only event it gave
   * @param parse parses a probe, to prove that the place found is the text's
   */
  learn(data: string, event: StreamEvent, parse: (data: string) => StreamEvent | null): void {
    if (this.#lessonsLeft === 0 || !isTextEvent(event)) return;
    this.#lessonsLeft -= 1;
    const quoted = JSON.stringify(textOf(event));
    const textAt = data.indexOf(quoted);
    // Twice in one event: it cannot be told which of them is the text.
    if (textAt === -1 || data.includes(quoted, textAt + 1)) return;
    const places = [{ start: textAt + 1, end: textAt + quoted.length - 1 }];
    const found = padding.exec(data);
    if (found !== null) {
      const end = found.index + found[0].length - 1;
      places.push({ start: end - (found[1] ?? "").length, end });
    }
    places.sort((one, other) => one.start - other.start);
    this.#adopt(data, places, textAt + 1, event, parse);
  }

  #adopt(
    data: string,
    places: readonly { readonly start: number; readonly end: number }[],
    textStart: number,
    event: TextEvent,
    parse: (data: string) => StreamEvent | null,
  ): void {
    const parts: string[] = [];
    let from = 0;
    for (const place of places) {
      parts.push(data.slice(from, place.start));
      from = place.end;
    }
    parts.push(data.slice(from));
    const probed = parse(parts.join(probeText));
    const expected = withText(event, probeText);
    if (probed === null || JSON.stringify(probed) !== JSON.stringify(expected)) return;
    // Copied: a slice would keep the stream's text alive and compare slower.
    this.#parts = parts.map((part) => Buffer.from(part).toString());
    this.#textPlace = places.findIndex((place) => place.start === textStart);
    this.#example = event;
  }
}

const textEvents: ReadonlySet<StreamEvent["type"]> = new Set<TextEvent["type"]>([
  "text-delta",
  "refusal-delta",
  "reasoning-delta",
  "tool-call-delta",
]);

function isTextEvent(event: StreamEvent): event is TextEvent {
  return textEvents.has(event.type);
}

function textOf(event: TextEvent): string {
  return event.type === "tool-call-delta" ? event.argumentsText : event.text;
}

function withText(event: TextEvent, text: string): TextEvent {
  if (event.type === "tool-call-delta") return { type: event.type, index: event.index, argumentsText: text };
  return { type: event.type, text };
}
