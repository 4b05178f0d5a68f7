import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { redisAbsence, startTestRedisServer, type TestRedisServer } from "../../src/stores/redis/test-redis-server.ts";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import { median, type Result, spread } from "../measurement.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";
import { chatReply, startScriptedUpstream, type ScriptedUpstream } from "./scripted-upstream.ts";
import { goodShare, joined, type LoadStretch, SteadyLoad, tailMsOf } from "./steady-load.ts";

/** What the provider takes for an answer: a hit is worth having, and a miss is no slower than it would be anyway. */
const providerMs = 30;
const shape = { perSecond: 100, repeats: 0.5, known: 100 };

interface Plan {
  readonly rounds: number;
  /** How long each state lasts, a stall as well. */
  readonly stretchMs: number;
  /** Which latencies are compared, and by how much they may differ. */
  readonly tail: number;
  readonly addedMsMax: number;
}

const fullPlan: Plan = { rounds: 3, stretchMs: 5_000, tail: 0.99, addedMsMax: 25 };
/** Runs beside other tests, so it tells only who waits for the server from who does not: that would be two seconds. */
const shortPlan: Plan = { rounds: 1, stretchMs: 1_500, tail: 0.5, addedMsMax: 300 };

/** What happens to the server, in the order of a round; between them it is well, and those stretches are the baseline. */
const faults: Readonly<Record<string, readonly [hurt: keyof TestRedisServer, heal: keyof TestRedisServer]>> = {
  killed: ["kill", "start"],
  stalled: ["stall", "resume"],
};

type States = Readonly<Record<"well" | "killed" | "stalled" | "back", LoadStretch[]>>;

/**
 * A gateway whose answers are kept in Redis goes on while Redis is killed, stalled for seconds, and back: what is served
 * and how fast is judged against the stretches of the same run in which Redis was well.
 */
export async function proveRedisFaults({ quick, seed }: ProofOptions): Promise<readonly Result[]> {
  if (redisAbsence !== null) {
    process.stderr.write(`redis-faults is skipped: ${redisAbsence}\n`);
    return [];
  }
  const plan = quick ? shortPlan : fullPlan;
  const upstream = await startScriptedUpstream((call, _request, response) => {
    const reply = chatReply(`chatcmpl-${call.number}`);
    setTimeout(() => response.setHeader("content-type", "application/json").end(reply), providerMs);
  });
  const redis = await startTestRedisServer();
  try {
    return await withScratch((directory) => runAgainst(directory, upstream, redis, plan, seed));
  } finally {
    await redis.stop();
    await upstream.close();
  }
}

async function runAgainst(
  directory: string,
  upstream: ScriptedUpstream,
  redis: TestRedisServer,
  plan: Plan,
  seed: number,
): Promise<readonly Result[]> {
  writeFileSync(join(directory, "redis-url"), redis.url);
  const more =
    "cache: { store: redis, url: file:redis-url }\nroutes: [{ name: kept, exactCache: { enabled: true, contentClass: static } }]\n";
  const gateway = await startServerProcess(
    gatewayCommand(writeGatewayConfig(directory, upstream.origin, more), "quiet"),
  );
  const load = new SteadyLoad(gateway.port, shape, seed);
  const states: States = { well: [], killed: [], stalled: [], back: [] };
  let hits = 0;
  let backAfterMs = 0;
  try {
    await untilHits(load, upstream);
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const [name, [hurt, heal]] of Object.entries(faults)) {
        const before = upstream.calls();
        const well = await load.run(plan.stretchMs);
        states.well.push(well);
        hits += well.sent - (upstream.calls() - before);
        // While requests come and go: the fault falls among them.
        const [fault] = await Promise.all([load.run(plan.stretchMs), act(redis, hurt)]);
        states[name as "killed"].push(fault);
        const [back] = await Promise.all([load.run(plan.stretchMs), act(redis, heal)]);
        states.back.push(back);
        backAfterMs = Math.max(backAfterMs, await untilHits(load, upstream));
      }
    }
  } finally {
    load.close();
    await gateway.stop();
  }
  return judged(states, hits, backAfterMs, plan);
}

/** A gateway asks a server that failed again after pauses that double from one second to thirty. */
const backMsMax = 35_000;

/** Asks for what is known until most of it comes from the store. @returns how long that took, milliseconds. */
async function untilHits(load: SteadyLoad, upstream: ScriptedUpstream): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const before = upstream.calls();
    await load.warm();
    const tookMs = performance.now() - startMs;
    if (upstream.calls() - before <= shape.known * 0.1 || tookMs > backMsMax) return tookMs;
    await pause(100);
  }
}

async function act(redis: TestRedisServer, name: keyof TestRedisServer): Promise<void> {
  await pause(100);
  const action = redis[name];
  if (typeof action === "function") await action();
}

function judged(states: States, hits: number, backAfterMs: number, plan: Plan): readonly Result[] {
  const well = joined(states.well);
  // Of each stretch by itself, and the middle one: what else the machine does falls on some of them, well or not.
  const tails = (stretches: readonly LoadStretch[]): readonly number[] =>
    stretches.map((stretch) => tailMsOf(stretch, plan.tail));
  const wellTails = tails(states.well);
  const wellTailMs = median(wellTails);
  const results = [
    counted("hits-while-well", hits / well.sent, well.sent, { op: ">=", value: 0.25 }, "of all"),
    {
      ...counted("latency-while-well", wellTailMs, well.sent, null, "ms", { tail: String(plan.tail) }),
      interval: spread(wellTails),
    },
  ];
  for (const name of ["killed", "stalled", "back"] as const) {
    const stretch = joined(states[name]);
    const labels = { redis: name };
    const share = goodShare(stretch) / goodShare(well);
    const added = tails(states[name]).map((tailMs) => tailMs - wellTailMs);
    const bar = { op: "<=", value: plan.addedMsMax } as const;
    const addedLabels = { ...labels, tail: String(plan.tail) };
    results.push(
      counted("unanswered", stretch.sent - stretch.answered, stretch.sent, { op: "==", value: 0 }, "requests", labels),
      counted("goodput", share, stretch.sent, { op: ">=", value: 0.95 }, "of well", labels),
      {
        ...counted("added-latency", median(added), stretch.sent, bar, "ms", addedLabels),
        interval: spread(added),
      },
    );
  }
  const healed = plan.rounds * Object.keys(faults).length;
  results.push(counted("hits-back-after", backAfterMs / 1_000, healed, { op: "<=", value: backMsMax / 1_000 }, "s"));
  return results;
}
