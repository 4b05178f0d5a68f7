import { Buffer } from "node:buffer";
import { decodeSse } from "../../../kit/sse-decode.ts";
import type { StreamFacts, StreamObserver, StreamStep } from "../../../spec/dialect.ts";
import { endsEvent, lastEventEnd } from "../event-boundary.ts";

/** Longest unfinished event that is put together here whatever it is; the inner observer holds as much. */
const heldBytesMax = 64 * 1024;
/** Longest terminal event that is put together; a longer one flows on and is not known as terminal. */
const terminalBytesMax = 16 * 1024 * 1024;
/** The kind of an event stands within these first bytes: in its `event` line, or as the first member of its data. */
const kindBytes = 256;
const terminalKinds = ["response.completed", "response.incomplete", "response.failed"] as const;
/** A blank line is recognised by at most this many bytes before it. */
const contextBytes = 3;
const blankLine: Uint8Array = Buffer.from("\n\n");
const noBytes: Uint8Array = new Uint8Array(0);
const nothingYet: StreamStep = { pass: noBytes, terminal: null };

/**
 * Puts terminal events together for an observer that would let long events flow unread. In this dialect the terminal
 * event repeats the whole answer, the tools and the instructions, so it is easily longer than any other event.
 */
export class WholeEvents implements StreamObserver {
  readonly #inner: StreamObserver;
  readonly #isTerminal: (data: string) => boolean;
  /** The start of an event whose end has not come, in pieces. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** The last bytes of the unfinished event, held or passed on; empty between two events. */
  #context: Uint8Array = noBytes;
  /** The start of the unfinished event was too long and was passed on. */
  #flowing = false;

  constructor(inner: StreamObserver, isTerminal: (data: string) => boolean) {
    this.#inner = inner;
    this.#isTerminal = isTerminal;
  }

  push(bytes: Uint8Array): StreamStep {
    if (this.#context.length === 0 && endsEvent(bytes, bytes.length, true)) return this.#inner.push(bytes);
    const end = this.#lastEnd(bytes);
    if (end === 0) return this.#keep(bytes);
    this.#flowing = false;
    this.#context = noBytes;
    const step = this.#inner.push(this.#take(bytes.subarray(0, end)));
    if (step.terminal !== null) return step;
    const more = this.#keep(bytes.subarray(end));
    return more.pass.length === 0 ? step : { pass: Buffer.concat([step.pass, more.pass]), terminal: null };
  }

  finish(): Uint8Array | null {
    const rest = this.#take(noBytes);
    if (rest.length === 0) return this.#inner.finish?.() ?? null;
    const completed = Buffer.concat([rest, blankLine]);
    if (!this.#isTerminal(decodeSse(completed)[0]?.data ?? "")) return null;
    this.#inner.push(completed);
    return rest;
  }

  facts(): StreamFacts {
    return this.#inner.facts();
  }

  /** Where in these bytes the last event ends; 0 when none does. */
  #lastEnd(bytes: Uint8Array): number {
    const before = this.#context.length;
    const joined = before === 0 ? bytes : Buffer.concat([this.#context, bytes]);
    return lastEventEnd(joined, before, before < contextBytes) - before;
  }

  /** The start, or more, of an event: held, or passed on when it is too long for one that could be terminal. */
  #keep(bytes: Uint8Array): StreamStep {
    if (bytes.length === 0) return nothingYet;
    this.#context = Buffer.concat([this.#context, bytes.subarray(-contextBytes)]).subarray(-contextBytes);
    if (this.#flowing) return this.#inner.push(bytes);
    // A copy: the piece is a window of a network buffer.
    this.#held.push(Buffer.from(bytes));
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= heldBytesMax) return nothingYet;
    if (this.#heldBytes <= terminalBytesMax && this.#mayBeTerminal()) return nothingYet;
    this.#flowing = true;
    return this.#inner.push(this.#take(noBytes));
  }

  #mayBeTerminal(): boolean {
    const first = this.#held[0] ?? noBytes;
    const start = first.length >= kindBytes ? first : Buffer.concat(this.#held);
    const text = Buffer.from(start.subarray(0, kindBytes)).toString("latin1");
    return terminalKinds.some((kind) => text.includes(kind));
  }

  /** The held bytes and these, which are held no longer. */
  #take(bytes: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return bytes;
    const whole = Buffer.concat([...this.#held, bytes]);
    this.#held = [];
    this.#heldBytes = 0;
    return whole;
  }
}
