import { connect } from "node:net";
import type { EndedLine, LogLine } from "./call-log.ts";

/** Everything that came back on one connection. */
export interface RawReply {
  readonly bytes: Buffer;
  /** How the provider closed: with a FIN, or with a reset. */
  readonly closed: "ended" | "reset";
}

/** A request of the raw client. */
export interface RawRequest {
  /** Default POST. */
  readonly method?: string;
  readonly path: string;
  readonly key?: string;
  readonly headers?: readonly string[];
  /** Sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
  /** Leaves (destroys the connection) as soon as so many bytes came. */
  readonly leaveAfterBytes?: number;
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined || Buffer.isBuffer(body)) return body ?? Buffer.alloc(0);
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** Status of a raw response. */
export function statusOf(reply: RawReply): number {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(reply.bytes.toString())?.[1]);
}

/** Status line and headers of a raw response. */
export function headOf(reply: RawReply): string {
  return reply.bytes.toString("latin1").split("\r\n\r\n")[0] ?? "";
}

/** Sends one request over a connection of its own and collects what comes until the other side closes. For tests that need every byte. */
export function sendRaw(port: number, request: RawRequest): Promise<RawReply> {
  const body = bytesOf(request.body);
  const typed = request.headers?.some((line) => line.startsWith("content-type")) === true;
  const lines = [
    `${request.method ?? "POST"} ${request.path} HTTP/1.1`,
    "host: 127.0.0.1",
    "connection: close",
    ...(typed ? [] : ["content-type: application/json"]),
    "anthropic-version: 2023-06-01",
    ...(request.key === undefined ? [] : [`authorization: Bearer ${request.key}`]),
    ...(request.headers ?? []),
    `content-length: ${body.length}`,
  ];
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let have = 0;
    let closed: RawReply["closed"] = "ended";
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body])),
    );
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      have += chunk.length;
      if (request.leaveAfterBytes !== undefined && have >= request.leaveAfterBytes) socket.destroy();
    });
    socket.on("error", () => (closed = "reset"));
    socket.on("close", () => resolve({ bytes: Buffer.concat(chunks), closed }));
  });
}

/** Body of a raw response: after its head, chunk framing taken off. */
export function bodyOf(reply: RawReply): string {
  const end = reply.bytes.indexOf("\r\n\r\n");
  const head = reply.bytes.subarray(0, end).toString();
  let rest = reply.bytes.subarray(end + 4);
  if (!/transfer-encoding: chunked/i.test(head)) return rest.toString();
  const parts: Buffer[] = [];
  for (let lineEnd = rest.indexOf("\r\n"); lineEnd >= 0; lineEnd = rest.indexOf("\r\n")) {
    const size = Number.parseInt(rest.subarray(0, lineEnd).toString(), 16);
    if (!(size > 0)) break;
    parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    rest = rest.subarray(lineEnd + 2 + size + 2);
  }
  return Buffer.concat(parts).toString();
}

/** One event of an SSE text. */
export interface RawEvent {
  readonly name: string | null;
  readonly data: string;
}

/** The events of a well-formed SSE text. Throws where a line is neither `event:` nor `data:`, or the last event is not ended. */
export function eventsOf(text: string): RawEvent[] {
  if (!text.endsWith("\n\n")) throw new Error(`the stream does not end with an empty line: ${text.slice(-60)}`);
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((block) => {
      let name: string | null = null;
      let data = "";
      for (const line of block.split("\n")) {
        if (line.startsWith("event: ")) name = line.slice(7);
        else if (line.startsWith("data: ")) data += line.slice(6);
        else throw new Error(`not a line of an event: ${line}`);
      }
      return { name, data };
    });
}

/** The last `ended` line of the log that `GET /fake/log` gives, once no call is open. */
export async function lastEnded(port: number): Promise<EndedLine> {
  const ended = (await settledLog(port)).findLast((line) => line.event === "ended");
  if (ended === undefined) throw new Error("no call has ended");
  return ended;
}

/** The whole log once no call is open; waits up to 5 seconds. */
export async function settledLog(port: number): Promise<readonly LogLine[]> {
  for (let turn = 0; turn < 500; turn++) {
    const state = (await (await fetch(`http://127.0.0.1:${port}/fake/open`)).json()) as { readonly open: number };
    if (state.open === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const log = (await (await fetch(`http://127.0.0.1:${port}/fake/log?since=0`)).json()) as {
    readonly lines: readonly LogLine[];
  };
  return log.lines;
}
