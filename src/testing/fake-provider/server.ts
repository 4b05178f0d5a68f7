import { createServer, type Socket } from "node:net";
import { FakeProvider } from "./fake-provider.ts";
import { HttpReader, type IncomingCall } from "./http-reader.ts";
import type { FakeProviderSettings } from "./settings.ts";
import { Wire } from "./wire.ts";

/** A provider that listens. */
export interface RunningServer {
  readonly port: number;
  /** Cuts every connection and stops listening. */
  stop(): Promise<void>;
}

const badRequest = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

function serve(socket: Socket, provider: FakeProvider, wires: Set<Wire>): void {
  socket.setNoDelay(true);
  const wire = new Wire(socket);
  wires.add(wire);
  socket.on("close", () => wires.delete(wire));
  const answer = async (call: IncomingCall): Promise<void> => {
    if (await provider.handle(call, wire)) reader.release();
    else if (!wire.gone) wire.close();
  };
  const reader = new HttpReader({
    call: (call) => {
      answer(call).catch((error: unknown) => {
        // A defect of ours: loud, and the client sees a reset instead of a hanging call.
        process.stderr.write(`fake-provider: ${error instanceof Error ? error.stack : String(error)}\n`);
        wire.destroy();
      });
    },
    expectContinue: () => socket.write("HTTP/1.1 100 Continue\r\n\r\n"),
    bad: () => {
      socket.end(badRequest);
    },
  });
  socket.on("data", (chunk: Buffer) => reader.push(chunk));
}

/** Listens on 127.0.0.1. */
export async function startServer(settings: FakeProviderSettings): Promise<RunningServer> {
  const provider = new FakeProvider(settings);
  const wires = new Set<Wire>();
  const server = createServer((socket) => serve(socket, provider, wires));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: settings.port, host: "127.0.0.1", backlog: 4_096 }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    stop: async () => {
      provider.stop();
      for (const wire of wires) wire.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await provider.ended();
    },
  };
}
