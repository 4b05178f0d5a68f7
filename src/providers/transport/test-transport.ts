import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import type { NetworkSettings } from "../../spec/config.ts";
import type { Timeouts } from "../../spec/route.ts";
import type { Endpoint } from "../../spec/target.ts";
import { noQuirks } from "../../spec/quirks.ts";
import type { CallControl, ProviderReceiver, Transport, TransportFailure } from "../../spec/transport.ts";
import { createUndiciTransport } from "./undici-transport.ts";

/** Settings without proxy or extra authority, four connections to an origin. */
export const network: NetworkSettings = { httpsProxy: null, noProxy: [], extraCa: null, connectionsPerOrigin: 4 };
/** Limits that no test reaches by accident. */
export const patient: Timeouts = { connectMs: 5_000, firstByteMs: 5_000, idleMs: 5_000, totalMs: 20_000 };
/** Run in reverse after each test by {@link cleanUp}. */
export const cleanups: (() => Promise<unknown> | void)[] = [];

/** Closes what the test opened. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

/** Listens on a free port of this machine; the origin. */
export async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An HTTP server. */
export const serve = (answer: RequestListener): Promise<string> => listen(createServer(answer));

/** A server that shows each connection to `accept` and speaks no HTTP of its own. */
export async function serveRaw(accept: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  cleanups.push(() => sockets.forEach((socket) => socket.destroy()));
  return listen(
    createTcpServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      accept(socket);
    }),
  );
}

/** A transport that is closed after the test. */
export function transportWith(settings: Partial<NetworkSettings> = {}): Transport & { close(): Promise<void> } {
  const transport = createUndiciTransport({ ...network, ...settings }, 1_000_000);
  cleanups.push(() => transport.close());
  return transport;
}

/** An endpoint of that origin. */
export function endpointAt(origin: string): Endpoint {
  return {
    id: "test",
    vendor: "test",
    origin,
    basePath: "",
    dialects: ["openai-chat"],
    keyHeader: "authorization",
    keyPrefix: "Bearer ",
    requestIdHeader: "x-request-id",
    quirks: noQuirks,
    serverKey: null,
  };
}

/** Collects what a call brings. */
export class Collector implements ProviderReceiver {
  status = 0;
  headers: readonly string[] = [];
  readonly chunks: Uint8Array[] = [];
  ended = 0;
  readonly failures: TransportFailure[] = [];
  takesMore: () => boolean = () => true;
  onChunk: () => void = () => undefined;
  readonly over: Promise<void>;
  #settle: () => void = () => undefined;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  start(status: number, headers: readonly string[]): void {
    this.status = status;
    this.headers = headers;
  }
  chunk(bytes: Uint8Array): boolean {
    this.chunks.push(bytes);
    this.onChunk();
    return this.takesMore();
  }
  end(): void {
    this.ended += 1;
    this.#settle();
  }
  failure(failure: TransportFailure): void {
    this.failures.push(failure);
    this.#settle();
  }
  get text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }
  get failed(): TransportFailure | undefined {
    if (this.ended + this.failures.length !== 1) throw new Error("a call must be told its end exactly once");
    return this.failures[0];
  }
}

/** A call under way. */
export interface Sent {
  readonly got: Collector;
  readonly control: CallControl;
}

/** Sends one small request. */
export function send(
  transport: Transport,
  origin: string,
  timeouts: Partial<Timeouts> = {},
  headers: string[] = [],
): Sent {
  const got = new Collector();
  const control = transport.send(
    {
      endpoint: endpointAt(origin),
      path: "/v1/chat/completions",
      headers: ["content-type", "application/json", ...headers],
      body: Buffer.from(`{"model":"m"}`),
      timeouts: { ...patient, ...timeouts },
    },
    got,
  );
  return { got, control };
}

/** The body of a request. */
export const drain = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
};
