/** One request as it came in. */
export interface IncomingCall {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** The query with its `?`, or empty. */
  readonly query: string;
  /** Names in lower case; of a repeated header the last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly keepAlive: boolean;
}

const headBytesMax = 64 * 1_024;
const bodyBytesMax = 128 * 1_024 * 1_024;

interface Head {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly keepAlive: boolean;
  /** -1: chunked. */
  readonly bodyBytes: number;
  readonly bodyStart: number;
}

/** What the reader has to say. */
export interface HttpReaderEvents {
  /** A whole request. No further one is reported until `release`. */
  call(call: IncomingCall): void;
  /** The head is in and the client waits for a word before it sends the body. */
  expectContinue(): void;
  /** Not HTTP, or larger than the limits. */
  bad(reason: string): void;
}

/**
 * Reads HTTP/1.1 requests off a connection, one at a time. Own and small, because the fake provider has to own every
 * byte of the connection: it resets at any offset of the response, its head included.
 */
export class HttpReader {
  readonly #events: HttpReaderEvents;
  #chunks: Buffer[] = [];
  #have = 0;
  /** Bytes that must be there before looking again makes sense. */
  #need = 1;
  #head: Head | null = null;
  #busy = false;

  constructor(events: HttpReaderEvents) {
    this.#events = events;
  }

  /** Feeds bytes. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    if (this.#have > headBytesMax + bodyBytesMax) return this.#events.bad("too large");
    if (!this.#busy && this.#have >= this.#need) this.#consume();
  }

  /** The last call is answered; go on with what was pipelined behind it. */
  release(): void {
    this.#busy = false;
    if (this.#have >= this.#need && this.#have > 0) this.#consume();
  }

  #consume(): void {
    const only = this.#chunks[0];
    const buffer = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    this.#chunks = [buffer];
    if (this.#head === null) {
      const end = buffer.indexOf("\r\n\r\n");
      if (end < 0) {
        if (buffer.length > headBytesMax) return this.#events.bad("head too large");
        this.#need = buffer.length + 1;
        return;
      }
      this.#head = parseHead(buffer.toString("latin1", 0, end), end + 4);
      if (this.#head === null) return this.#events.bad("malformed head");
      if (this.#head.headers.has("expect") && buffer.length === end + 4) this.#events.expectContinue();
    }
    this.#consumeBody(buffer, this.#head);
  }

  #consumeBody(buffer: Buffer, head: Head): void {
    if (head.bodyBytes > bodyBytesMax) return this.#events.bad("body too large");
    let body: Buffer;
    let end: number;
    if (head.bodyBytes >= 0) {
      end = head.bodyStart + head.bodyBytes;
      if (buffer.length < end) {
        this.#need = end;
        return;
      }
      body = buffer.subarray(head.bodyStart, end);
    } else {
      const decoded = decodeChunked(buffer, head.bodyStart);
      if (decoded === "bad") return this.#events.bad("malformed chunk");
      if (decoded === null) {
        this.#need = buffer.length + 1;
        return;
      }
      [body, end] = decoded;
    }
    this.#head = null;
    this.#busy = true;
    this.#need = 1;
    this.#chunks = end < buffer.length ? [buffer.subarray(end)] : [];
    this.#have = buffer.length - end;
    const { method, path, query, headers, keepAlive } = head;
    this.#events.call({ method, path, query, headers, body, keepAlive });
  }
}

function parseHead(text: string, bodyStart: number): Head | null {
  const lines = text.split("\r\n");
  const start = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(lines[0] ?? "");
  if (start === null) return null;
  const headers = new Map<string, string>();
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const colon = line.indexOf(":");
    if (colon <= 0) return null;
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const [, method = "", target = "", minor = "1"] = start;
  const chunked = headers.get("transfer-encoding")?.toLowerCase() === "chunked";
  const length = headers.get("content-length");
  if (length !== undefined && (chunked || !/^\d{1,15}$/.test(length))) return null;
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  const question = target.indexOf("?");
  return {
    method,
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? "" : target.slice(question),
    headers,
    keepAlive: minor === "1" ? connection !== "close" : connection === "keep-alive",
    bodyBytes: chunked ? -1 : Number(length ?? "0"),
    bodyStart,
  };
}

/** The body and where it ends, null while incomplete. */
function decodeChunked(buffer: Buffer, start: number): [Buffer, number] | null | "bad" {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = buffer.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(buffer.toString("latin1", at, lineEnd), 16);
    if (!(size >= 0)) return "bad";
    if (size === 0) {
      // Trailers, if any, end with an empty line.
      const end = buffer.indexOf("\r\n\r\n", lineEnd);
      return end < 0 ? null : [Buffer.concat(parts), end + 4];
    }
    at = lineEnd + 2;
    if (buffer.length < at + size + 2) return null;
    parts.push(buffer.subarray(at, at + size));
    at += size + 2;
  }
}
