import type { Buffer } from "node:buffer";
import type { Dispatcher } from "undici";
import type { Timeouts } from "../../spec/route.ts";
import type { CallControl, ProviderReceiver, TransportFailure } from "../../spec/transport.ts";
import { classifyFailure } from "./classify-failure.ts";
import type { CoarseTicker, Ticked } from "./coarse-ticker.ts";

/**
 * `queued`: waits until one of the connections is free. `connecting`: has one, which may have to be made first. `sent`:
 * bytes may have left. `answering`: status and headers came. `over`: told the receiver.
 */
type Phase = "queued" | "connecting" | "sent" | "answering" | "over";

/** Statuses that send the client elsewhere. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What undici is told when we cut a call ourselves; the receiver has its answer already. */
const cutByUs: Error = new Error("cut by Farthing");

/**
 * One call: undici's handler, the caller's control and the holder of the deadlines in one object. It tells the receiver
 * `end` or `failure` exactly once. Of a call that is cut while it waits for a connection undici hears when the
 * connection stands: before that there is nothing to cut.
 */
export class TransportCall implements Dispatcher.DispatchHandler, CallControl, Ticked {
  slot = -1;
  readonly #receiver: ProviderReceiver;
  readonly #timeouts: Timeouts;
  readonly #ticker: CoarseTicker;
  readonly #connectionsMax: number;
  readonly #startedAtMs: number;
  #controller: Dispatcher.DispatchController | null = null;
  #phase: Phase = "queued";
  #sent = false;
  #paused = false;
  /** When the present phase's own limit runs out. */
  #deadlineMs: number;

  /** @param connectionsMax connections to one origin, for the message of a call that waited for one in vain */
  constructor(receiver: ProviderReceiver, timeouts: Timeouts, ticker: CoarseTicker, connectionsMax: number) {
    this.#receiver = receiver;
    this.#timeouts = timeouts;
    this.#ticker = ticker;
    this.#connectionsMax = connectionsMax;
    this.#startedAtMs = ticker.nowMs();
    // To wait for a free connection is to wait for the provider, which is busy with the calls of others.
    this.#deadlineMs = this.#startedAtMs + timeouts.firstByteMs;
    ticker.add(this);
  }

  /** A connection is ours: from here on it has to stand in time. */
  connecting(): void {
    if (this.#phase !== "queued") return;
    this.#phase = "connecting";
    this.#deadlineMs = this.#ticker.nowMs() + this.#timeouts.connectMs;
  }

  resume(): void {
    if (!this.#paused || this.#phase === "over") return;
    this.#paused = false;
    // While the reader paused, the provider was not to blame.
    this.#deadlineMs = this.#ticker.nowMs() + this.#timeouts.idleMs;
    this.#controller?.resume();
  }

  abort(): void {
    this.#cut({ kind: "aborted", sent: this.#sent, message: "The call was cut on our side." });
  }

  tick(nowMs: number): void {
    const { totalMs } = this.#timeouts;
    if (nowMs - this.#startedAtMs >= totalMs) this.#cutForTime(`the total time of ${totalMs} ms`);
    else if (nowMs >= this.#deadlineMs && !this.#paused) this.#cutForTime(null);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown rather than aborted with: undici then drops the call before a byte is written and keeps the connection.
    if (this.#phase === "over") throw cutByUs;
    this.#controller = controller;
    this.#phase = "sent";
    // From here on bytes may have left.
    this.#sent = true;
    this.#deadlineMs = this.#ticker.nowMs() + this.#timeouts.firstByteMs;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 100 to 199 announce an answer; the answer itself is still to come.
    if (status < 200 || this.#phase === "over") return;
    if (redirects.has(status)) {
      const message = `The provider answered ${status}, a redirect. Redirects are never followed: set the provider's base URL to its final address.`;
      this.#cut({ kind: "redirect", sent: true, message });
      return;
    }
    this.#phase = "answering";
    this.#deadlineMs = this.#ticker.nowMs() + this.#timeouts.idleMs;
    this.#receiver.start(status, headerListOf(headers));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase === "over") return;
    this.#deadlineMs = this.#ticker.nowMs() + this.#timeouts.idleMs;
    if (this.#receiver.chunk(chunk) || this.#isOver()) return;
    this.#paused = true;
    controller.pause();
  }

  onResponseEnd(): void {
    if (!this.#close()) return;
    this.#receiver.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.fail(error);
  }

  /** Ends the call with an error of the HTTP client. */
  fail(error: unknown): void {
    if (!this.#close()) return;
    this.#receiver.failure(classifyFailure(error, this.#sent));
  }

  /** The receiver may have cut the call from within `chunk`; a call keeps the compiler from knowing better. */
  #isOver(): boolean {
    return this.#phase === "over";
  }

  #cutForTime(total: string | null): void {
    const { connectMs, firstByteMs, idleMs } = this.#timeouts;
    if (this.#phase === "queued") {
      const limit = total ?? `the first-byte time-out of ${firstByteMs} ms`;
      const message = `All ${this.#connectionsMax} connections to the provider were busy for ${limit}. Raise network.connectionsPerOrigin, or send fewer calls at once.`;
      this.#cut({ kind: "connect-timeout", sent: false, message });
    } else if (this.#phase === "connecting") {
      const limit = total ?? `the connect time-out of ${connectMs} ms`;
      this.#cut({ kind: "connect-timeout", sent: false, message: `No connection to the provider within ${limit}.` });
    } else if (this.#phase === "sent") {
      const limit = total ?? `the first-byte time-out of ${firstByteMs} ms`;
      this.#cut({ kind: "first-byte-timeout", sent: true, message: `The provider did not answer within ${limit}.` });
    } else {
      const message =
        total === null ? `The provider sent nothing for ${idleMs} ms.` : `The answer was not complete within ${total}.`;
      this.#cut({ kind: "idle-timeout", sent: true, message });
    }
  }

  #cut(failure: TransportFailure): void {
    if (!this.#close()) return;
    this.#controller?.abort(cutByUs);
    this.#receiver.failure(failure);
  }

  /** False when the receiver has been told already. */
  #close(): boolean {
    if (this.#phase === "over") return false;
    this.#phase = "over";
    this.#ticker.remove(this);
    return true;
  }
}

/** Names, lower case as undici read them, and values in turn. */
function headerListOf(headers: Record<string, string | string[] | undefined>): string[] {
  const list: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string") list.push(name, value);
    else if (value !== undefined) for (const one of value) list.push(name, one);
  }
  return list;
}
