import { describe, expect, it } from "vitest";
import { CallFailure } from "../kit/call-failure.ts";
import type { StreamObserver } from "../spec/dialect.ts";
import type { Reply, ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";
import type { AbortPolicy } from "../spec/route.ts";
import { CollectingSink } from "../testing/collecting-sink.ts";
import { plainAnswer, plainStream, plainTerminal } from "../testing/plain-dialect.ts";
import type { ScriptedCall } from "../testing/scripted-transport.ts";
import { createStageContext, stageRoute } from "../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../testing/stage-ports.ts";
import { buildPipeline } from "./order.ts";
import { createCallProvider } from "./stages/call-provider.ts";

const eventStream = ["content-type", "text/event-stream"];
const [first = new Uint8Array(0), second = new Uint8Array(0)] = plainStream("hello");
const call = createCallProvider().wrap(() => expect.fail("call-provider asks nobody further in"));
const defect = new TypeError("planted");
const fail = (): never => {
  throw defect;
};

/** A sink that throws where it is told to, and counts its ends. */
class FailingSink implements StreamSink {
  failsAt: "chunk" | "end" | "never";
  takesMore = true;
  ends: ReplyEnd[] = [];
  lastText = "";
  constructor(failsAt: "chunk" | "end" | "never") {
    this.failsAt = failsAt;
  }
  chunk(): boolean {
    return this.failsAt === "chunk" ? fail() : this.takesMore;
  }
  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.ends.push(end);
    this.lastText = new TextDecoder().decode(lastBytes);
    if (this.failsAt === "end") fail();
  }
}

interface Opened {
  readonly ports: StagePorts;
  readonly made: ScriptedCall;
  readonly reply: Extract<Reply, { kind: "stream" }>;
  readonly controller: AbortController;
}

async function begin(abort: Partial<AbortPolicy> = {}): Promise<Opened> {
  const ports = createStagePorts();
  ports.transport.script = () => ({ headers: eventStream, hangs: true });
  const base = stageRoute();
  const route = stageRoute({ abort: { ...base.abort, ...abort } });
  const controller = new AbortController();
  const changes = { route, signal: controller.signal };
  const reply = await call(createStageContext({ ports, body: { stream: true }, changes }));
  await ports.clock.advanceAsync(1);
  const [made] = ports.transport.calls;
  if (reply.kind !== "stream" || made === undefined) throw new Error("expected a stream");
  return { ports, made, reply, controller };
}

/** Opened, and paused with two pieces waiting; from then on the sink fails. */
async function paused(failsAt: "chunk" | "end", opened: Opened): Promise<[FailingSink, StreamControl]> {
  const sink = new FailingSink("never");
  sink.takesMore = false;
  const control = opened.reply.open(sink);
  opened.made.push(first);
  opened.made.push(second);
  opened.made.push(second);
  sink.failsAt = failsAt;
  return [sink, control];
}

const expectOneEnd = ({ ports, made }: Opened, sink: FailingSink): void => {
  expect(sink.ends).toHaveLength(1);
  expect(ports.alarms).toContain("stage-stepped-aside: call-provider: TypeError");
  expect(made.abortedAtUs).not.toBeNull();
};

describe.each(["chunk", "end"] as const)("a sink that throws in %s reaches nobody's event loop", (failsAt) => {
  it("when the reader opens a stream that waited", async () => {
    const opened = await begin();
    opened.made.push(first);
    opened.made.push(new TextEncoder().encode(plainTerminal));
    const sink = new FailingSink(failsAt);
    expect(() => opened.reply.open(sink)).not.toThrow();
    expectOneEnd(opened, sink);
  });

  it("when the provider sends and ends", async () => {
    const opened = await begin();
    const sink = new FailingSink(failsAt);
    opened.reply.open(sink);
    expect(() => opened.made.push(first)).not.toThrow();
    expect(() => opened.made.finish()).not.toThrow();
    expectOneEnd(opened, sink);
  });

  it("when the connection fails", async () => {
    const opened = await begin();
    const [sink, control] = await paused(failsAt, opened);
    expect(() => opened.made.finish({ kind: "reset", sent: true, message: "m" })).not.toThrow();
    sink.takesMore = true;
    expect(() => control.resume()).not.toThrow();
    expectOneEnd(opened, sink);
    const atOnce = await begin();
    const other = new FailingSink("end");
    atOnce.reply.open(other);
    expect(() => atOnce.made.finish({ kind: "reset", sent: true, message: "m" })).not.toThrow();
    expectOneEnd(atOnce, other);
  });

  it("when the reader reads on, and a stream with a gap is never complete", async () => {
    const opened = await begin();
    const [sink, control] = await paused(failsAt, opened);
    opened.made.push(new TextEncoder().encode(plainTerminal));
    expect(sink.ends).toHaveLength(0);
    sink.takesMore = true;
    expect(() => control.resume()).not.toThrow();
    expectOneEnd(opened, sink);
    expect(sink.lastText === plainTerminal).toBe(failsAt === "end");
    expect(sink.ends[0]).toMatchObject({ complete: failsAt === "end", call: { outcome: "complete" } });
    control.resume();
    control.cancel();
    expect(sink.ends).toHaveLength(1);
  });

  it.each(["cut", "drain"] as const)("when the reader leaves (%s), by its hand or by the signal", async (mode) => {
    for (const bySignal of [false, true]) {
      const opened = await begin({ mode });
      const [sink, control] = await paused(failsAt, opened);
      expect(() => (bySignal ? opened.controller.abort() : control.cancel())).not.toThrow();
      await opened.ports.clock.advanceAsync(60_000);
      expectOneEnd(opened, sink);
      expect(opened.ports.clock.pendingTimers).toBe(0);
    }
  });

  it("when the deadline or the time to drain is over", async () => {
    for (const leaves of [false, true]) {
      const opened = await begin({ mode: "drain", drainMsMax: 5_000 });
      const sink = new FailingSink("end");
      const control = opened.reply.open(sink);
      // Cut within the timer's own turn, as a transport may.
      opened.made.abort = () => {
        opened.made.abortedAtUs ??= opened.ports.clock.monotonicUs();
        opened.made.finish({ kind: "aborted", sent: true, message: "m" });
      };
      if (leaves) control.cancel();
      expect(() => opened.ports.clock.advance(600_000)).not.toThrow();
      expectOneEnd(opened, sink);
      expect(sink.ends[0]?.call?.outcome).toBe(leaves ? "aborted" : "timeout");
    }
  });
});

it("a transport that cannot cut harms nobody", async () => {
  const opened = await begin();
  const sink = CollectingSink.open(opened.reply);
  opened.made.abort = fail;
  expect(() => opened.ports.clock.advance(600_000)).not.toThrow();
  expect(sink.lastText).toContain("internal_error");
  expect(sink.ends).toHaveLength(1);
});

it("a failed stream has its row all the same", async () => {
  const ports = createStagePorts();
  ports.transport.script = () => ({ headers: eventStream, hangs: true });
  const reply = await buildPipeline(stageRoute(), false)(createStageContext({ ports, body: { stream: true } }));
  if (reply.kind === "stream") reply.open(new FailingSink("chunk"));
  await ports.clock.advanceAsync(1);
  ports.transport.calls[0]?.push(first);
  await ports.clock.advanceAsync(1);
  expect(ports.ledger.records).toMatchObject([{ outcome: "truncated", cost: { state: "estimated" } }]);
});

const withDialect = async (
  changes: { readReply?: () => never; observeStream?: () => StreamObserver },
  headers: readonly string[],
): Promise<{ error: unknown; ports: StagePorts }> => {
  const ports = createStagePorts();
  ports.transport.script = () => ({ headers, pieces: [plainAnswer("x")] });
  const context = createStageContext({ ports });
  const dialects = { ...ports.dialects, "openai-chat": { ...ports.dialects["openai-chat"], ...changes } };
  const running = call({ ...context, ports: { ...ports, dialects } }).catch((error: unknown) => error);
  await ports.clock.advanceAsync(1);
  return { error: await running, ports };
};

describe("a dialect that fails", () => {
  it.each([
    ["a whole answer", { readReply: fail }, ["content-type", "application/json"]],
    ["a stream's beginning", { observeStream: fail }, eventStream],
  ] as const)("at %s fails the call, and the failure keeps its cause", async (_name, changes, headers) => {
    const { error, ports } = await withDialect(changes, headers);
    expect(error).toBeInstanceOf(CallFailure);
    expect(error).toMatchObject({ code: "internal_error", cause: defect, facts: { outcome: "truncated" } });
    expect(ports.clock.pendingTimers).toBe(0);
  });
});

it("a transport that cannot send leaves no timer and no silence in the journal", async () => {
  const ports = createStagePorts();
  ports.transport.send = fail;
  const context = createStageContext({ ports });
  await expect(call(context)).rejects.toBe(defect);
  expect(ports.clock.pendingTimers).toBe(0);
  expect(context.journal.entries).toMatchObject([{ stage: "call-provider", reason: "transport-failure" }]);
});
