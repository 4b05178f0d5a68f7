import type { ServerResponse } from "node:http";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import { quantile, type Result } from "../measurement.ts";
import { chatBody, postChat } from "./chat-client.ts";
import { ledgerRows } from "./ledger-rows.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";
import { chatChunk, chatReply, chatStreamEnd, startScriptedUpstream } from "./scripted-upstream.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";

/** When the provider saw a call come and go, by the call's marker; milliseconds of this process. */
interface Sighting {
  cameMs: number;
  cutMs: number | null;
  ended: boolean;
}

/** Callers leave at random moments: before the headers, in the middle of a stream, of a whole reply. The provider sees it at once. */
export async function proveAborts({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const total = quick ? 100 : 1_000;
  const chance = createSeededRandom(seed);
  const sightings = new Map<string, Sighting>();
  const upstream = await startScriptedUpstream((call, request, response) => {
    const marker = /marker-\d+/.exec(call.body)?.[0] ?? "";
    const sighting: Sighting = { cameMs: performance.now(), cutMs: null, ended: false };
    sightings.set(marker, sighting);
    request.socket.once("close", () => (sighting.cutMs ??= performance.now()));
    response.once("finish", () => (sighting.ended = true));
    if (call.body.includes('"stream":true')) streamFor(response, marker, 400);
    else setTimeout(() => !response.destroyed && response.end(chatReply(marker)), 400);
  });
  return withScratch(async (directory) => {
    const gateway = await startServerProcess(gatewayCommand(writeGatewayConfig(directory, upstream.origin), "quiet"));
    const left = new Map<string, number>();
    try {
      const leaveOne = async (index: number): Promise<void> => {
        const marker = `marker-${index}`;
        const call = postChat(gateway.port, chatBody(marker, index % 2 === 0));
        await pause(chance() * 300);
        left.set(marker, performance.now());
        call.leave();
        await call.outcome;
      };
      for (let from = 0; from < total; from += 20) {
        await Promise.all(Array.from({ length: 20 }, (_, offset) => leaveOne(from + offset)));
        await pause(150);
      }
      await pause(600);
    } finally {
      await gateway.stop();
      await upstream.close();
    }
    return judge(left, sightings, directory);
  });
}

function streamFor(response: ServerResponse, id: string, lifeMs: number): void {
  response.setHeader("content-type", "text/event-stream");
  const started = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - started < lifeMs) return void response.write(chatChunk(id, "word "));
    clearInterval(timer);
    response.end(chatStreamEnd(id));
  }, 10);
  response.on("close", () => clearInterval(timer));
}

function judge(
  left: ReadonlyMap<string, number>,
  sightings: ReadonlyMap<string, Sighting>,
  directory: string,
): readonly Result[] {
  const seen = [...sightings].filter(([, sighting]) => !sighting.ended);
  const delaysMs = seen.map(
    ([marker, sighting]) => (sighting.cutMs ?? Number.POSITIVE_INFINITY) - (left.get(marker) ?? 0),
  );
  const late = seen.filter(([marker, sighting]) => sighting.cameMs > (left.get(marker) ?? 0) + 100).length;
  const aborted = ledgerRows(directory).filter((row) => row.outcome === "aborted");
  const free = aborted.filter(
    (row) => row.attempts > 0 && row.costState === "estimated" && row.costPicoUsd <= 0n,
  ).length;
  return [
    {
      ...counted("cut-seen-p99", quantile(delaysMs, 0.99), seen.length, { op: "<=", value: 100 }, "ms"),
      interval: [quantile(delaysMs, 0.5), Math.max(...delaysMs)],
    },
    counted("sent-after-the-caller-left", late, left.size, { op: "==", value: 0 }, "calls"),
    counted("aborted-rows", aborted.length, left.size, { op: ">=", value: seen.length }, "rows"),
    counted("aborted-and-free", free, aborted.length, { op: "==", value: 0 }, "rows"),
  ];
}
