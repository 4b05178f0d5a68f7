import { connect, type Socket } from "node:net";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import { residentBytes } from "../cpu-time.ts";
import type { Result } from "../measurement.ts";
import { chatBody } from "./chat-client.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";
import { chatChunk, startScriptedUpstream } from "./scripted-upstream.ts";

/** Readers that stop reading hold back the provider instead of filling the gateway's memory. */
export async function proveStalledReaders({ quick }: ProofOptions): Promise<readonly Result[]> {
  const readers = quick ? 40 : 200;
  const stalledMs = quick ? 2_000 : 10_000;
  const event = chatChunk("chatcmpl-flood", "word ".repeat(800));
  let pushedBytes = 0;
  const upstream = await startScriptedUpstream((_call, _request, response) => {
    response.setHeader("content-type", "text/event-stream");
    const push = (): void => {
      while (!response.destroyed) {
        pushedBytes += event.length;
        if (!response.write(event)) return;
      }
    };
    response.on("drain", push);
    push();
  });
  return withScratch(async (directory) => {
    const file = writeGatewayConfig(
      directory,
      upstream.origin,
      'routes: [{ name: long, timeouts: { idle: "1h", total: "1h" } }]\n',
    );
    const gateway = await startServerProcess(gatewayCommand(file, "quiet"));
    try {
      // Streams that flow first: what the runtime takes once, for any traffic of this size, is not what stalled readers cost.
      const flowing = await Promise.all(Array.from({ length: 50 }, () => openReader(gateway.port)));
      for (const socket of flowing) socket.on("data", () => {});
      await pause(2_000);
      for (const socket of flowing) socket.destroy();
      await pause(1_000);
      const before = residentBytes(gateway.pid);
      const sockets = await Promise.all(Array.from({ length: readers }, () => openReader(gateway.port)));
      await pause(stalledMs);
      const pushedOnce = pushedBytes;
      await pause(500);
      const grownMiB = (residentBytes(gateway.pid) - before) / 2 ** 20;
      for (const socket of sockets) socket.destroy();
      return [
        counted("memory-growth", grownMiB, readers, { op: "<=", value: 64 }, "MiB"),
        counted("pushed-while-stalled", (pushedBytes - pushedOnce) / 2 ** 20, readers, { op: "==", value: 0 }, "MiB"),
      ];
    } finally {
      await gateway.stop();
      await upstream.close();
    }
  });
}

/** Asks for a stream, and reads its first bytes and then no more until told to. */
function openReader(port: number): Promise<Socket> {
  const body = chatBody(`stalled-${Math.random()}`, true);
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer sk-proof\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return new Promise((resolve) => {
    socket.once("data", () => {
      socket.pause();
      resolve(socket);
    });
  });
}
