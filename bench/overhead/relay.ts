// The baseline of every ratio: a bare relay of node:http and undici's dispatch. It reads the model and the usage, as
// anything that counts money must, and does nothing else: no key, no cache, no ledger, no retry, no time-outs.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool } from "undici";

const pool = new Pool(process.argv[2] ?? "", { connections: 256 });
let tokens = 0;

class Relay {
  readonly response: ServerResponse;
  stream = false;
  pieces: Buffer[] = [];
  constructor(response: ServerResponse) {
    this.response = response;
  }
  onRequestStart(): void {}
  onResponseStart(
    controller: { rawHeaders?: unknown; resume(): void },
    status: number,
    headers: Record<string, unknown>,
  ): void {
    this.stream = String(headers["content-type"]).startsWith("text/event-stream");
    this.response.writeHead(status, { "content-type": String(headers["content-type"]) });
    if (this.stream) this.response.on("drain", () => controller.resume());
  }
  onResponseData(controller: { pause(): void }, piece: Buffer): void {
    if (!this.stream) this.pieces.push(piece);
    else {
      if (piece.includes('"usage":{')) tokens += 1;
      if (!this.response.write(piece)) controller.pause();
    }
  }
  onResponseEnd(): void {
    if (this.stream) return void this.response.end();
    const body = this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces);
    tokens += (JSON.parse(body.toString()) as { usage: { total_tokens: number } }).usage.total_tokens;
    this.response.end(body);
  }
  onResponseError(): void {
    this.response.destroy();
  }
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const body = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    tokens += (JSON.parse(body.toString()) as { model: string }).model.length;
    const headers = { "content-type": "application/json", authorization: request.headers.authorization ?? "" };
    pool.dispatch({ method: "POST", path: request.url ?? "/", headers, body }, new Relay(response));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ ready: true, port: typeof address === "object" ? address?.port : 0 })}\n`);
});
