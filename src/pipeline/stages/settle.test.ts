import { describe, expect, it } from "vitest";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { RequestRecord } from "../../spec/ledger.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer, plainStream, plainTerminal } from "../../testing/plain-dialect.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import { createStageContext, stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts } from "../../testing/stage-ports.ts";
import { compose } from "../compose.ts";
import { buildPipeline } from "../order.ts";
import { createSettle } from "./settle.ts";

const route = stageRoute({ retry: { ...stageRoute().retry, enabled: false } });
const handler = buildPipeline(route, false);
const whole: Script = { pieces: [plainAnswer("hello")] };
const streamed: Script = { headers: ["content-type", "text/event-stream"], pieces: plainStream("hello") };

it("a row's duration is counted from the request's arrival", async () => {
  const ports = createStagePorts();
  ports.transport.script = () => whole;
  await ports.clock.advanceAsync(9);
  const arrivedAtUs = ports.clock.monotonicUs() - 5_000;
  await handler(createStageContext({ ports, changes: { route, arrivedAtUs } }));
  expect(ports.ledger.records[0]?.durationUs).toBe(5_000);
});

describe("strict durability", () => {
  it("a whole answer waits until its row is on disk", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => whole;
    ports.ledger.hold();
    let answered = false;
    const running = handler(createStageContext({ ports, changes: { route } })).then(() => (answered = true));
    await ports.clock.advanceAsync(1_000);
    expect([ports.ledger.records.length, answered]).toEqual([1, false]);
    ports.ledger.release();
    await running;
  });

  it("a stream flows, and its terminal event waits", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => streamed;
    ports.ledger.hold();
    const reply = await handler(createStageContext({ ports, body: { stream: true }, changes: { route } }));
    const sink = CollectingSink.open(reply);
    await ports.clock.advanceAsync(1_000);
    expect(sink.text).toContain('"finish":"stop"');
    expect(sink.ends).toHaveLength(0);
    ports.ledger.release();
    await ports.clock.advanceAsync(0);
    expect(sink.lastText).toBe(plainTerminal);
    expect(sink.onlyEnd.settled?.cost).toEqual({ state: "priced", picoUsd: 70_000_000n });
  });

  it.each(["spooled", "dropped"] as const)(
    "%s: the answer leaves and the journal is told; the alarm is the ledger's",
    async (result) => {
      const ports = createStagePorts();
      ports.transport.script = () => whole;
      ports.ledger.result = result;
      const context = createStageContext({ ports, changes: { route } });
      expect((await handler(context)).status).toBe(200);
      expect(context.journal.entries.at(-1)).toMatchObject({ stage: "settle", reason: "spooled", note: result });
      expect(context.journal.entries.filter((entry) => entry.stage === "settle")).toHaveLength(1);
      expect(ports.alarms).toEqual([]);
    },
  );

  it.each(["rejects", "throws"] as const)("a ledger that %s: the answer leaves, one alarm", async (how) => {
    const ports = createStagePorts();
    ports.transport.script = () => whole;
    ports.ledger.append = () => (how === "throws" ? broken() : Promise.reject(new Error("planted")));
    const context = createStageContext({ ports, changes: { route } });
    expect((await handler(context)).status).toBe(200);
    expect(context.journal.entries.at(-1)).toMatchObject({ reason: "spooled", note: "dropped" });
    expect(ports.alarms).toHaveLength(1);
    expect(ports.alarms[0]).toMatch(`ledger-dropped: request ${context.requestId}`);
  });

  it("what cost nothing waits for nothing: refused calls, calls that never left", async () => {
    for (const script of [
      { status: 400, pieces: [new TextEncoder().encode('{"error":"no"}')] },
      { failure: { kind: "connect", sent: false, message: "refused" } },
    ] satisfies Script[]) {
      const ports = createStagePorts();
      ports.transport.script = () => script;
      await handler(createStageContext({ ports, changes: { route } })).catch(() => undefined);
      expect(ports.ledger.synced).toEqual([false]);
    }
  });
});

it("relaxed durability hands rows over and waits for none", async () => {
  const ports = createStagePorts({ durability: "relaxed" });
  ports.transport.script = () => whole;
  await handler(createStageContext({ ports, changes: { route } }));
  expect(ports.ledger.synced).toEqual([false]);
});

const rowOf = async (script: Script, leave?: "before headers" | "mid-stream"): Promise<RequestRecord> => {
  const ports = createStagePorts();
  ports.transport.script = () => script;
  const controller = new AbortController();
  const stream = script.headers?.includes("text/event-stream") ?? false;
  const changes = { route, signal: controller.signal };
  const running = handler(createStageContext({ ports, body: stream ? { stream } : {}, changes }));
  running.catch(() => undefined);
  await ports.clock.advanceAsync(1);
  if (leave === "before headers") controller.abort();
  await ports.clock.advanceAsync(1);
  if (stream) {
    const sink = CollectingSink.open(await running);
    await ports.clock.advanceAsync(1);
    if (leave === "mid-stream") sink.control?.cancel();
  }
  await ports.clock.advanceAsync(700_000);
  expect(ports.ledger.records).toHaveLength(1);
  expect(ports.clock.pendingTimers).toBe(0);
  return ports.ledger.records[0] as RequestRecord;
};

describe("one row, whatever happens", () => {
  const partly = { ...streamed, pieces: plainStream("hello").slice(0, 3) };

  it.each<[string, Script, "before headers" | "mid-stream" | undefined, Partial<RequestRecord>, string]>([
    ["whole", whole, undefined, { status: 200, outcome: "ok" }, "priced"],
    ["stream", streamed, undefined, { status: 200, outcome: "ok" }, "priced"],
    ["upstream error", { status: 429, pieces: [] }, undefined, { status: 429, outcome: "error" }, "free"],
    ["never answers", { delayMs: 800_000 }, undefined, { status: 504, outcome: "error" }, "estimated"],
    [
      "left before the headers",
      { delayMs: 800_000 },
      "before headers",
      { status: 499, outcome: "aborted" },
      "estimated",
    ],
    ["left mid-stream", { ...partly, hangs: true }, "mid-stream", { status: 200, outcome: "aborted" }, "estimated"],
    ["truncated", partly, undefined, { status: 200, outcome: "truncated" }, "estimated"],
    ["stalls mid-stream", { ...partly, hangs: true }, undefined, { status: 200, outcome: "error" }, "estimated"],
    [
      "reset mid-stream",
      { ...partly, status: 200, failure: { kind: "reset", sent: true, message: "reset" } },
      undefined,
      { status: 200, outcome: "truncated" },
      "estimated",
    ],
    [
      "idle mid-stream",
      { ...partly, status: 200, failure: { kind: "idle-timeout", sent: true, message: "idle" } },
      undefined,
      { status: 200, outcome: "error" },
      "estimated",
    ],
    [
      "error event mid-stream",
      { ...partly, pieces: [...partly.pieces, new TextEncoder().encode('data: {"error":"overloaded"}\n\n')] },
      undefined,
      { status: 200, outcome: "error" },
      "estimated",
    ],
  ])("%s", async (_name, script, leave, expected, cost) => {
    const row = await rowOf(script, leave);
    expect(row).toMatchObject({ ...expected, cost: { state: cost } });
    expect(row.attempts).toHaveLength(1);
    expect(row.cost.picoUsd).toSatisfy((picoUsd: bigint) => (cost === "free" ? picoUsd === 0n : picoUsd > 0n));
    expect(row.journal.at(-1)?.stage).toBe("settle");
  });

  it("a defect inside is an error of the table, with a row and the cause kept", async () => {
    const ports = createStagePorts();
    const defect = new TypeError("undefined is not a function");
    const failing = compose([
      createSettle(),
      { name: "meter", kind: "duty", wrap: () => () => Promise.reject(defect) },
    ]);
    const error: unknown = await failing(createStageContext({ ports })).catch((caught: unknown) => caught);
    expect(FarthingError.isInstance(error) && [error.code, error.cause]).toEqual(["internal_error", defect]);
    expect(ports.ledger.records).toMatchObject([{ status: 500, outcome: "error", origin: null, attempts: [] }]);
  });

  it("prices that fail make the amounts unknown, never zero", async () => {
    const prices = { version: "broken", costOf: () => expect.fail("planted"), worstCase: () => null };
    const ports = createStagePorts({ prices });
    ports.transport.script = () => whole;
    await handler(createStageContext({ ports, changes: { route } }));
    expect(ports.ledger.records).toMatchObject([{ cost: { state: "unpriced", picoUsd: null }, savings: [] }]);
  });
});

const broken = (): never => {
  throw new Error("planted");
};

it("observers see every row; one that throws harms neither the answer nor the others", async () => {
  const seen: string[] = [];
  const ports = createStagePorts({ observers: [broken, (record) => void seen.push(record.requestId)] });
  ports.transport.script = () => whole;
  const context = createStageContext({ ports, changes: { route } });
  expect((await handler(context)).status).toBe(200);
  expect(seen).toEqual([context.requestId]);
});
