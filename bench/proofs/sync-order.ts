import { spawnSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import type { Result } from "../measurement.ts";
import { chatBody, postChat } from "./chat-client.ts";
import { counted, withScratch, type ProofOptions } from "./proof.ts";
import { chatChunk, chatReply, chatStreamEnd, startScriptedUpstream } from "./scripted-upstream.ts";

/**
 * The system calls of the gateway tell whether a row was synced before its terminal bytes left: for each answer a write of
 * its row to the write-ahead log, then a sync of that log, then the socket write of the answer's last bytes. The same
 * check over a gateway whose ledger does not sync must fail, or it proves nothing. Needs strace.
 */
export async function proveSyncOrder({ quick }: ProofOptions): Promise<readonly Result[]> {
  if (spawnSync("strace", ["-V"]).status !== 0) {
    process.stderr.write("sync-order: strace is not installed; skipped\n");
    return [];
  }
  const answers = quick ? 300 : 10_000;
  const honest = await traceRun(answers, []);
  const planted = await traceRun(Math.min(answers, 500), ["synchronous-off"]);
  return [
    counted("answers-checked", honest.checked, answers, { op: ">=", value: answers }, "answers"),
    counted("left-before-sync", honest.early, honest.checked, { op: "==", value: 0 }, "answers"),
    counted("planted-fault-noticed", planted.early, planted.checked, { op: ">=", value: 1 }, "answers"),
  ];
}

interface TraceVerdict {
  readonly checked: number;
  /** Answers whose last bytes left before a sync of their row. */
  readonly early: number;
}

async function traceRun(answers: number, switches: readonly string[]): Promise<TraceVerdict> {
  const upstream = await startScriptedUpstream((call, _request, response) => {
    const id = `chatcmpl-trace${String(call.number).padStart(8, "0")}x`;
    if (!call.body.includes('"stream":true'))
      return void response.setHeader("content-type", "application/json").end(chatReply(id));
    response.setHeader("content-type", "text/event-stream");
    response.write(chatChunk(id, "Hello "));
    setTimeout(() => response.end(chatStreamEnd(id)), 1);
  });
  return withScratch(async (directory) => {
    const trace = join(directory, "trace.txt");
    const calls = "trace=write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync";
    const file = writeGatewayConfig(directory, upstream.origin, "ledger: { syncWaitMax: 30s }\n");
    const gateway = await startServerProcess([
      "strace",
      "-f",
      "-y",
      "-s",
      "1000000",
      "-e",
      calls,
      "-o",
      trace,
      ...gatewayCommand(file, "quiet", ...switches),
    ]);
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    let sent = 0;
    const caller = async (): Promise<void> => {
      while (sent < answers) {
        sent += 1;
        await postChat(gateway.port, chatBody(`trace-${sent}`, sent % 2 === 0), agent).outcome;
      }
    };
    await Promise.all(Array.from({ length: 32 }, caller));
    agent.destroy();
    await gateway.stop();
    await upstream.close();
    return readTrace(trace);
  });
}

/**
 * Follows each answer's id through the trace. A finished call stands on one line; one that another thread interrupts is
 * split in `<unfinished ...>` and `resumed`: a sync counts from its end, a write to the log from its end, a socket write
 * from its beginning. That is the strict reading of each.
 */
async function readTrace(file: string): Promise<TraceVerdict> {
  const logged = new Map<string, "written" | "synced">();
  const left = new Set<string>();
  const unfinished = new Map<string, string>();
  const lastOnSocket = new Map<string, string>();
  let early = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const thread = /^\d+/.exec(line)?.[0] ?? "";
    const opens = line.includes("<unfinished ...>");
    const resumed = line.includes(" resumed>");
    const call = resumed ? (unfinished.get(thread) ?? "") : line;
    if (opens) unfinished.set(thread, line);
    if (resumed) unfinished.delete(thread);
    if (isLogWrite(call) && !opens) for (const id of idsOf(call)) if (!logged.has(id)) logged.set(id, "written");
    if (isLogSync(call) && !opens) for (const [id, state] of logged) if (state === "written") logged.set(id, "synced");
    const socket = resumed ? null : socketOf(call);
    if (socket === null) continue;
    const ids = idsOf(call);
    // A stream's terminal event names no answer: it belongs to the one last written to its socket.
    const last = ids.at(-1);
    if (last !== undefined) lastOnSocket.set(socket, last);
    const id = lastOnSocket.get(socket);
    if (!isTerminal(call) || id === undefined || left.has(id)) continue;
    left.add(id);
    if (logged.get(id) !== "synced") early += 1;
  }
  return { checked: left.size, early };
}

const isLogWrite = (line: string): boolean => /\b(pwrite64|pwritev|write)\(\d+<[^>]*-wal>/.test(line);
const isLogSync = (line: string): boolean => /\b(fsync|fdatasync)\(\d+<[^>]*-wal>/.test(line);
/** The socket that a call writes to; null for other calls. */
const socketOf = (line: string): string | null =>
  /\b(?:write|writev|sendto|sendmsg)\((\d+)<(?:socket|TCP)/.exec(line)?.[1] ?? null;
const isTerminal = (line: string): boolean =>
  line.includes("data: [DONE]") || line.includes('\\"finish_reason\\":\\"stop\\"}],\\"usage\\":{');

function idsOf(line: string): readonly string[] {
  return line.match(/chatcmpl-trace\d{8}x/g) ?? [];
}
