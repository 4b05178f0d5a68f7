import { Buffer } from "node:buffer";
import { decodeSse } from "../../kit/sse-decode.ts";
import type { StreamFacts, StreamObserver, StreamStep } from "../../spec/dialect.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { endsEvent, lastEventEnd, nextEventEnd } from "./event-boundary.ts";
import { factsOfEvents } from "./facts-of-events.ts";
import { KeptBytes } from "./kept-bytes.ts";

/** What an observer has to know about its dialect. Marks only raise a suspicion; the predicates read the event. */
export interface StreamRules {
  /** Bytes that stand in every terminal event and seldom elsewhere. */
  readonly terminalMark: Uint8Array;
  /** @param data the event's data */
  readonly isTerminal: (data: string) => boolean;
  /** The same for the usage chunk; null where the dialect has none of its own. */
  readonly usageMark: Uint8Array | null;
  readonly isUsageChunk: (data: string) => boolean;
  readonly foldStream: (bytes: Uint8Array) => readonly StreamEvent[];
}

/**
 * Longest unfinished event that is held back. A longer one is neither terminal nor a usage chunk, so it flows on as it
 * comes. Clients act on whole events only: holding costs them nothing.
 */
const heldBytesMax = 64 * 1024;
/** Enough of a long event's end to see a blank line that the next bytes complete. */
const contextBytes = 3;
const blankLine: Uint8Array = Buffer.from("\n\n");
const nothing: Uint8Array = new Uint8Array(0);
const nothingMore: StreamStep = { pass: nothing, terminal: null };

/** An observer for one stream. Bytes that end with an event and hold no mark pass as the same object, unread. */
export function createStreamObserver(rules: StreamRules, dropUsageChunk: boolean): StreamObserver {
  return new SseObserver(rules, dropUsageChunk);
}

class SseObserver implements StreamObserver {
  readonly #rules: StreamRules;
  readonly #usageMark: Uint8Array | null;
  readonly #kept = new KeptBytes();
  /** The start of an event whose end has not come; null when the stream stands between two events. */
  #held: Buffer | null = null;
  /** The held bytes are the end of a long event whose start has been passed on. */
  #insideLongEvent = false;
  /** Bytes of all long events until now. */
  #longEventBytes = 0;
  /** The last event ended with CR and was dropped: a LF that follows goes the same way. */
  #dropLineFeed = false;
  #over = false;

  constructor(rules: StreamRules, dropUsageChunk: boolean) {
    this.#rules = rules;
    this.#usageMark = dropUsageChunk ? rules.usageMark : null;
  }

  push(bytes: Uint8Array): StreamStep {
    if (this.#over || bytes.byteLength === 0) return nothingMore;
    if (this.#held === null && !this.#dropLineFeed) {
      const chunk = asBuffer(bytes);
      if (endsEvent(chunk, chunk.length, true) && !this.#isSuspect(chunk)) {
        this.#kept.add(bytes);
        return { pass: bytes, terminal: null };
      }
    }
    return this.#pushSlowly(bytes);
  }

  facts(): StreamFacts {
    const bytes = this.#kept.read();
    const facts = factsOfEvents(this.#rules.foldStream(bytes));
    if (bytes.byteLength >= this.#kept.totalBytes) return facts;
    // Only a part was kept; text is spread evenly enough for an estimate.
    const share = this.#kept.totalBytes / bytes.byteLength;
    const byShare = Math.round(facts.generatedBytes * share);
    // A long event that was cut shows no text at all, and nearly all of it is text.
    const withLong = Math.min(this.#kept.totalBytes, facts.generatedBytes + this.#longEventBytes);
    return { ...facts, generatedBytes: Math.max(byShare, withLong) };
  }

  finish(): Uint8Array | null {
    const rest = this.#held;
    this.#held = null;
    if (this.#over || rest === null || this.#insideLongEvent) return null;
    if (!this.#isTerminal(rest)) return null;
    this.#over = true;
    this.#kept.add(Buffer.concat([rest, blankLine]));
    return rest;
  }

  #isSuspect(chunk: Buffer): boolean {
    if (chunk.indexOf(this.#rules.terminalMark) !== -1) return true;
    return this.#usageMark !== null && chunk.indexOf(this.#usageMark) !== -1;
  }

  #isTerminal(event: Buffer): boolean {
    return event.indexOf(this.#rules.terminalMark) !== -1 && this.#rules.isTerminal(dataOf(event));
  }

  #isUnaskedUsage(event: Buffer): boolean {
    const mark = this.#usageMark;
    return mark !== null && event.indexOf(mark) !== -1 && this.#rules.isUsageChunk(dataOf(event));
  }

  #pushSlowly(bytes: Uint8Array): StreamStep {
    const fresh = this.#withoutDroppedLineFeed(asBuffer(bytes));
    const heldBytes = this.#held?.length ?? 0;
    const chunk = this.#held === null ? fresh : Buffer.concat([this.#held, fresh]);
    // Up to its last two bytes the held part is known to hold no end.
    const from = Math.max(0, heldBytes - 2);
    const end = lastEventEnd(chunk, from, !this.#insideLongEvent);
    if (end === from) return this.#hold(chunk);
    const events = chunk.subarray(0, end);
    this.#held = end < chunk.length ? chunk.subarray(end) : null;
    if (this.#insideLongEvent) this.#longEventBytes += Math.max(0, nextEventEnd(events, 0, false));
    const step = this.#isSuspect(events) ? this.#sift(events) : this.#passAll(events);
    this.#insideLongEvent = false;
    return step;
  }

  #withoutDroppedLineFeed(chunk: Buffer): Buffer {
    if (!this.#dropLineFeed) return chunk;
    this.#dropLineFeed = false;
    return chunk[0] === 0x0a ? chunk.subarray(1) : chunk;
  }

  /** No event ended: keep everything back, or let a long event flow. */
  #hold(chunk: Buffer): StreamStep {
    if (chunk.length <= heldBytesMax && !this.#insideLongEvent) {
      this.#held = chunk.length > 0 ? chunk : null;
      return nothingMore;
    }
    this.#insideLongEvent = true;
    const context = Math.max(0, chunk.length - contextBytes);
    this.#held = chunk.subarray(context);
    this.#longEventBytes += context;
    return context === 0 ? nothingMore : this.#passAll(chunk.subarray(0, context));
  }

  #passAll(bytes: Uint8Array): StreamStep {
    this.#kept.add(bytes);
    return { pass: bytes, terminal: null };
  }

  /** Goes through whole events one by one, taking out the usage chunk and stopping at the terminal event. */
  #sift(events: Buffer): StreamStep {
    const passed: Uint8Array[] = [];
    let copied = 0;
    let start = 0;
    let atLineStart = !this.#insideLongEvent;
    while (start < events.length) {
      const found = nextEventEnd(events, start, atLineStart);
      const end = found === -1 ? events.length : found;
      const event = events.subarray(start, end);
      if (atLineStart && this.#isTerminal(event)) {
        passed.push(events.subarray(copied, start));
        return this.#endWith(events.subarray(0, end), passed, event);
      }
      if (atLineStart && this.#isUnaskedUsage(event)) {
        passed.push(events.subarray(copied, start));
        copied = end;
        this.#dropLineFeed = end === events.length && this.#held === null && event[event.length - 1] === 0x0d;
      }
      atLineStart = true;
      start = end;
    }
    this.#kept.add(events);
    if (copied === 0) return { pass: events, terminal: null };
    passed.push(events.subarray(copied));
    return { pass: Buffer.concat(passed), terminal: null };
  }

  #endWith(read: Uint8Array, passed: readonly Uint8Array[], terminal: Uint8Array): StreamStep {
    this.#over = true;
    this.#held = null;
    this.#kept.add(read);
    return { pass: passed.length === 1 ? (passed[0] ?? nothing) : Buffer.concat(passed), terminal };
  }
}

/** The data of one event, whose blank line may still be missing; empty when it has none. */
function dataOf(event: Uint8Array): string {
  return decodeSse(Buffer.concat([event, blankLine]))[0]?.data ?? "";
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
