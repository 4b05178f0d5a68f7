import { Agent, type ServerResponse } from "node:http";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import type { Result } from "../measurement.ts";
import { chatBody, postChat, type ChatOutcome } from "./chat-client.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";
import { chatChunk, chatReply, chatStreamEnd, startScriptedUpstream } from "./scripted-upstream.ts";

const routes = "routes: [{ name: shared, coalesce: { enabled: true }, exactCache: { enabled: false } }]\n";

/** Identical misses at the same time make one upstream call, whole and streamed; a leader who leaves cuts nobody. */
export async function proveCoalesce({ quick }: ProofOptions): Promise<readonly Result[]> {
  const followers = quick ? 100 : 1_000;
  const upstream = await startScriptedUpstream((call, _request, response) => {
    if (call.body.includes('"stream":true')) return streamSlowly(response, call.number);
    setTimeout(
      () => response.setHeader("content-type", "application/json").end(chatReply(`chatcmpl-${call.number}`)),
      2_000,
    );
  });
  return withScratch(async (directory) => {
    const gateway = await startServerProcess(
      gatewayCommand(writeGatewayConfig(directory, upstream.origin, routes), "quiet"),
    );
    const agent = new Agent({ maxSockets: followers + 10 });
    const results: Result[] = [];
    try {
      for (const stream of [false, true]) {
        const before = upstream.calls();
        const body = chatBody(`crowd-${String(stream)}`, stream);
        const outcomes = await Promise.all(
          Array.from({ length: followers }, () => postChat(gateway.port, body, agent).outcome),
        );
        const labels = { mode: stream ? "stream" : "whole" };
        results.push(
          counted("upstream-calls", upstream.calls() - before, followers, { op: "==", value: 1 }, "calls", labels),
        );
        results.push(
          counted(
            "equal-answers",
            equalAnswers(outcomes),
            followers,
            { op: "==", value: followers },
            "replies",
            labels,
          ),
        );
      }
      results.push(...(await leaderLeaves(gateway.port, agent, upstream.calls)));
    } finally {
      agent.destroy();
      await gateway.stop();
      await upstream.close();
    }
    return results;
  });
}

function streamSlowly(response: ServerResponse, number: number): void {
  const id = `chatcmpl-${number}`;
  response.setHeader("content-type", "text/event-stream");
  let sent = 0;
  const timer = setInterval(() => {
    sent += 1;
    response.write(chatChunk(id, `word${sent} `));
    if (sent < 40) return;
    clearInterval(timer);
    response.end(chatStreamEnd(id));
  }, 50);
  response.on("close", () => clearInterval(timer));
}

/** Replies that are complete and the same as the first. */
function equalAnswers(outcomes: readonly ChatOutcome[]): number {
  return outcomes.filter((outcome) => outcome.whole && outcome.status === 200 && outcome.body === outcomes[0]?.body)
    .length;
}

/** The first caller leaves before and after the first byte; the others still get the whole answer of the one call. */
async function leaderLeaves(port: number, agent: Agent, calls: () => number): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [moment, waitMs] of [
    ["before-headers", 20],
    ["mid-stream", 700],
  ] as const) {
    const before = calls();
    const body = chatBody(`leader-${moment}`, true);
    const leader = postChat(port, body);
    await pause(moment === "before-headers" ? 10 : 200);
    const others = Array.from({ length: 50 }, () => postChat(port, body, agent));
    await pause(waitMs);
    leader.leave();
    const outcomes = await Promise.all(others.map((call) => call.outcome));
    await leader.outcome;
    const labels = { moment };
    results.push(counted("leader-left-calls", calls() - before, 50, { op: "==", value: 1 }, "calls", labels));
    const ended = outcomes.filter((outcome) => outcome.body.endsWith("data: [DONE]\n\n")).length;
    results.push(counted("followers-not-cut", ended, 50, { op: "==", value: 50 }, "replies", labels));
  }
  return results;
}
