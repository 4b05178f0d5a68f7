import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { noTokens } from "../invoice.ts";
import { unpaced, type Pacing } from "../pacing.ts";
import type { PreparedReply } from "../prepared-reply.ts";
import { Wire } from "../wire.ts";
import { InferenceEngine } from "./engine.ts";

const reply = (promptTokens: number, outputTokens: number): PreparedReply => ({
  status: 200,
  headers: "",
  contentType: "application/json",
  requestId: "r",
  responseId: "i",
  servedModel: "m",
  price: null,
  prompt: { ...noTokens, input: promptTokens },
  reasoningTokens: 0,
  outputTokens,
  stream: false,
  pieces: [],
  errorEvent: "",
  seed: 0,
});

function engineOf(concurrency: number, queueDepth: number): { readonly engine: InferenceEngine; nowMs: number } {
  const time = { nowMs: 0 };
  const limits = { model: "m", concurrency, queueDepth, kvCacheTokens: 1_600 };
  return Object.assign(time, { engine: new InferenceEngine(limits, () => time.nowMs) });
}

const wire = (): Wire => new Wire(new Socket());

describe("the cache", () => {
  test("fills while tokens come, by whole blocks, and is empty when the call has left", async () => {
    const state = engineOf(2, 0);
    const pacing: Pacing = { firstTokenMs: 100, perTokenMs: 10 };
    const call = {};
    await state.engine.enter(call, reply(16, 40), pacing, wire());
    const usageAt = (nowMs: number): number => {
      state.nowMs = nowMs;
      return state.engine.cacheUsage;
    };
    // One block of prompt; from the 1st, 17th and 33rd token on a block more; at 40 it is over.
    expect([50, 100, 110, 260, 270, 430, 10_000].map(usageAt)).toEqual([0.01, 0.01, 0.02, 0.02, 0.03, 0.04, 0.04]);
    state.engine.leave(call, reply(16, 40), 40);
    expect([state.engine.cacheUsage, state.engine.running]).toEqual([0, 0]);
    expect(state.engine.totals).toEqual({ promptTokens: 16, cachedTokens: 0, generatedTokens: 40 });
  });

  test("is never more than full", async () => {
    const { engine } = engineOf(2, 0);
    await engine.enter({}, reply(9_000, 1), unpaced, wire());
    expect(engine.cacheUsage).toBe(1);
  });
});

describe("the queue", () => {
  test("hands places on in the order of coming, never more than there are", async () => {
    const { engine } = engineOf(1, 2);
    const calls = ["first", "second", "third", "fourth"].map((name) => ({ name }));
    const entered: string[] = [];
    const admissions = calls.map(async (call) => {
      const admission = await engine.enter(call, reply(1, 1), unpaced, wire());
      entered.push(`${call.name} ${admission}`);
    });
    await Promise.resolve();
    expect([engine.running, engine.waiting]).toEqual([1, 2]);
    for (const call of calls) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(engine.running).toBeLessThanOrEqual(1);
      engine.leave(call, reply(1, 1), 1);
    }
    await Promise.all(admissions);
    expect(entered).toEqual(["first running", "fourth full", "second running", "third running"]);
    expect([engine.running, engine.waiting]).toEqual([0, 0]);
  });

  test("a place that is handed over is taken at once", async () => {
    const { engine } = engineOf(1, 1);
    const [first, second] = [{}, {}];
    await engine.enter(first, reply(1, 1), unpaced, wire());
    const waiting = engine.enter(second, reply(1, 1), unpaced, wire());
    engine.leave(first, reply(1, 1), 1);
    // Somebody new, before the one that waited has noticed.
    expect([engine.running, engine.waiting]).toEqual([1, 0]);
    const late = engine.enter({}, reply(1, 1), unpaced, wire());
    expect(engine.waiting).toBe(1);
    expect(await waiting).toBe("running");
    engine.leave(second, reply(1, 1), 1);
    expect(await late).toBe("running");
  });

  test("who leaves is forgotten", async () => {
    const { engine } = engineOf(1, 1);
    const first = {};
    await engine.enter(first, reply(1, 1), unpaced, wire());
    const leaver = wire();
    const waiting = engine.enter({}, reply(1, 1), unpaced, leaver);
    leaver.destroy();
    expect(await waiting).toBe("left");
    expect(engine.waiting).toBe(0);
    engine.leave(first, reply(1, 1), 1);
    expect(engine.running).toBe(0);
  });
});
