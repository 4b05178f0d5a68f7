import { settlementTexts } from "../assembly/explain-reply.ts";
import type { ReplyEnd, StreamControl, StreamReply, StreamSink } from "../spec/reply.ts";
import type { CallerResponse } from "./caller.ts";

/**
 * Writes one stream to its caller, piece by piece as it comes. The caller's pace is the stream's: a full socket pauses the
 * source until it drains.
 */
export class StreamWriter implements StreamSink {
  readonly #response: CallerResponse;
  readonly #summary: boolean;
  readonly #onBroken: (end: ReplyEnd) => void;
  #control: StreamControl | null = null;
  #over = false;
  #paused = false;
  #wrote = false;

  /**
   * @param summary add an SSE comment with cost and saving before the terminal event
   * @param onBroken is told of an end that is not the proper one, unless the caller had left before
   */
  constructor(response: CallerResponse, summary: boolean, onBroken: (end: ReplyEnd) => void) {
    this.#response = response;
    this.#summary = summary;
    this.#onBroken = onBroken;
  }

  /** Sends the head and starts the flow. */
  start(reply: StreamReply, headers: string[]): void {
    headers.push("cache-control", "no-cache", "x-accel-buffering", "no");
    this.#response.writeHead(reply.status, headers);
    this.#response.on("drain", () => this.#resume());
    this.#control = reply.open(this);
    // A source that had bytes at hand wrote them with the head; for any other the head must not wait.
    if (!this.#wrote && !this.#over) this.#response.flushHeaders();
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    this.#wrote = true;
    this.#paused = !this.#response.write(bytes);
    return !this.#paused;
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    if (this.#over) return;
    this.#over = true;
    if (!end.complete) this.#onBroken(end);
    // After the provider's own error event the caller knows; else only the connection can tell that the answer broke off.
    if (!end.complete && lastBytes.length === 0 && end.call?.outcome !== "stream-error") {
      this.#response.destroy();
      return;
    }
    if (this.#summary && end.settled !== null) {
      const { cost, saved } = settlementTexts(end.settled);
      this.#response.write(`: x-farthing-cost=${cost} x-farthing-saved=${saved}\n\n`);
    }
    this.#response.end(lastBytes);
  }

  /** The caller left: the source is told, and nothing more is written. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#control?.cancel();
  }

  /** Ends the stream from here, with the dialect's error event. */
  breakOff(errorEvent: Uint8Array): void {
    if (this.#over) return;
    this.#over = true;
    this.#response.end(errorEvent);
    this.#control?.cancel();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#control?.resume();
  }
}
