import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createFarthing, type Farthing } from "../../src/library/create-farthing.ts";
import type { Clock } from "../../src/spec/clock.ts";
import type { RequestRecord } from "../../src/spec/ledger.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { discardLedger } from "../discard-ledger.ts";
import { startPlainProvider, type PlainProvider } from "./plain-provider.ts";
import { emptyTally, tallyRow, type LevelTally } from "./tally-row.ts";
import type { AskedRequest, TrafficLevel } from "./traffic-level.ts";

/** One request in four, if it is a miss, goes to an engine without the cache too, for the time that the cache adds. */
const comparedEvery = 4;
/** Requests before times count: the engine's functions are compiled on the way. */
const warmUpRequests = 200;
const startMs = Date.UTC(2026, 2, 2, 8);
const cpuHourPicoUsd = 40_000_000_000n;

/** What one seed of one level came to. */
export interface LevelRun {
  readonly level: TrafficLevel;
  readonly seed: number;
  readonly requests: number;
  readonly tally: LevelTally;
  /** Own time of misses, and of the same requests without the cache, microseconds. */
  readonly missUs: readonly number[];
  readonly withoutUs: readonly number[];
}

/**
 * Sends a level's requests one after the other through the library, with the caches on; the level's clock goes on by its step each
 * time, so that lives and pauses pass as they would.
 */
export async function replayLevel(
  level: TrafficLevel,
  seed: number,
  requests: number,
  scratch: string,
): Promise<LevelRun> {
  const provider = await startPlainProvider();
  const clock = createSteppedClock();
  const tally = emptyTally();
  const observe = (record: RequestRecord): void => tallyRow(tally, record, cpuHourPicoUsd);
  const cached = await startSide(level, provider, clock, join(scratch, `${level.name}-${seed}`), observe);
  const without = await startSide(level, provider, clock, join(scratch, `${level.name}-${seed}-without`), null);
  const next = level.start(createSeededRandom(seed));
  const [missUs, withoutUs]: [number[], number[]] = [[], []];
  try {
    for (let sent = 0; sent < requests; sent += 1) {
      const request = next();
      clock.advance(level.stepMs);
      const boughtBefore = provider.calls();
      const ownUs = await send(cached, provider, level.model, request);
      const missed = provider.calls() > boughtBefore && !tally.isOff;
      if (!missed || sent < warmUpRequests || sent % comparedEvery !== 0) continue;
      missUs.push(ownUs);
      withoutUs.push(await send(without, provider, level.model, request));
    }
  } finally {
    await cached.close();
    await without.close();
    await provider.close();
  }
  return { level, seed, requests, tally, missUs, withoutUs };
}

/** Time that stands still but for its steps; durations are the machine's. */
function createSteppedClock(): Clock & { advance(ms: number): void } {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    monotonicUs: () => Math.round(performance.now() * 1_000),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    advance: (ms) => void (nowMs += ms),
  };
}

function startSide(
  level: TrafficLevel,
  { origin }: PlainProvider,
  clock: Clock,
  directory: string,
  observe: ((record: RequestRecord) => void) | null,
): Promise<Farthing> {
  mkdirSync(directory, { mode: 0o700 });
  const exactCache = { enabled: observe !== null, normalised: true, contentClass: level.contentClass };
  return createFarthing({
    config: {
      dataDirectory: directory,
      providers: { openai: { baseUrl: origin, key: "sk-held" } },
      cache: { cpuHourUsd: Number(cpuHourPicoUsd) / 1e12 },
      routes: [{ name: level.name, exactCache }],
    },
    env: {},
    log: () => {},
    engineOptions: { clock, ledger: discardLedger(), observers: observe === null ? [] : [observe] },
  });
}

/** @returns microseconds in which the provider was not at work. */
async function send(side: Farthing, provider: PlainProvider, model: string, request: AskedRequest): Promise<number> {
  provider.answer(request.answerTokens);
  const messages = [
    { role: "system", content: request.system },
    { role: "user", content: request.text },
  ];
  const started = performance.now();
  const response = await side.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { authorization: "Bearer sk-bench", "content-type": "application/json" },
    body: JSON.stringify({ model, messages, temperature: 0.2 }),
  });
  await response.arrayBuffer();
  const wholeMs = performance.now() - started;
  if (response.status !== 200) throw new Error(`${model}: status ${response.status}`);
  return (wholeMs - provider.takeBusyMs()) * 1_000;
}
