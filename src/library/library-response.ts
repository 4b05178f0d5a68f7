import { EventEmitter } from "node:events";
import { STATUS_CODES } from "node:http";
import type { CallerResponse } from "../gateway/caller.ts";
import { AnswerBody } from "./answer-body.ts";

/** Statuses whose answers have no body. Source: the Fetch standard, "null body status", read 2026-11-22. */
const bodiless: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/** Who waits for the answer. */
export interface AnswerReceiver {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The gateway's answer as a web Response. One that is written in one piece is handed over whole; any other is handed over
 * with its head, its body a stream whose reader sets the pace.
 */
export class LibraryResponse extends EventEmitter implements CallerResponse {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  destroyed = false;
  readonly #withoutBody: boolean;
  readonly #receiver: AnswerReceiver;
  readonly #headers: [name: string, value: string][] = [];
  #body: AnswerBody | null = null;
  #delivered = false;
  #closed = false;

  constructor(method: string, receiver: AnswerReceiver) {
    super();
    this.#withoutBody = method === "HEAD";
    this.#receiver = receiver;
  }

  /** What a socket knows of its reader, for the watch over readers that stall. */
  get socket(): object | null {
    return this.#body === null ? null : { _handle: this.#body.progress };
  }

  setHeader(name: string, value: string): this {
    this.#headers.push([name, value]);
    return this;
  }

  writeHead(status: number, headers: readonly string[] = []): this {
    this.statusCode = status;
    for (let index = 0; index + 1 < headers.length; index += 2) {
      this.#headers.push([headers[index] ?? "", headers[index + 1] ?? ""]);
    }
    this.headersSent = true;
    return this;
  }

  /** Nobody waits for the word to go on. */
  writeContinue(): void {}

  flushHeaders(): void {
    this.#open();
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.destroyed || this.writableEnded) return true;
    this.#open();
    return this.#body?.push(typeof bytes === "string" ? Buffer.from(bytes) : bytes) ?? true;
  }

  end(bytes?: Uint8Array | string): this {
    if (this.destroyed || this.writableEnded) return this;
    if (this.#delivered) {
      if (bytes !== undefined) this.write(bytes);
      this.writableEnded = true;
      if (this.#body === null) this.#close();
      else this.#body.end();
      return this;
    }
    this.writableEnded = true;
    this.#deliver(bytes === undefined ? null : typeof bytes === "string" ? bytes : new Uint8Array(bytes));
    this.#close();
    return this;
  }

  /** Cuts the answer off. `error` is what its reader gets, in place of undici's word for a connection that broke. */
  destroy(error: unknown = new TypeError("terminated")): this {
    this.#body?.fail(error);
    if (this.destroyed || this.#closed) return this;
    this.destroyed = true;
    if (!this.#delivered) this.#receiver.reject(error);
    this.#close();
    return this;
  }

  /** Hands the head over, with a body that is yet to come. */
  #open(): void {
    if (this.#delivered) return;
    if (this.#hasNoBody()) {
      this.#deliver(null);
      return;
    }
    this.#body = new AnswerBody({
      onRoom: () => void this.emit("drain"),
      onHandedOver: () => this.#close(),
      onCancel: () => this.destroy(),
    });
    this.#deliver(this.#body.stream);
  }

  #hasNoBody(): boolean {
    return this.#withoutBody || bodiless.has(this.statusCode);
  }

  #deliver(body: string | Uint8Array<ArrayBuffer> | ReadableStream | null): void {
    this.#delivered = true;
    const { statusCode: status } = this;
    try {
      const init = { status, statusText: STATUS_CODES[status] ?? "", headers: this.#headers };
      this.#receiver.resolve(new Response(this.#hasNoBody() ? null : body, init));
    } catch (error) {
      // A provider's status or header may be one that no web Response can have.
      this.#receiver.reject(error);
      queueMicrotask(() => this.destroy(error));
    }
  }

  /** As at a connection, this is heard of only after the code that caused it has run to its end. */
  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    queueMicrotask(() => this.emit("close"));
  }
}
