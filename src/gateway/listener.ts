import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { FarthingError } from "../kit/farthing-error.ts";
import { renderedErrorOf } from "../kit/rendered-error.ts";
import { requestIdOf } from "../kit/request-id.ts";
import type { ListenAddress } from "../spec/config.ts";
import type { Dialect } from "../spec/dialect.ts";
import { dialectOf, type Surface } from "./surface.ts";

/** A listening server and where it listens. */
export interface Listener {
  readonly address: ListenAddress;
  /** Takes no further connections; ends those that are idle. */
  stop(): void;
  /** Cuts what is still connected. */
  cut(): void;
}

/** Limits of a connection, against callers that send slowly or not at all. Milliseconds. */
const connectionLimits = {
  // Half of a network read: a caller that stops reading holds back its provider that much sooner. Node's default is 64 KiB.
  highWaterMark: 16_384,
  headersTimeout: 15_000,
  /** The whole request, body included. */
  requestTimeout: 120_000,
  /** Longer than the idle time of common load balancers, so that they close first and never write into a closing socket. */
  keepAliveTimeout: 75_000,
  /** How often the first two are looked at. */
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 32_768,
  noDelay: true,
  /** Checked by us, so that the refusal is in the caller's dialect. */
  requireHostHeader: false,
};

/** What a busy port is called and how to choose another. */
export interface ListenerKind {
  readonly name: "traffic" | "admin";
  readonly flag: "--listen" | "--listen-admin";
}

/**
 * Starts to listen.
 * Rejects with FarthingError `config_invalid` that says what to do when the address cannot be had.
 */
export async function startListener(
  surface: Surface,
  kind: ListenerKind,
  wanted: ListenAddress,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listener> {
  const server = createServer(connectionLimits, handle);
  server.on("checkContinue", handle);
  server.on("clientError", (error, socket) => answerBrokenHttp(surface, error, socket as Socket));
  server.maxConnections = surface.engine.config.limits.inFlightMax * 4;
  await listen(surface, server, kind, wanted);
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: wanted.host, port },
    stop: () => {
      server.close();
    },
    cut: () => server.closeAllConnections(),
  };
}

function listen(surface: Surface, server: Server, kind: ListenerKind, wanted: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, kind, wanted)));
    server.listen(wanted.port, wanted.host, () => {
      server.removeAllListeners("error");
      server.on("error", (error: NodeJS.ErrnoException) =>
        logNotTaken(
          surface,
          kind,
          error.code ?? error.name,
          "Raise the limit of open files (ulimit -n), or take load away.",
        ),
      );
      server.on("drop", () =>
        logNotTaken(surface, kind, "too_many_connections", "Four for each of limits.inFlightMax are open: raise it."),
      );
      resolve();
    });
  });
}

/** A connection that could not be taken, most often for want of file descriptors. One line a second of each kind. */
function logNotTaken(surface: Surface, { name }: ListenerKind, code: string, advice: string): void {
  const message = `A connection was not taken. ${advice}`;
  const line = { level: "error", event: "connection-not-taken", listener: name, code, message };
  surface.logSampled(`${name} ${code}`, line);
}

function listenError(
  error: NodeJS.ErrnoException,
  { name, flag }: ListenerKind,
  { host, port }: ListenAddress,
): FarthingError {
  const any = `${flag} ${host.includes(":") ? `[${host}]` : host}:0`;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use. Stop the program that holds it, or take any free port with ${any}.`,
    EACCES: `Port ${port} needs more rights than this process has. Take one above 1023, such as ${any}.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Listen on 127.0.0.1 or on one of its own addresses with ${flag}.`,
    ENOTFOUND: `The host name ${host} is not known. Listen on an address with ${flag}.`,
  };
  const reason =
    reasons[error.code ?? ""] ??
    `Listening on ${host}:${port} failed (${error.code ?? "unknown"}). Choose another with ${flag}.`;
  return new FarthingError("config_invalid", `The ${name} listener cannot start. ${reason}`, { cause: error });
}

/** What the parser throws: with the bytes it choked on, where it was bytes. */
interface BrokenHttp extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/** The dialect of a request that could not be parsed, by what its first bytes look like. */
function dialectOfBytes(surface: Surface, packet: Buffer | undefined): Dialect {
  const text = packet?.toString("latin1", 0, connectionLimits.maxHeaderSize) ?? "";
  const target = text.slice(0, text.search(/[\r\n]|$/)).split(" ")[1] ?? "";
  return dialectOf(surface, target, /\nanthropic-version:/i.test(text));
}

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers bytes that are no HTTP request, and requests that never came to their end. There is no response object for them. */
function answerBrokenHttp(surface: Surface, error: BrokenHttp, socket: Socket): void {
  // An answer is under way on this socket: another one written into it would be taken for its continuation.
  if (!socket.writable || error.code === "ECONNRESET" || Reflect.get(socket, "_httpMessage")) {
    socket.destroy();
    return;
  }
  const requestId = requestIdOf(surface.engine.newId());
  const refusal = new FarthingError(
    "invalid_request",
    "The request is not valid HTTP/1.1, or did not come to its end in time.",
  );
  surface.countRejection(refusal, requestId);
  const dialect = dialectOfBytes(surface, error.rawPacket);
  const body = dialect.renderError(renderedErrorOf(refusal, dialect.name, requestId));
  const status = statusLines[error.code ?? ""] ?? "400 Bad Request";
  const head = `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head, "latin1");
  socket.end(body);
}
