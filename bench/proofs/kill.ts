import { Agent } from "node:http";
import { gatewayCommand, startServerProcess, writeGatewayConfig, type ServerProcess } from "../child-process.ts";
import type { Result } from "../measurement.ts";
import { parseRequestId } from "../../src/kit/request-id.ts";
import { chatBody, postChat } from "./chat-client.ts";
import { ledgerRows } from "./ledger-rows.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";
import { chatChunk, chatReply, chatStreamEnd, startScriptedUpstream } from "./scripted-upstream.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";

/**
 * Kill -9 at random under load, again and again on one data directory: a row whose caller read the last byte is never
 * lost. A crash of the process cannot show a missing sync (the page cache survives it): that is what `sync-order` is for.
 */
export async function proveKill({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const cycles = quick ? 3 : 20;
  const chance = createSeededRandom(seed);
  const acknowledged = new Set<bigint>();
  const upstream = await startScriptedUpstream((call, _request, response) => {
    const id = `chatcmpl-${call.number}`;
    if (!call.body.includes('"stream":true'))
      return void response.setHeader("content-type", "application/json").end(chatReply(id));
    response.setHeader("content-type", "text/event-stream");
    response.write(chatChunk(id, "Hello "));
    setTimeout(() => response.end(chatStreamEnd(id)), 5);
  });
  return withScratch(async (directory) => {
    const file = writeGatewayConfig(directory, upstream.origin);
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const gateway = await startServerProcess(gatewayCommand(file, "quiet"));
      const load = loadUntilDead(gateway, cycle, acknowledged);
      await pause(200 + chance() * 1_000);
      gateway.child.kill("SIGKILL");
      await load;
    }
    await (await startServerProcess(gatewayCommand(file, "quiet"))).stop();
    await upstream.close();
    const kept = new Set(ledgerRows(directory).map((row) => row.id));
    const lost = [...acknowledged].filter((id) => !kept.has(id)).length;
    return [
      counted("kill-cycles", cycles, cycles, null, "cycles"),
      counted("acknowledged-rows-lost", lost, acknowledged.size, { op: "==", value: 0 }, "rows"),
      counted("acknowledged", acknowledged.size, acknowledged.size, { op: ">=", value: cycles * 50 }, "rows"),
    ];
  });
}

/** Sixteen callers, whole and streamed in turn, until the gateway is gone. */
async function loadUntilDead(gateway: ServerProcess, cycle: number, acknowledged: Set<bigint>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const caller = async (name: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const outcome = await postChat(gateway.port, chatBody(`${cycle}-${name}-${turn}`, turn % 2 === 1), agent).outcome;
      if (!outcome.whole || outcome.status !== 200) return;
      const id = parseRequestId(outcome.requestId);
      if (id !== null) acknowledged.add(id);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, name) => caller(name)));
  agent.destroy();
}
