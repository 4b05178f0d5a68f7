import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call as it left the gateway. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case; of a name that stands twice the last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** What the provider answered, as far as it has come, one character a byte; empty where a script did. */
  readonly answer: Answer;
}

/** A provider's answer. */
export interface Answer {
  status: number;
  body: string;
}

/** Answers a call in the provider's place. */
export type Script = (exchange: Exchange, response: ServerResponse) => void;

/** Stands between gateway and provider and writes down what goes up. Bytes pass as they are. */
export interface Relay {
  readonly origin: string;
  /** Everything so far, oldest first. */
  readonly exchanges: readonly Exchange[];
  /** From now on answers such calls itself. */
  script(matches: (exchange: Exchange) => boolean, script: Script): void;
  stop(): Promise<void>;
}

/** Starts a relay before the provider at `target`, on a free port of this machine. */
export async function startRelay(target: string): Promise<Relay> {
  const exchanges: Exchange[] = [];
  const scripts: { readonly matches: (exchange: Exchange) => boolean; readonly script: Script }[] = [];
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const body = await collect(request);
      const exchange = exchangeOf(request, body);
      exchanges.push(exchange);
      const script = scripts.find(({ matches }) => matches(exchange))?.script;
      if (script === undefined) passOn(target, request, body, response, exchange.answer);
      else script(exchange, response);
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    script: (matches, script) => void scripts.push({ matches, script }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function exchangeOf(request: IncomingMessage, bytes: Buffer): Exchange {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    headers.set((request.rawHeaders[at] ?? "").toLowerCase(), request.rawHeaders[at + 1] ?? "");
  }
  const body = bytes.toString();
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers,
    body,
    answer: { status: 0, body: "" },
  };
}

/** The key that a call carries, in whatever header. */
export function keyOf({ headers }: Exchange): string {
  const bearer = headers.get("authorization")?.replace(/^Bearer /, "");
  return bearer ?? headers.get("x-api-key") ?? headers.get("x-goog-api-key") ?? "";
}

function passOn(
  target: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  answer: Answer,
): void {
  const upstream = httpRequest(
    `${target}${request.url ?? ""}`,
    { method: request.method, headers: request.headers },
    (incoming) => {
      answer.status = incoming.statusCode ?? 502;
      response.writeHead(answer.status, incoming.rawHeaders);
      response.flushHeaders();
      incoming.on("data", (piece: Buffer) => (answer.body += piece.toString("latin1")));
      incoming.pipe(response);
      incoming.on("error", () => response.destroy());
    },
  );
  upstream.on("error", () => response.destroy());
  response.on("close", () => upstream.destroy());
  upstream.end(body);
}
