// `npm run bench:cache-growth`: what a hit costs while the store in memory holds a thousand to a million answers.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFarthing, type Farthing } from "../../src/library/create-farthing.ts";
import type { AnswerStore, StoredAnswer } from "../../src/spec/answer-store.ts";
import type { Random } from "../../src/spec/clock.ts";
import {
  createMemoryAnswerStore,
  type MemoryAnswerStore,
} from "../../src/stores/memory/answers/memory-answer-store.ts";
import { sampleAnswer, sampleScope } from "../../src/testing/sample-answer.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { discardLedger } from "../discard-ledger.ts";
import { printMeasurement, readFlags, spread, type Result } from "../measurement.ts";

/** Room for a million answers of about a kilobyte with their heads. */
const bytesMax = 2 * 2 ** 30;
const answerTokens = 100;
const growthMax = 0.1;
const scope = sampleScope("an owner's keyed digest, 43 letters as a rule");

interface Subject {
  readonly entries: number;
  readonly store: MemoryAnswerStore;
  readonly engine: Farthing;
  readonly wholeUs: number[];
  readonly lookUpUs: number[];
}

/** As long as real keys are. */
function keyOf(index: number): string {
  return `digest-of-a-request-000000000000${index}`;
}

function chatAnswer(): StoredAnswer {
  const message = { role: "assistant", content: "word ".repeat(answerTokens) };
  const usage = { prompt_tokens: 50, completion_tokens: answerTokens, total_tokens: 50 + answerTokens };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const body = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_767_225_600,
    model: "gpt-4o-mini",
    choices,
    usage,
  };
  const storedAtMs = Date.now();
  return sampleAnswer({
    kind: "whole",
    headers: ["content-type", "application/json"],
    pieces: [Buffer.from(JSON.stringify(body))],
    storedAtMs,
    freshUntilMs: storedAtMs + 86_400_000,
    endsAtMs: storedAtMs + 86_400_000,
  });
}

/** The store as an engine sees it whose every request is one of those stored, each as likely as any other. */
function asIfAsked(store: MemoryAnswerStore, entries: number, random: Random): AnswerStore {
  return {
    get: (_scope, _key, nowMs) => store.get(scope, keyOf(Math.floor(random() * entries)), nowMs),
    getMany: (_scope, keys, nowMs) => store.getMany(scope, keys, nowMs),
    ticketOf: (owner, nowMs) => store.ticketOf(owner, nowMs),
    set: () => undefined,
    invalidate: (owner, tag, nowMs) => store.invalidate(owner, tag, nowMs),
    purge: (selector, nowMs) => store.purge(selector, nowMs),
    stats: (nowMs) => store.stats(nowMs),
    scan: (selector, nowMs) => store.scan(selector, nowMs),
    close: () => Promise.resolve(),
  };
}

async function prepare(entries: number, seed: number, directory: string): Promise<Subject> {
  process.stderr.write(`storing ${entries} answers ...\n`);
  const store = createMemoryAnswerStore({ bytesMax });
  const [answer, ticket] = [chatAnswer(), store.ticketOf(scope.owner, 0)];
  for (let index = 0; index < entries; index += 1) store.set(scope, keyOf(index), answer, ticket, answer.storedAtMs);
  if (store.stats(0).entries !== entries) throw new Error("the store has no room for them");
  const engine = await createFarthing({
    config: {
      dataDirectory: directory,
      providers: { openai: { baseUrl: "http://127.0.0.1:9", key: "sk-held" } },
      routes: [{ name: "all", exactCache: { enabled: true } }],
    },
    env: {},
    log: () => {},
    engineOptions: { ledger: discardLedger(), answers: asIfAsked(store, entries, createSeededRandom(seed)) },
  });
  return { entries, store, engine, wholeUs: [], lookUpUs: [] };
}

const request = {
  method: "POST",
  headers: { authorization: "Bearer sk-bench", "content-type": "application/json" },
  body: JSON.stringify({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "What is asked again. ".repeat(40) }],
  }),
};

async function askWhole(subject: Subject, hits: number): Promise<void> {
  const before = process.cpuUsage();
  for (let hit = 0; hit < hits; hit += 1) {
    const response = await subject.engine.fetch("/v1/chat/completions", request);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`a hit had status ${response.status}`);
  }
  subject.wholeUs.push(cpuUsSince(before) / hits);
}

function lookUp({ store, entries, lookUpUs }: Subject, hits: number, random: Random): void {
  const nowMs = Date.now();
  const before = process.cpuUsage();
  for (let hit = 0; hit < hits; hit += 1) {
    const { answer } = store.get(scope, keyOf(Math.floor(random() * entries)), nowMs);
    if (answer === null) throw new Error("a lookup was no hit");
  }
  lookUpUs.push(cpuUsSince(before) / hits);
}

function cpuUsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function figures(subjects: readonly Subject[]): readonly Result[] {
  const [least] = subjects;
  const base = Math.min(...(least?.wholeUs ?? []));
  return subjects.flatMap(({ entries, wholeUs, lookUpUs }) => {
    const labels = { entries: String(entries) };
    const figure = (name: string, rounds: readonly number[]): Result => {
      return {
        name,
        labels,
        value: Math.min(...rounds),
        unit: "us",
        n: rounds.length,
        interval: spread(rounds),
        bar: null,
      };
    };
    const growth = Math.min(...wholeUs) / base - 1;
    const bar = { op: "<=", value: growthMax } as const;
    return [
      figure("hit-cpu", wholeUs),
      figure("look-up-cpu", lookUpUs),
      { name: "hit-cpu-growth", labels, value: growth, unit: "share", n: wholeUs.length, interval: null, bar },
    ];
  });
}

const flags = readFlags(process.argv.slice(2));
const sizes = flags.quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
const [rounds, hits] = flags.quick ? [5, 2_000] : [15, 4_000];
const scratch = mkdtempSync(join(tmpdir(), "farthing-bench-growth-"));
const subjects: Subject[] = [];
try {
  for (const entries of sizes) subjects.push(await prepare(entries, flags.seed, join(scratch, String(entries))));
  const random = createSeededRandom(flags.seed);
  for (let round = -1; round < rounds; round += 1) {
    for (const subject of subjects) {
      await askWhole(subject, hits);
      lookUp(subject, hits, random);
      // The first round compiles.
      if (round < 0) subject.wholeUs.length = subject.lookUpUs.length = 0;
    }
  }
} finally {
  for (const { engine } of subjects) await engine.close();
  rmSync(scratch, { recursive: true, force: true });
}
printMeasurement(
  { command: "bench:cache-growth", seed: flags.seed, load: { sizes, rounds, hits }, results: figures(subjects) },
  flags,
);
