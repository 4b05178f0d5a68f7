import { Agent, request } from "node:http";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataDirectory } from "../../src/assembly/data-directory.ts";
import { createKeyedDigests } from "../../src/assembly/access/keyed-digests.ts";
import { addLocalKey } from "../../src/assembly/access/local-keys.ts";
import { startFakeProvider } from "../../src/testing/fake-provider/start-fake-provider.ts";
import { gatewayCommand, startServerProcess } from "../child-process.ts";
import { quantile, type Result } from "../measurement.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";

const largeBytes = 12 * 1_048_576;

/**
 * Bodies of 12 MB, sent one after the other and translated to another dialect, hold up nobody else: the latency of small
 * requests meanwhile, beside that of small requests alone.
 */
export async function proveLargeBodies({ quick }: ProofOptions): Promise<readonly Result[]> {
  const durationMs = quick ? 3_000 : 15_000;
  // Two provider processes: what the large bodies cost there is not the gateway's.
  const [small, large] = await Promise.all([
    startFakeProvider({ latency: "none", staticReplies: true }),
    startFakeProvider({ latency: "none" }),
  ]);
  return withScratch(async (directory) => {
    const { file, key } = writeConfig(directory, small.origin, large.origin);
    const gateway = await startServerProcess(gatewayCommand(file, "quiet", "discard-ledger"));
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    try {
      const call = (body: string | Buffer): Promise<number> => post(gateway.port, key, body, agent);
      await smallRequests(call, 1_000);
      await call(largeBody(0));
      const alone = await smallRequests(call, durationMs);
      const running = { stop: false };
      const larges = sendLarges(call, running);
      const beside = await smallRequests(call, durationMs);
      running.stop = true;
      const sent = await larges;
      return [
        counted("small-p99-alone", quantile(alone, 0.99), alone.length, null, "ms"),
        counted("small-p99", quantile(beside, 0.99), beside.length, { op: "<=", value: 50 }, "ms"),
        counted("large-answered", sent.answered, sent.sent, { op: "==", value: sent.sent }, "requests"),
      ];
    } finally {
      agent.destroy();
      await gateway.stop();
      await Promise.all([small.stop(), large.stop()]);
    }
  });
}

function writeConfig(directory: string, small: string, large: string): { file: string; key: string } {
  mkdirSync(directory, { recursive: true });
  const { keysFile, secret } = openDataDirectory(directory);
  const { key } = addLocalKey(keysFile, createKeyedDigests(secret), { tenant: "proof" });
  const file = join(directory, "farthing.yaml");
  writeFileSync(
    file,
    `listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }
dataDirectory: ${JSON.stringify(directory)}
providers:
  openai: { baseUrl: ${JSON.stringify(small)}, key: sk-small }
  anthropic: { baseUrl: ${JSON.stringify(large)}, key: sk-large }
routes: [{ name: proof, exactCache: { enabled: true } }]
`,
  );
  return { file, key };
}

/** Unlike the one before, so that none is answered from the cache. */
function largeBody(number: number): Buffer {
  const sentence = `Sentence ${number} of a very long document that somebody wants to have summed up. `;
  const content = sentence.repeat(Math.ceil(largeBytes / sentence.length));
  const messages = [{ role: "user", content }];
  return Buffer.from(JSON.stringify({ model: "anthropic/claude-haiku-4-5", max_tokens: 16, messages }));
}

async function sendLarges(
  call: (body: Buffer) => Promise<number>,
  running: { stop: boolean },
): Promise<{ sent: number; answered: number }> {
  let sent = 0;
  let answered = 0;
  // Made before, since making them would hold up the small requests of this very process.
  const bodies = Array.from({ length: 8 }, (_, index) => largeBody(index + 1));
  for (const body of bodies) {
    if (running.stop) break;
    sent += 1;
    if ((await call(body)) === 200) answered += 1;
    await pause(200);
  }
  return { sent, answered };
}

/** One every ten milliseconds; latency from its time to its last byte, in milliseconds. */
async function smallRequests(call: (body: string) => Promise<number>, durationMs: number): Promise<number[]> {
  const latencies: number[] = [];
  const open: Promise<void>[] = [];
  const startMs = performance.now();
  for (let number = 0; number * 10 < durationMs; number += 1) {
    const dueMs = startMs + number * 10;
    await pause(Math.max(0, dueMs - performance.now()));
    const messages = [{ role: "user", content: `Question ${number} of ${startMs}?` }];
    const body = JSON.stringify({ model: "gpt-4o-mini", messages });
    open.push(call(body).then(() => void latencies.push(performance.now() - dueMs)));
  }
  await Promise.all(open);
  return latencies;
}

function post(port: number, key: string, body: string | Buffer, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: "127.0.0.1",
        method: "POST",
        path: "/v1/chat/completions",
        agent,
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
