import { createCredentials, type Identity } from "../../src/assembly/access/credentials.ts";
import { createKeyedDigests } from "../../src/assembly/access/keyed-digests.ts";
import { createWarmEngine, warmDialects, type WarmEngine } from "../../src/assembly/answers/warm-engine.ts";
import { openDataDirectory } from "../../src/assembly/data-directory.ts";
import { readConfig } from "../../src/assembly/read-config.ts";
import { systemClock } from "../../src/assembly/system-clock.ts";
import { engineCallOf } from "../../src/gateway/recorded-call.ts";
import { createFarthing, type Farthing } from "../../src/library/create-farthing.ts";
import type { AnswerStore } from "../../src/spec/answer-store.ts";
import { discardLedger } from "../discard-ledger.ts";

/** Where the questions are put. */
export const chatPath = "/v1/chat/completions";

const callerKey = "sk-bench";
const headers = { authorization: `Bearer ${callerKey}`, "content-type": "application/json" };
/** Rows that are on their way at once. */
const rowsAtOnce = 1_000;
const rowsPerLine = 100_000;
const answerTokens = 100;

/** A request that asks for the answer of this number; each number is a question of its own. */
export function requestFor(index: number): RequestInit & { readonly body: string } {
  const content = `Question ${nameOf(index)}: ${"what is asked again, ".repeat(40)}`;
  const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content }] });
  return { method: "POST", headers, body };
}

/** The answer to the question of this number, byte by byte. */
export function answerFor(index: number): Buffer {
  const message = { role: "assistant", content: "word ".repeat(answerTokens) };
  const usage = { prompt_tokens: 50, completion_tokens: answerTokens, total_tokens: 50 + answerTokens };
  const document = {
    id: `chatcmpl-${nameOf(index)}`,
    object: "chat.completion",
    created: 1_767_225_600,
    model: "gpt-4o-mini",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage,
  };
  return Buffer.from(JSON.stringify(document));
}

/** As long for every number, so that no store has longer questions than another. */
function nameOf(index: number): string {
  return String(index).padStart(7, "0");
}

/**
 * An engine over `store`, filled with the answers to the questions from 0 up to but without `entries`. They are stored as `farthing
 * cache warm` stores recorded answers: the route's own cache stage makes their keys. Its provider is a port where nobody
 * listens, so whatever is not found fails.
 *
 * @param directory data directory of the engine; made here.
 * @throws Error when an answer was not stored, or the store made room for another one.
 */
export async function createFilledEngine(store: AnswerStore, entries: number, directory: string): Promise<Farthing> {
  const document = {
    dataDirectory: directory,
    providers: { openai: { baseUrl: "http://127.0.0.1:9", key: "sk-held" } },
    routes: [{ name: "all", exactCache: { enabled: true } }],
  };
  await fill(store, entries, document);
  await checkHolds(store, entries);
  const engineOptions = { ledger: discardLedger(), answers: store };
  return createFarthing({ config: document, env: {}, log: () => {}, engineOptions });
}

/** @throws Error unless the store holds exactly so many answers and never threw one out. */
export async function checkHolds(store: AnswerStore, wanted: number): Promise<void> {
  const { entries, evicted } = await store.stats(Date.now());
  if (entries === wanted && evicted === 0) return;
  throw new Error(`the store holds ${entries} answers of ${wanted} and threw out ${evicted}`);
}

async function fill(
  answers: AnswerStore,
  entries: number,
  document: { readonly dataDirectory: string },
): Promise<void> {
  const { config } = readConfig({ file: null, document, env: {}, generation: 1 });
  const { secret, keysFile } = openDataDirectory(document.dataDirectory);
  const digests = createKeyedDigests(secret);
  const identity = createCredentials([], digests, Date.now).identify(callerKey);
  if (identity === null) throw new Error("the caller's key is no caller's own");
  const engine = createWarmEngine({ config, keysFile, digests, answers, clock: systemClock });
  const { jsonDepthMax } = config.limits;
  try {
    for (let first = 0; first < entries; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, entries - first);
      await Promise.all(
        Array.from({ length: count }, (_, at) => storeAnswer(engine, first + at, identity, jsonDepthMax)),
      );
      const stored = first + count;
      if (stored === entries || stored % rowsPerLine === 0)
        process.stderr.write(`stored ${stored} of ${entries} answers\n`);
    }
  } finally {
    await engine.close();
  }
}

async function storeAnswer(engine: WarmEngine, index: number, identity: Identity, jsonDepthMax: number): Promise<void> {
  const nowMs = Date.now();
  const call = engineCallOf({
    dialect: warmDialects["openai-chat"],
    path: null,
    headers: Object.entries(headers).flat(),
    body: Buffer.from(requestFor(index).body),
    identity,
    id: BigInt(index),
    atMs: nowMs,
    nowUs: systemClock.monotonicUs(),
    jsonDepthMax,
  });
  const result = await engine.warm(call, {
    bytes: answerFor(index),
    form: "whole",
    boughtAtMs: nowMs,
    boughtFrom: null,
    ticket: null,
  });
  if (result === "stored") return;
  throw new Error(`answer ${index} is not stored: ${typeof result === "string" ? result : result.refused}`);
}
