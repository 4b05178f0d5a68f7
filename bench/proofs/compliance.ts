import { existsSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createBodyReader } from "../../src/stores/sqlite/bodies/read-bodies.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import type { Result } from "../measurement.ts";
import { type ChatOutcome, postChat } from "./chat-client.ts";
import { countUnseenEdits } from "./edit-bodies.ts";
import { counted, pause, type ProofOptions, withScratch } from "./proof.ts";
import {
  chatChunk,
  chatReply,
  chatStreamEnd,
  type ScriptedUpstream,
  startScriptedUpstream,
} from "./scripted-upstream.ts";

const key = "a-key-of-the-proof-of-compliance-routes";
/** Every technique that a config can switch on; the route is the same but for its flag. */
const routeOf = (compliance: boolean): string => `bodies: { key: ${key} }
routes:
  - name: everything
    compliance: ${compliance}
    exactCache: { enabled: true, staleFor: 1h, normalised: true, acrossDialects: true, variety: true, usefulShareMin: 0 }
    coalesce: { enabled: true }
    targets: [{ name: cheaper, when: { model: gpt-4o }, use: [openai/gpt-4o-mini] }]
`;
const atOnce = 16;
const noneAllowed = { op: "==", value: 0 } as const;

/**
 * A route with every technique switched on and the compliance flag: none of them acts on repeats that all of them could serve,
 * request and reply are on disk as they were, every edit of the file shows, and what cannot be kept is not sent. The same
 * traffic without the flag must be served by techniques, or the first part proves nothing.
 */
export async function proveCompliance({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const requests = quick ? 200 : 5_000;
  const upstream = await startRecorder();
  try {
    const flagged = await withScratch((directory) => proveFlagged(directory, upstream, requests, seed, quick));
    const free = await withScratch((directory) => callsWithoutFlag(directory, upstream, requests, seed));
    const bar = { op: "<=", value: requests / 2 } as const;
    return [...flagged, counted("calls-without-the-flag", free, requests, bar, "calls")];
  } finally {
    await upstream.server.close();
  }
}

interface Recorder {
  readonly server: ScriptedUpstream;
  readonly bodies: string[];
}

async function startRecorder(): Promise<Recorder> {
  const bodies: string[] = [];
  const server = await startScriptedUpstream(({ body, number }, _request, response) => {
    bodies.push(body);
    const id = `chatcmpl-${number}`;
    if (!body.includes('"stream":true'))
      return void response.setHeader("content-type", "application/json").end(chatReply(id, `Answer ${number}.`));
    response.setHeader("content-type", "text/event-stream");
    response.end(chatChunk(id, `Answer ${number}.`) + chatStreamEnd(id));
  });
  return { server, bodies };
}

/** Ten prompts, two spellings, two models, both modes: nearly every request repeats another. */
function bodiesOf(requests: number, seed: number): readonly string[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: requests }, () => {
    const content = `What is ${Math.floor(random() * 10)} and one${random() < 0.5 ? "?" : " ? "}`;
    const model = random() < 0.5 ? "gpt-4o" : "gpt-4o-mini";
    const stream = random() < 0.5 ? { stream: true, stream_options: { include_usage: true } } : {};
    return JSON.stringify({ model, messages: [{ role: "user", content }], ...stream });
  });
}

async function send(port: number, bodies: readonly string[]): Promise<ChatOutcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const outcomes: ChatOutcome[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < bodies.length; index = next++)
      outcomes[index] = await postChat(port, bodies[index] ?? "", agent).outcome;
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  agent.destroy();
  return outcomes;
}

async function proveFlagged(
  directory: string,
  upstream: Recorder,
  requests: number,
  seed: number,
  quick: boolean,
): Promise<readonly Result[]> {
  const file = writeGatewayConfig(directory, upstream.server.origin, routeOf(true));
  const gateway = await startServerProcess(gatewayCommand(file, "quiet"));
  const bodies = bodiesOf(requests, seed);
  upstream.bodies.length = 0;
  const results: Result[] = [];
  try {
    const outcomes = await send(gateway.port, bodies);
    const answered = outcomes.filter(({ status, whole }) => status === 200 && whole).length;
    const different = new Set(outcomes.map(({ body }) => body)).size;
    results.push(
      counted("answered", answered, requests, { op: "==", value: requests }, "replies"),
      counted("techniques-that-acted", Math.abs(requests - upstream.bodies.length), requests, noneAllowed, "calls"),
      counted("replies-given-twice", requests - different, requests, noneAllowed, "replies"),
      counted("bytes-unlike-the-caller's", unlike(bodies, upstream.bodies), requests, noneAllowed, "calls"),
      counted("answers-stored", storedAnswers(directory), requests, noneAllowed, "entries"),
      ...(await compareKept(directory, bodies, outcomes)),
      await refusedWhileLocked(directory, gateway.port, upstream, bodies),
    );
  } finally {
    await gateway.stop();
  }
  const edits = await countUnseenEdits(directory, key, quick ? 100 : 500, seed);
  return [...results, counted("edits-unseen", edits.unseen, edits.made, noneAllowed, "edits")];
}

/** How many of one list have no equal in the other. */
function unlike(sent: readonly string[], seen: readonly string[]): number {
  const left = new Map<string, number>();
  for (const body of seen) left.set(body, (left.get(body) ?? 0) + 1);
  let missing = 0;
  for (const body of sent) {
    const count = left.get(body) ?? 0;
    if (count === 0) missing += 1;
    else left.set(body, count - 1);
  }
  return missing + seen.length - (sent.length - missing);
}

function storedAnswers(directory: string): number {
  const file = join(directory, "answers.sqlite");
  if (!existsSync(file)) return 0;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(database.prepare("SELECT count(*) AS n FROM entries").get()?.["n"] ?? 0);
  } finally {
    database.close();
  }
}

/** What was kept, beside what callers sent and got. */
async function compareKept(
  directory: string,
  bodies: readonly string[],
  outcomes: readonly ChatOutcome[],
): Promise<readonly Result[]> {
  const reader = createBodyReader(directory, key);
  const kept = { request: [] as string[], reply: [] as string[] };
  for await (const { part, body } of reader.read({})) kept[part].push(new TextDecoder().decode(body ?? undefined));
  const replies = outcomes.map(({ body }) => body);
  const { brokenAt } = await reader.verify();
  return [
    counted("requests-not-kept", unlike(bodies, kept.request), bodies.length, noneAllowed, "requests"),
    counted("replies-not-kept", unlike(replies, kept.reply), bodies.length, noneAllowed, "replies"),
    counted("chain-breaks", brokenAt === null ? 0 : 1, bodies.length, noneAllowed, "breaks"),
  ];
}

/** Another process holds the file's lock, so nothing can be kept: callers are refused, and the provider hears nothing. */
async function refusedWhileLocked(
  directory: string,
  port: number,
  upstream: Recorder,
  bodies: readonly string[],
): Promise<Result> {
  const lock = new DatabaseSync(join(directory, "bodies.sqlite"));
  lock.exec("BEGIN IMMEDIATE");
  const before = upstream.bodies.length;
  const outcomes = await send(port, bodies.slice(0, atOnce));
  lock.exec("ROLLBACK");
  lock.close();
  const served = outcomes.filter(({ status, body }) => status !== 503 || !body.includes("body_store_unavailable"));
  // What waits in the thread is written now; the edits that follow need a file that rests.
  await pause(500);
  const faults = served.length + upstream.bodies.length - before;
  return counted("sent-though-not-kept", faults, outcomes.length, noneAllowed, "calls");
}

async function callsWithoutFlag(
  directory: string,
  upstream: Recorder,
  requests: number,
  seed: number,
): Promise<number> {
  const file = writeGatewayConfig(directory, upstream.server.origin, routeOf(false));
  const gateway = await startServerProcess(gatewayCommand(file, "quiet"));
  upstream.bodies.length = 0;
  try {
    await send(gateway.port, bodiesOf(requests, seed));
  } finally {
    await gateway.stop();
  }
  return upstream.bodies.length;
}
