import { FarthingError } from "./farthing-error.ts";

/** One dispatched event of a server-sent event stream. */
export interface SseEvent {
  /** Value of the event's `event` field; `message` when it had none. */
  readonly event: string;
  /** Its `data` lines, joined by line feeds. */
  readonly data: string;
  /** The last `id` seen in the stream up to this event; empty when there was none. */
  readonly lastEventId: string;
}

/** Turns bytes into events, however the bytes were cut. */
export interface SseDecoder {
  /**
   * Events completed by these bytes.
   * @throws FarthingError `upstream_broken` when an event outgrows the limit.
   */
  push(bytes: Uint8Array): SseEvent[];
  /** Reconnection time the stream last asked for, milliseconds; null when it asked for none. */
  readonly retryMs: number | null;
}

/** Default limit of one event, in UTF-16 code units: an image of 8 MB in base64 and some room. */
const eventCharactersMaxDefault = 16 * 1024 * 1024;

/**
 * A decoder of the event stream format of the WHATWG HTML standard, section 9.2.6: byte order mark, LF, CR and CRLF,
 * comments, fields with and without the space, several data lines, and an unfinished last event that is dropped.
 */
export function createSseDecoder(eventCharactersMax: number = eventCharactersMaxDefault): SseDecoder {
  return new IncrementalDecoder(eventCharactersMax);
}

/** All events of a whole text; an unfinished last one is dropped. */
export function decodeSse(bytes: Uint8Array): SseEvent[] {
  return new IncrementalDecoder(Math.max(eventCharactersMaxDefault, bytes.byteLength)).push(bytes);
}

class IncrementalDecoder implements SseDecoder {
  retryMs: number | null = null;
  readonly #text = new TextDecoder();
  readonly #charactersMax: number;
  /** Start of a line whose end has not come. */
  #line = "";
  /** The last character seen was CR: a LF that follows belongs to the same line end. */
  #afterReturn = false;
  #event = "";
  #data = "";
  #hasData = false;
  #lastEventId = "";

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    const text = this.#text.decode(bytes, { stream: true });
    let from = 0;
    if (this.#afterReturn && text.length > 0) {
      if (text.charCodeAt(0) === 10) from = 1;
      this.#afterReturn = false;
    }
    let lineFeed = text.indexOf("\n", from);
    let carriageReturn = text.indexOf("\r", from);
    while (lineFeed !== -1 || carriageReturn !== -1) {
      const byReturn = carriageReturn !== -1 && (lineFeed === -1 || carriageReturn < lineFeed);
      const end = byReturn ? carriageReturn : lineFeed;
      this.#takeLine(this.#line + text.slice(from, end), events);
      this.#line = "";
      from = end + 1;
      if (byReturn && from === text.length) this.#afterReturn = true;
      else if (byReturn && lineFeed === from) from += 1;
      if (lineFeed !== -1 && lineFeed < from) lineFeed = text.indexOf("\n", from);
      if (byReturn) carriageReturn = text.indexOf("\r", from);
    }
    if (from < text.length) this.#line += text.slice(from);
    this.#checkSize();
    return events;
  }

  #takeLine(line: string, events: SseEvent[]): void {
    if (line === "") {
      if (this.#hasData) {
        events.push({ event: this.#event || "message", data: this.#data, lastEventId: this.#lastEventId });
      }
      this.#event = "";
      this.#data = "";
      this.#hasData = false;
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1);
    this.#takeField(name, value);
  }

  #takeField(name: string, value: string): void {
    if (name === "data") {
      this.#data = this.#hasData ? `${this.#data}\n${value}` : value;
      this.#hasData = true;
      this.#checkSize();
    } else if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.#lastEventId = value;
    else if (name === "retry" && /^[0-9]+$/.test(value)) this.retryMs = Number(value);
  }

  #checkSize(): void {
    if (this.#line.length + this.#data.length <= this.#charactersMax) return;
    throw new FarthingError(
      "upstream_broken",
      `The provider sent an event of more than ${this.#charactersMax} characters; it was given up.`,
    );
  }
}
