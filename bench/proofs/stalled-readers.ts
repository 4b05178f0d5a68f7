import { connect, type Socket } from "node:net";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import { residentBytes } from "../cpu-time.ts";
import { median, spread, type Result } from "../measurement.ts";
import { chatBody } from "./chat-client.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";
import { chatChunk, startScriptedUpstream, type ScriptedUpstream } from "./scripted-upstream.ts";

/**
 * Readers that stop reading hold back the provider instead of filling the gateway's memory. Three gateways, one after the
 * other: what the runtime has not collected yet when memory is read differs by tens of MiB from one to the next.
 */
export async function proveStalledReaders({ quick }: ProofOptions): Promise<readonly Result[]> {
  const plan = quick ? { rounds: 1, readers: 40, stalledMs: 2_000 } : { rounds: 3, readers: 200, stalledMs: 10_000 };
  const grown: number[] = [];
  let pushed = 0;
  for (let round = 0; round < plan.rounds; round += 1) {
    const outcome = await stallOnce(plan.readers, plan.stalledMs);
    grown.push(outcome.grownMiB);
    pushed = Math.max(pushed, outcome.pushedMiB);
  }
  const growth = counted("memory-growth", median(grown), plan.readers, { op: "<=", value: 64 }, "MiB");
  return [
    { ...growth, interval: spread(grown) },
    counted("pushed-while-stalled", pushed, plan.readers, { op: "==", value: 0 }, "MiB"),
  ];
}

interface StallOutcome {
  readonly grownMiB: number;
  /** What the provider could still push once everybody had stalled. */
  readonly pushedMiB: number;
}

async function stallOnce(readers: number, stalledMs: number): Promise<StallOutcome> {
  let pushedBytes = 0;
  const upstream = await startFlood((bytes) => (pushedBytes += bytes));
  return withScratch(async (directory) => {
    const routes = 'routes: [{ name: long, timeouts: { idle: "1h", total: "1h" } }]\n';
    const file = writeGatewayConfig(directory, upstream.origin, routes);
    const gateway = await startServerProcess(gatewayCommand(file, "quiet"));
    try {
      await letStreamsFlow(gateway.port);
      const before = residentBytes(gateway.pid);
      const sockets = await Promise.all(Array.from({ length: readers }, () => openReader(gateway.port)));
      await pause(stalledMs);
      const pushedOnce = pushedBytes;
      await pause(500);
      const grownMiB = (residentBytes(gateway.pid) - before) / 2 ** 20;
      for (const socket of sockets) socket.destroy();
      return { grownMiB, pushedMiB: (pushedBytes - pushedOnce) / 2 ** 20 };
    } finally {
      await gateway.stop();
      await upstream.close();
    }
  });
}

/** A provider that writes as fast as it may, for ever. */
function startFlood(onPush: (bytes: number) => void): Promise<ScriptedUpstream> {
  const event = chatChunk("chatcmpl-flood", "word ".repeat(800));
  return startScriptedUpstream((_call, _request, response) => {
    response.setHeader("content-type", "text/event-stream");
    const push = (): void => {
      while (!response.destroyed) {
        onPush(event.length);
        if (!response.write(event)) return;
      }
    };
    response.on("drain", push);
    push();
  });
}

/** Streams that flow first: what the runtime takes once, for any traffic of this size, is not what stalled readers cost. */
async function letStreamsFlow(port: number): Promise<void> {
  const flowing = await Promise.all(Array.from({ length: 50 }, () => openReader(port)));
  for (const socket of flowing) socket.on("data", () => {});
  await pause(2_000);
  for (const socket of flowing) socket.destroy();
  await pause(1_000);
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
