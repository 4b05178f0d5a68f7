/**
 * What answering a call reads of its request: the part of `IncomingMessage` that is used here, in node:http's own meaning.
 * The listeners hand over node:http's objects as they are; the library hands over objects of its own that keep to the same rules.
 */
export interface CallerRequest {
  readonly method?: string | undefined;
  /** Path and query, as sent. */
  readonly url?: string | undefined;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** The body has come to its end, or nothing of it could be in the way of an answer. */
  readonly complete: boolean;
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  once(event: "end" | "error" | "close", listener: () => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
}

/** What answering a call does with its answer: the part of `ServerResponse` that is used here, in node:http's own meaning. */
export interface CallerResponse {
  readonly statusCode: number;
  readonly headersSent: boolean;
  /** `end` was called. */
  readonly writableEnded: boolean;
  readonly destroyed: boolean;
  /** Knows in `_handle` how the caller takes what is written; null when there is nothing to know. */
  readonly socket: object | null;
  setHeader(name: string, value: string): unknown;
  /** `headers` are names and values in turn. */
  writeHead(status: number, headers?: string[]): CallerResponse;
  writeContinue(): void;
  flushHeaders(): void;
  /** False: wait for `drain`. The bytes stay the writer's. */
  write(bytes: Uint8Array | string): boolean;
  end(bytes?: Uint8Array | string): unknown;
  /** Cuts the answer off; the caller notices. */
  destroy(): unknown;
  /** `close`: nothing more will leave, whether the answer was whole (`writableEnded`) or the caller left. */
  on(event: "close" | "drain", listener: () => void): unknown;
}
