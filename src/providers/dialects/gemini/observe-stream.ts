import { Buffer } from "node:buffer";
import type { StreamFacts, StreamObserver, StreamStep } from "../../../spec/dialect.ts";
import { parseObject } from "../json-fields.ts";
import { nextEventEnd } from "../event-boundary.ts";
import { dataOf } from "./event-data.ts";
import { foldChunk, mayEnd, newFold } from "./fold-chunk.ts";
import { HeldEvent } from "./held-event.ts";
import { noFacts, withEvents } from "./stream-facts.ts";

/** A held chunk to which no more comments are added; with the next one it leaves, and that one is held. */
const candidateBytesMax = 64 * 1024;
const nothing: Uint8Array = new Uint8Array(0);
const nothingMore: StreamStep = { pass: nothing, terminal: null };

/**
 * Watches one generateContent stream. There is no terminal event, so the chunk with which every candidate has told why it
 * ended is held back: it is given out as the terminal one when the source ends. Where another chunk follows, it passes
 * and that one is held. Every chunk is parsed, as each carries its usage and there are few of them; so nothing is kept
 * and the facts are exact. The usage chunk that only we asked for does not exist here.
 */
export function observeStream(_dropUsageChunk: boolean): StreamObserver {
  return new ChunkObserver();
}

class ChunkObserver implements StreamObserver {
  readonly #fold = newFold();
  readonly #unfinished = new HeldEvent();
  #facts: StreamFacts = noFacts;
  /** The terminal event, if nothing follows. */
  #candidate: Buffer | null = null;
  #over = false;

  push(bytes: Uint8Array): StreamStep {
    if (this.#over || bytes.byteLength === 0) return nothingMore;
    const { flowing, events } = this.#unfinished.push(bytes);
    const passed: Uint8Array[] = [];
    if (flowing !== null) this.#passUnread(flowing, passed);
    if (events !== null) this.#sift(events, passed);
    return { pass: passed.length === 1 ? (passed[0] ?? nothing) : Buffer.concat(passed), terminal: null };
  }

  finish(): Uint8Array | null {
    if (this.#over) return null;
    const rest = this.#unfinished.takeRest();
    const held = this.#candidate;
    this.#candidate = null;
    const isWhole = rest !== null && this.#read(rest);
    if (!mayEnd(this.#fold)) return null;
    if (held === null && !isWhole) return null;
    this.#over = true;
    return isWhole ? Buffer.concat(held === null ? [rest] : [held, rest]) : held;
  }

  facts(): StreamFacts {
    return { ...this.#facts, terminal: this.#over };
  }

  /** Nearly all of an event too long to be read is what the model made. */
  #passUnread(bytes: Buffer, passed: Uint8Array[]): void {
    this.#release(passed);
    passed.push(bytes);
    this.#facts = { ...this.#facts, generatedBytes: this.#facts.generatedBytes + bytes.length };
  }

  #release(passed: Uint8Array[]): void {
    if (this.#candidate !== null) passed.push(this.#candidate);
    this.#candidate = null;
  }

  /** Goes through whole events one by one; all that leave join `passed`. */
  #sift(events: Buffer, passed: Uint8Array[]): void {
    let copied = 0;
    for (let start = 0; start < events.length;) {
      const found = nextEventEnd(events, start, true);
      const end = found === -1 ? events.length : found;
      const event = events.subarray(start, end);
      const isChunk = this.#read(event);
      const candidate = this.#candidate;
      if (!isChunk && candidate !== null && candidate.length < candidateBytesMax) {
        // A comment, or the LF of a CR LF that came apart.
        this.#candidate = Buffer.concat([candidate, event]);
        copied = end;
      } else {
        const isLast = isChunk ? mayEnd(this.#fold) : candidate !== null;
        this.#release(passed);
        if (isLast) {
          if (start > copied) passed.push(events.subarray(copied, start));
          this.#candidate = event;
          copied = end;
        }
      }
      start = end;
    }
    if (copied === 0) passed.push(events);
    else if (copied < events.length) passed.push(events.subarray(copied));
  }

  /** Takes the facts of an event; false when it holds no chunk. */
  #read(event: Uint8Array): boolean {
    const chunk = parseObject(dataOf(event));
    if (chunk === null) return false;
    this.#facts = withEvents(this.#facts, foldChunk(chunk, this.#fold, "all"));
    return true;
  }
}
