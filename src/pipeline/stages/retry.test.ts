import { describe, expect, it } from "vitest";
import type { RetryPolicy } from "../../spec/route.ts";
import type { TransportFailure } from "../../spec/transport.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer, plainStream } from "../../testing/plain-dialect.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import { createStageContext, type StageContext, stageEndpoint, stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { buildPipeline } from "../order.ts";

const good: Script = { pieces: [plainAnswer("hello")] };
const failing = (status: number, headers: readonly string[] = [], text = "busy"): Script => ({
  status,
  headers: ["content-type", "application/json", ...headers],
  pieces: [new TextEncoder().encode(JSON.stringify({ error: text }))],
});
const broken = (kind: TransportFailure["kind"], sent: boolean): Script => ({ failure: { kind, sent, message: kind } });

interface Run {
  readonly ports: StagePorts;
  readonly context: StageContext;
  readonly result: { status?: number; code?: string };
  readonly retryEntry: string;
  /** Milliseconds from one call to the next. */
  readonly gapsMs: readonly number[];
}

async function run(
  scripts: readonly Script[],
  {
    retry = {},
    fallback = false,
    totalMs = 600_000,
    clientRetries = 0,
  }: { retry?: Partial<RetryPolicy>; fallback?: boolean; totalMs?: number; clientRetries?: number } = {},
): Promise<Run> {
  const ports = createStagePorts();
  const startsMs: number[] = [];
  ports.transport.script = (_call, index) => {
    startsMs.push(ports.clock.monotonicUs() / 1_000);
    return scripts[index] ?? good;
  };
  const base = stageRoute();
  const rules = fallback
    ? [
        {
          name: "r",
          when: {},
          use: [
            { endpoint: stageEndpoint("first"), model: "model-a" },
            { endpoint: stageEndpoint("second"), model: "model-bb" },
          ] as const,
        },
      ]
    : [];
  const route = stageRoute({ rules, retry: { ...base.retry, ...retry }, timeouts: { ...base.timeouts, totalMs } });
  const context = createStageContext({ ports, changes: { route, clientRetries } });
  const result: { status?: number; code?: string } = {};
  buildPipeline(
    route,
    false,
  )(context).then(
    (reply) => void (result.status = reply.status),
    (error: { code: string }) => void (result.code = error.code),
  );
  for (let step = 0; step < 1_000 && result.status === undefined && result.code === undefined; step++) {
    await ports.clock.advanceAsync(100);
  }
  const entry = context.journal.entries.find((candidate) => candidate.stage === "retry");
  const gapsMs = startsMs.slice(1).map((start, index) => start - (startsMs[index] ?? 0));
  return { ports, context, result, retryEntry: `${entry?.reason}${entry?.note ? `: ${entry.note}` : ""}`, gapsMs };
}

describe("calls again", () => {
  it("after an overload, and every call is an attempt of its own", async () => {
    const { context, result, retryEntry, ports } = await run([failing(503), failing(529)]);
    expect(result.status).toBe(200);
    expect(retryEntry).toBe("retried: 3 calls");
    expect(
      context.attempts.entries.map(({ index, status, outcome, cost }) => [index, status, outcome, cost.state]),
    ).toEqual([
      [0, 503, "refused", "free"],
      [1, 529, "refused", "free"],
      [2, 200, "complete", "priced"],
    ]);
    expect(ports.ledger.records[0]?.savings).toEqual([]);
    const passes = context.journal.entries.map((entry) => entry.stage);
    expect(passes).toEqual([...[1, 2, 3].flatMap(() => ["call-provider", "meter"]), "retry", "settle"]);
  });

  it("after a call that never left", async () => {
    const { result, context } = await run([broken("connect", false), broken("connect-timeout", false)]);
    expect(result.status).toBe(200);
    expect(context.attempts.entries.map((attempt) => attempt.outcome)).toEqual([
      "failed-before-send",
      "failed-before-send",
      "complete",
    ]);
  });

  it("not after a call that may have been billed; its estimate stands in the row", async () => {
    const { result, context, retryEntry, ports } = await run([broken("reset", true)]);
    expect(result.code).toBe("upstream_broken");
    expect(retryEntry).toBe("gave-up: ambiguous, 1 calls");
    expect(context.attempts.entries).toMatchObject([{ outcome: "unknown", cost: { state: "estimated" } }]);
    expect(ports.ledger.records[0]?.cost.picoUsd).toBeGreaterThan(0n);
  });

  it("once after one that may have been billed, where the route says so; what it costs again is retry's loss", async () => {
    const { result, context, ports } = await run([broken("first-byte-timeout", true)], {
      retry: { retryAmbiguous: true },
    });
    expect(result.status).toBe(200);
    const [first, again] = context.attempts.entries.map((attempt) => attempt.cost);
    const lost = again?.picoUsd ?? 0n;
    expect(lost).toBeGreaterThan(0n);
    expect(ports.ledger.records[0]?.baseline).toEqual(first);
    expect(ports.ledger.records[0]?.savings).toEqual([{ technique: "retry", picoUsd: -lost, method: "measured" }]);
    const large = await run([{ ...broken("too-large", true), status: 200 }], { retry: { retryAmbiguous: true } });
    expect([large.result.code, large.context.attempts.entries.length]).toEqual(["upstream_too_large", 1]);
    const twice = await run([broken("reset", true), broken("reset", true)], { retry: { retryAmbiguous: true } });
    expect([twice.result.code, twice.context.attempts.entries.length]).toEqual(["upstream_broken", 2]);
  });

  it("three times at most; then the last upstream error goes out unmodified", async () => {
    const { result, context, retryEntry } = await run([failing(500), failing(502), failing(504), failing(500)], {
      retry: { attemptsMax: 9 },
    });
    expect([result.status, context.attempts.entries.length, retryEntry]).toEqual([
      504,
      3,
      "gave-up: attempts, 3 calls",
    ]);
  });

  it.each([
    [1, 2],
    [2, 1],
    [9, 1],
  ])("does not multiply the client's own: after %i of those, %i calls at most", async (clientRetries, calls) => {
    for (const fallback of [false, true]) {
      const { result, context, retryEntry } = await run([failing(503), failing(503), failing(503)], {
        clientRetries,
        fallback,
      });
      expect([result.status, context.attempts.entries.length]).toEqual([503, calls]);
      expect(retryEntry).toBe(`gave-up: attempts, ${calls} calls`);
    }
  });

  it.each([400, 401, 403, 404, 413, 422])("never after %i", async (status) => {
    const { result, context, retryEntry } = await run([failing(status)]);
    expect([result.status, context.attempts.entries.length, retryEntry]).toEqual([status, 1, "first-try"]);
  });

  it("goes by the status of an error whose body breaks off: nothing was billed", async () => {
    const failure = { kind: "reset", sent: true, message: "m" } as const;
    const again = await run([{ ...failing(503), failure }]);
    expect([again.result.status, again.retryEntry]).toEqual([200, "retried: 2 calls"]);
    expect(again.context.attempts.entries[0]).toMatchObject({ outcome: "refused", cost: { state: "free" } });
    const final = await run([{ ...failing(400), failure }]);
    expect([final.result.code, final.context.attempts.entries.length]).toEqual(["upstream_broken", 1]);
  });

  it("never when money is spent, or the provider says so", async () => {
    const spent: Script = {
      status: 429,
      pieces: [new TextEncoder().encode('{"error":{"code":"insufficient_quota"}}')],
    };
    expect((await run([spent])).context.attempts.entries).toHaveLength(1);
    expect((await run([failing(503, ["x-should-retry", "false"])])).context.attempts.entries).toHaveLength(1);
  });

  it("never once a stream began, however it ends", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({
      headers: ["content-type", "text/event-stream"],
      pieces: plainStream("hi").slice(0, 1),
    });
    const route = stageRoute({ retry: { ...stageRoute().retry, retryAmbiguous: true } });
    const reply = await buildPipeline(
      route,
      false,
    )(createStageContext({ ports, body: { stream: true }, changes: { route } }));
    const sink = CollectingSink.open(reply);
    await ports.clock.advanceAsync(60_000);
    expect(sink.onlyEnd.complete).toBe(false);
    expect(ports.transport.calls).toHaveLength(1);
  });
});

describe("waits", () => {
  it("as the provider asks, within a tenth", async () => {
    const { gapsMs } = await run([failing(429, ["retry-after", "2"]), failing(429, ["retry-after-ms", "5000"])]);
    expect(gapsMs[0]).toBeGreaterThanOrEqual(2_000);
    expect(gapsMs[0]).toBeLessThanOrEqual(2_200);
    expect(gapsMs[1]).toBeGreaterThanOrEqual(5_000);
    expect(gapsMs[1]).toBeLessThanOrEqual(5_500);
  });

  it("no longer than the route allows, nor beyond the deadline", async () => {
    const long = await run([failing(429, ["retry-after", "3600"])]);
    expect([long.result.status, long.retryEntry]).toEqual([429, "gave-up: hint-too-long, 1 calls"]);
    const late = await run([failing(429, ["retry-after", "20"])], { totalMs: 10_000 });
    expect([late.result.status, late.retryEntry]).toEqual([429, "deadline: deadline, 1 calls"]);
  });

  it("not when the caller leaves meanwhile", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => failing(429, ["retry-after", "30"]);
    const controller = new AbortController();
    const context = createStageContext({ ports, changes: { signal: controller.signal } });
    const running = buildPipeline(context.route, false)(context).catch((error: { code: string }) => error.code);
    await ports.clock.advanceAsync(10);
    controller.abort();
    expect(await running).toBe("client_closed");
    expect(ports.clock.pendingTimers).toBe(0);
    expect(ports.ledger.records[0]).toMatchObject({ outcome: "aborted", status: 499 });
  });
});

describe("the next target", () => {
  it("is called at once, and its price is the row's", async () => {
    const { gapsMs, context, ports } = await run([failing(429, ["retry-after", "30"])], { fallback: true });
    expect(gapsMs).toEqual([0]);
    expect(context.attempts.entries.map((attempt) => [attempt.endpointId, attempt.model])).toEqual([
      ["first", "model-a"],
      ["second", "model-bb"],
    ]);
    expect(new TextDecoder().decode(ports.transport.calls[1]?.call.body)).toContain('"model":"model-bb"');
    expect(ports.ledger.records[0]?.savings).toEqual([
      { technique: "choose-target", picoUsd: -10_000_000n, method: "modelled" },
    ]);
  });

  it("is followed by the first again, after what that one asked for", async () => {
    const { gapsMs, context } = await run([failing(429, ["retry-after", "10"]), failing(500)], { fallback: true });
    expect(context.attempts.entries.map((attempt) => attempt.endpointId)).toEqual(["first", "second", "first"]);
    expect(gapsMs[1]).toBeGreaterThanOrEqual(9_900);
  });
});

it("an outage is not multiplied: a tenth of the calls are repeats", async () => {
  const ports = createStagePorts();
  ports.transport.script = () => failing(503);
  const handler = buildPipeline(stageRoute(), false);
  const replies = Array.from({ length: 1_000 }, () => handler(createStageContext({ ports })));
  for (let step = 0; step < 20; step++) await ports.clock.advanceAsync(500);
  await Promise.all(replies);
  expect(ports.transport.calls.length).toBeGreaterThanOrEqual(1_100);
  expect(ports.transport.calls.length).toBeLessThanOrEqual(1_121);
});
