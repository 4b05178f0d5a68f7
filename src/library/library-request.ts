import { EventEmitter } from "node:events";
import type { CallerRequest } from "../gateway/caller.ts";

/** No host is asked: the URL's may be any, so one stands here that every check takes. */
const host = "farthing";

/** A web Request as the gateway's code reads requests. Its body is read once somebody listens to it, a piece at a time. */
export class LibraryRequest extends EventEmitter implements CallerRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  /** There is no connection that the unread rest of a body could spoil. */
  readonly complete = true;
  /** Held: its signal forgets the caller's when nobody holds the request. */
  readonly #request: Request;
  readonly #onBroken: (error: unknown) => void;
  #reader: ReadableStreamDefaultReader<unknown> | null = null;
  #stopped = false;

  /** @param onBroken is told when the body fails before its end */
  constructor(request: Request, onBroken: (error: unknown) => void) {
    super();
    const { pathname, search } = new URL(request.url);
    this.#request = request;
    this.#onBroken = onBroken;
    this.method = request.method;
    this.url = pathname + search;
    this.rawHeaders = rawHeadersOf(request.headers);
  }

  override on(event: string, listener: (...values: never[]) => void): this {
    super.on(event, listener as (...values: unknown[]) => void);
    if (event === "data") this.resume();
    return this;
  }

  resume(): this {
    if (this.#reader !== null || this.#stopped) return this;
    const { body } = this.#request;
    // As with a connection, nothing comes before the code that listens has run to its end.
    if (body === null) {
      this.#stopped = true;
      queueMicrotask(() => this.emit("end"));
    } else {
      this.#reader = body.getReader();
      void this.#readAll(this.#reader);
    }
    return this;
  }

  /** Reads no further, and tells the body's source. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { body } = this.#request;
    const over = this.#reader === null ? body?.cancel() : this.#reader.cancel();
    // A source that fails while it is told to stop has nothing to say to anybody.
    over?.catch(() => undefined);
  }

  async #readAll(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
    try {
      for (let next = await reader.read(); !next.done && !this.#stopped; next = await reader.read()) {
        this.emit("data", bytesOf(next.value));
      }
    } catch (error) {
      if (!this.#stopped) this.#onBroken(error);
      return;
    }
    if (this.#stopped) return;
    this.#stopped = true;
    this.emit("end");
  }
}

/** Names and values in turn. */
function rawHeadersOf(headers: Headers): readonly string[] {
  const raw = ["host", host];
  for (const [name, value] of headers) if (name !== "host") raw.push(name, value);
  return raw;
}

function bytesOf(piece: unknown): Buffer {
  if (piece instanceof Uint8Array) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  throw new TypeError("A request's body must be a stream of Uint8Array.");
}
