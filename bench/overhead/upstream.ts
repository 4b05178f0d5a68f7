import { createServer, type Server, type Socket } from "node:net";
import { messagesEvents, streamEvents, wholeBody } from "./wire.ts";

const wholeAnswer = Buffer.concat([
  Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_bench\r\ncontent-length: ${wholeBody.length}\r\n\r\n`,
  ),
  wholeBody,
]);
const streamHead = Buffer.from(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n",
);
const chunksOf = (events: readonly Buffer[]): readonly Buffer[] =>
  events.map((event) => Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from("\r\n")]));
const lastChunk = Buffer.from("0\r\n\r\n");
/** A stream as it is written: piece by piece, or all at once. */
interface Script {
  readonly chunks: readonly Buffer[];
  readonly burst: Buffer;
}
const scriptOf = (events: readonly Buffer[]): Script => {
  const chunks = chunksOf(events);
  return { chunks, burst: Buffer.concat([streamHead, ...chunks, lastChunk]) };
};
const chatScript = scriptOf(streamEvents);
const messagesScript = scriptOf(messagesEvents);

/** The provider of the benchmark: raw sockets, so that it costs next to nothing beside what is measured. */
export interface Upstream {
  readonly port: number;
  /** Milliseconds between two events of a stream; 0 sends all at once. */
  paceMs: number;
  readonly server: Server;
}

/** Starts the upstream on a free port of the loopback interface. */
export async function startUpstream(): Promise<Upstream> {
  const server = createServer((socket) => serve(socket, () => upstream.paceMs));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const upstream: Upstream = { port: typeof address === "object" ? (address?.port ?? 0) : 0, paceMs: 0, server };
  return upstream;
}

/** Reads requests by their content-length and answers each; good for clients that behave, which these are. */
function serve(socket: Socket, paceMs: () => number): void {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  let kept: Buffer = Buffer.alloc(0);
  socket.on("data", (piece: Buffer) => {
    kept = kept.length === 0 ? piece : Buffer.concat([kept, piece]);
    for (;;) {
      const headEnd = kept.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = kept.toString("latin1", 0, headEnd);
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (kept.length < end) return;
      // Messages come from the subject that translates, which is only asked for streams.
      const isMessages = head.startsWith("POST /v1/messages");
      const script = isMessages ? messagesScript : chatScript;
      const stream = isMessages || kept.subarray(Math.max(headEnd, end - 80), end).includes('"stream":true');
      kept = kept.subarray(end);
      if (!stream) socket.write(wholeAnswer);
      else if (paceMs() === 0) socket.write(script.burst);
      else pace(socket, script.chunks, paceMs());
    }
  });
}

function pace(socket: Socket, chunks: readonly Buffer[], everyMs: number): void {
  socket.write(streamHead);
  let next = 0;
  const timer = setInterval(() => {
    const chunk = chunks[next++];
    if (chunk !== undefined && !socket.destroyed) return void socket.write(chunk);
    clearInterval(timer);
    if (!socket.destroyed) socket.write(lastChunk);
  }, everyMs);
}
