import type { Socket } from "node:net";
import { monotonicMs, type CallEnd } from "./call-log.ts";
import type { Behaviour } from "./behaviour.ts";

/** A reset throws away what the kernel has not yet handed over, so the bytes before it get this long to arrive. */
const resetDelayMs = 15;

/**
 * The way back to one client, for one response at a time. Counts bytes, paces them, breaks off where a scenario says
 * so, and notices when the client goes away.
 */
export class Wire {
  readonly #socket: Socket;
  #wake: (() => void) | null = null;
  #limitBytes = Infinity;
  #atLimit: "reset" | "end" | "stall" = "stall";
  /** Bytes at once and milliseconds between them, where a scenario wants small pieces. */
  #pieces: { readonly bytes: number; readonly pauseMs: number } | null = null;
  #closing = false;
  /** Bytes of the current response handed to the connection. */
  bytesSent = 0;
  /** Monotonic milliseconds at which the client's leaving was seen. */
  cutAtMs: number | null = null;
  /** The scenario that broke the response off. */
  brokenOff: CallEnd | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    const gone = (): void => this.#markGone();
    // The client's FIN already means that it gave up: no client of an API half-closes while it waits for an answer.
    socket
      .on("end", gone)
      .on("error", gone)
      .on("close", gone)
      .on("drain", () => this.#wake?.());
  }

  /** True when nothing can be sent any more. */
  get gone(): boolean {
    return this.cutAtMs !== null || this.#closing;
  }

  /** Starts the next response. */
  begin(behaviour: Behaviour): void {
    this.bytesSent = 0;
    const { dripMs, sliceBytes } = behaviour;
    this.#pieces =
      dripMs !== undefined
        ? { bytes: 1, pauseMs: dripMs }
        : sliceBytes !== undefined
          ? { bytes: Math.max(1, sliceBytes), pauseMs: 0 }
          : null;
    this.#limitBytes = behaviour.resetAtByte ?? behaviour.endEarlyAtByte ?? behaviour.stallAfterBytes ?? Infinity;
    this.#atLimit =
      behaviour.resetAtByte !== undefined ? "reset" : behaviour.endEarlyAtByte !== undefined ? "end" : "stall";
  }

  /** Sends bytes; true when they are out and more may follow, false when the response is over before its end. */
  async send(bytes: Buffer): Promise<boolean> {
    if (this.#limitBytes === 0 && this.bytesSent === 0) return this.#breakOff();
    const room = this.#limitBytes - this.bytesSent;
    const part = bytes.length > room ? bytes.subarray(0, room) : bytes;
    if (this.#pieces === null) await this.#write(part);
    else await this.#writePieces(part, this.#pieces.bytes, this.#pieces.pauseMs);
    if (this.gone) return false;
    return this.bytesSent >= this.#limitBytes ? this.#breakOff() : true;
  }

  /** Waits; false when the client left meanwhile. */
  async sleep(delayMs: number): Promise<boolean> {
    if (this.gone) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        if (!this.gone) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
    return !this.gone;
  }

  /**
   * Waits to be woken; false when the client left first.
   *
   * @param start gets the waker and gives back what makes its keeper forget it.
   */
  async until(start: (wake: () => void) => () => void): Promise<boolean> {
    if (this.gone) return false;
    await new Promise<void>((resolve) => {
      const forget = start(resolve);
      this.#wake = () => {
        if (!this.gone) return;
        forget();
        resolve();
      };
    });
    this.#wake = null;
    return !this.gone;
  }

  /** Waits until the client leaves. */
  async untilGone(): Promise<void> {
    while (!this.gone) await this.sleep(60_000);
  }

  /** Ends the connection after what was written. */
  close(): void {
    this.#closing = true;
    this.#socket.end();
  }

  /** Ends the connection at once, because the provider stops. */
  destroy(): void {
    this.#closing = true;
    this.#socket.destroy();
    this.#wake?.();
  }

  #markGone(): void {
    if (this.gone) return;
    this.cutAtMs = monotonicMs();
    this.#wake?.();
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.gone || bytes.length === 0) return;
    this.bytesSent += bytes.length;
    if (this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }

  async #writePieces(bytes: Buffer, size: number, pauseMs: number): Promise<void> {
    for (let at = 0; at < bytes.length && !this.gone; at += size) {
      await this.#write(bytes.subarray(at, at + size));
      await this.sleep(pauseMs);
    }
  }

  async #breakOff(): Promise<boolean> {
    if (this.#atLimit === "stall") {
      await this.untilGone();
      return false;
    }
    this.brokenOff = this.#atLimit === "reset" ? "reset" : "ended-early";
    if (this.#atLimit === "end") {
      this.close();
      return false;
    }
    await this.sleep(resetDelayMs);
    this.#closing = true;
    this.#socket.resetAndDestroy();
    return false;
  }
}
