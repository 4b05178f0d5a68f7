import { describe, expect, it } from "vitest";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { Context } from "../../spec/context.ts";
import type { AbortPolicy } from "../../spec/route.ts";
import type { StreamObserver } from "../../spec/dialect.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer, plainStream, plainTerminal } from "../../testing/plain-dialect.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import {
  createStageContext,
  type StageContext,
  stageCaller,
  stageEndpoint,
  stageRoute,
} from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { createCallProvider } from "./call-provider.ts";

const call = createCallProvider().wrap(() => expect.fail("call-provider asks nobody further in"));
const eventStream = ["content-type", "text/event-stream; charset=utf-8"];
const own = stageCaller({ kind: "own-key", providerKey: "sk-own", endpointId: "first" });

function prepared(
  script: Script,
  changes: Partial<Omit<Context, "ports" | "request" | "rawBody">> = {},
  body = {},
): {
  ports: StagePorts;
  context: StageContext;
} {
  const ports = createStagePorts();
  ports.transport.script = () => script;
  return { ports, context: createStageContext({ ports, body, changes }) };
}

async function sent(
  changes: Partial<Omit<Context, "ports" | "request" | "rawBody">>,
  body = {},
): Promise<{
  headers: readonly string[];
  path: string;
  body: string;
  isRaw: boolean;
}> {
  const { ports, context } = prepared({ pieces: [plainAnswer("x")] }, changes, body);
  await call(context);
  const made = ports.transport.calls[0]?.call;
  if (made === undefined) throw new Error("no call was made");
  return {
    headers: made.headers,
    path: made.path,
    body: new TextDecoder().decode(made.body),
    isRaw: made.body === context.rawBody,
  };
}

describe("what is sent", () => {
  it("is the caller's own bytes, its headers, and the key", async () => {
    const made = await sent({ caller: own, headers: ["x-odd", "1"], query: "?a=b" });
    expect(made.isRaw).toBe(true);
    expect(made.headers).toEqual(["x-odd", "1", "content-type", "application/json", "authorization", "Bearer sk-own"]);
    expect(made.path).toBe("/v1/plain?a=b");
  });

  it("has the target's model, base path and kind of key", async () => {
    const endpoint = stageEndpoint("first", { keyHeader: "x-api-key", keyPrefix: "", basePath: "/base" });
    const made = await sent({ targets: [{ endpoint, model: "small" }] });
    expect(JSON.parse(made.body)).toEqual({ model: "small", text: "hello" });
    expect(made.headers.slice(-2)).toEqual(["x-api-key", "server-key-of-first"]);
    expect(made.path).toBe("/base/v1/plain");
  });

  it("has the edit that was decided", async () => {
    const made = await sent({ edit: { addStreamUsage: true } }, { stream: true });
    expect(JSON.parse(made.body)).toMatchObject({ streamUsage: true });
  });
});

describe("keys", () => {
  it.each([
    ["an own key at another endpoint", own, stageEndpoint("second"), "internal_error"],
    ["an own key without a home", { ...own, endpointId: null }, stageEndpoint("first"), "internal_error"],
    [
      "a local key where the server has none",
      stageCaller(),
      stageEndpoint("first", { serverKey: null }),
      "config_invalid",
    ],
  ] as const)("%s never leaves", async (_name, caller, endpoint, code) => {
    const { ports, context } = prepared({}, { caller, targets: [{ endpoint, model: "model-a" }] });
    await expect(call(context)).rejects.toMatchObject({ code });
    expect(ports.transport.calls).toHaveLength(0);
    expect(context.journal.entries).toHaveLength(1);
  });

  it("nothing where an endpoint needs no key", async () => {
    const endpoint = stageEndpoint("own-machine", { serverKey: null, keyless: true });
    const caller = stageCaller({ kind: "local-key" });
    const { headers } = await sent({ caller, targets: [{ endpoint, model: "model-a" }] });
    expect(headers).not.toContain(endpoint.keyHeader);
  });

  it("an own key never takes the server's place, nor the other way round", async () => {
    expect((await sent({ caller: own })).headers).not.toContain("Bearer server-key-of-first");
  });
});

describe("a stream", () => {
  const [first = new Uint8Array(0), second = new Uint8Array(0), ...others] = plainStream("hello");

  it("that nobody opened waits, and is not lost", async () => {
    const { ports, context } = prepared({ headers: eventStream, pieces: [first, second, ...others] });
    const reply = await call(context);
    await ports.clock.advanceAsync(1);
    expect(ports.transport.calls[0]?.pauses).toBe(1);
    const sink = CollectingSink.open(reply);
    await ports.clock.advanceAsync(1);
    expect(sink.lastText).toBe(plainTerminal);
    expect(sink.text).toContain('"h"');
    expect(sink.onlyEnd.complete).toBe(true);
  });

  it("whose last event lacks only its blank line is complete: its dialect says so", async () => {
    const { ports, context } = prepared({ headers: eventStream, pieces: [first] });
    const lastEvent = new TextEncoder().encode(plainTerminal.trimEnd());
    const dialect = ports.dialects["openai-chat"];
    const observeStream = (drop: boolean): StreamObserver => {
      const observer = dialect.observeStream(drop);
      return { push: (bytes) => observer.push(bytes), facts: () => observer.facts(), finish: () => lastEvent };
    };
    const dialects = { ...ports.dialects, "openai-chat": { ...dialect, observeStream } };
    const sink = CollectingSink.open(await call({ ...context, ports: { ...ports, dialects } }));
    await ports.clock.advanceAsync(1);
    expect(sink.lastText).toBe(plainTerminal.trimEnd());
    expect(sink.onlyEnd).toMatchObject({ complete: true, call: { outcome: "complete" } });
  });

  it("that breaks off ends with an error event and no terminal event", async () => {
    const { ports, context } = prepared({ headers: eventStream, pieces: [first] });
    const sink = CollectingSink.open(await call(context));
    await ports.clock.advanceAsync(1);
    expect(sink.lastText).toBe('data: {"error":"upstream_broken"}\n\n');
    expect(sink.onlyEnd.call).toMatchObject({ outcome: "truncated", generatedBytes: 1 });
  });

  it("with the provider's own error event gets none of ours", async () => {
    const error = new TextEncoder().encode('data: {"error":"overloaded"}\n\n');
    const { ports, context } = prepared({ headers: eventStream, pieces: [first, error] });
    const sink = CollectingSink.open(await call(context));
    await ports.clock.advanceAsync(1);
    expect([sink.lastText, sink.onlyEnd.call?.outcome]).toEqual(["", "stream-error"]);
  });

  it("that goes on after its terminal event is cut, and nothing of it is passed on", async () => {
    const { ports, context } = prepared({ headers: eventStream, hangs: true });
    const sink = CollectingSink.open(await call(context));
    await ports.clock.advanceAsync(1);
    const [made] = ports.transport.calls;
    made?.push(new TextEncoder().encode(plainTerminal));
    for (let count = 0; count < 20; count++) made?.push(new Uint8Array(1_024));
    expect(made?.abortedAtUs).not.toBeNull();
    await ports.clock.advanceAsync(1);
    expect([sink.whole, sink.ends.length, sink.chunksAfterEnd]).toEqual([plainTerminal, 1, 0]);
  });

  it("whose reader pauses before the end still gets the end once it reads on, or leaves", async () => {
    for (const leaves of [false, true]) {
      const { ports, context } = prepared({ headers: eventStream, hangs: true });
      const reply = await call(context);
      await ports.clock.advanceAsync(1);
      const [made] = ports.transport.calls;
      made?.push(first);
      made?.push(second);
      const sink = CollectingSink.open(reply, () => false);
      made?.finish({ kind: "reset", sent: true, message: "reset" });
      expect(sink.ends).toHaveLength(0);
      if (leaves) sink.control?.cancel();
      else sink.control?.resume();
      expect(sink.ends).toHaveLength(1);
      expect(sink.chunks).toBe(2);
    }
  });

  it("that a defect of ours hits ends once, with an error event, and is cut", async () => {
    const { ports, context } = prepared({ headers: eventStream, hangs: true });
    const sink = CollectingSink.open(await call(context), () => {
      throw new TypeError("planted");
    });
    await ports.clock.advanceAsync(1);
    ports.transport.calls[0]?.push(first);
    await ports.clock.advanceAsync(1);
    expect(sink.lastText).toContain("internal_error");
    expect(sink.ends).toHaveLength(1);
    expect(ports.transport.calls[0]?.abortedAtUs).not.toBeNull();
  });

  it("is cut at the deadline, however slowly it drips", async () => {
    const { ports, context } = prepared({ headers: eventStream, hangs: true });
    const sink = CollectingSink.open(await call(context));
    for (let elapsedS = 0; elapsedS < 599; elapsedS++) {
      await ports.clock.advanceAsync(1_000);
      ports.transport.calls[0]?.push(first);
    }
    expect(sink.ends).toHaveLength(0);
    await ports.clock.advanceAsync(1_001);
    expect(sink.lastText).toContain("deadline_exceeded");
    expect(sink.onlyEnd.call?.outcome).toBe("timeout");
    expect(ports.clock.pendingTimers).toBe(0);
  });
});

describe("the caller leaves", () => {
  const draining: AbortPolicy = { mode: "drain", drainMsMax: 5_000, drainBytesMax: 1_000 };
  const route = stageRoute({ abort: draining });
  const left = async (
    script: Script,
    stream: boolean,
    pushes: number,
  ): Promise<{ ports: StagePorts; sink: CollectingSink | null; outcome: Promise<unknown> }> => {
    const controller = new AbortController();
    const { ports, context } = prepared(script, { route, signal: controller.signal }, stream ? { stream } : {});
    const running = call(context);
    running.catch(() => undefined);
    await ports.clock.advanceAsync(1);
    const sink = stream ? CollectingSink.open(await running, () => false) : null;
    controller.abort();
    for (let count = 0; count < pushes; count++)
      ports.transport.calls[0]?.push(plainStream("hello")[0] ?? new Uint8Array(0));
    return { ports, sink, outcome: running };
  };

  it("before anything was sent: no call", async () => {
    const { ports, context } = prepared({}, { signal: AbortSignal.abort() });
    await expect(call(context)).rejects.toMatchObject({ code: "client_closed" });
    expect(ports.transport.calls).toHaveLength(0);
  });

  it("drain reads a stream to its end, at no pace, and knows its usage", async () => {
    const { ports, sink } = await left({ headers: eventStream, hangs: true }, true, 3);
    for (const piece of plainStream("!")) ports.transport.calls[0]?.push(piece);
    expect(ports.transport.calls[0]?.abortedAtUs).toBeNull();
    expect(sink?.onlyEnd).toMatchObject({ complete: true, usage: { source: "provider" } });
    expect(sink?.chunks).toBe(5);
  });

  it("drain stops at its time", async () => {
    const { ports, sink } = await left({ headers: eventStream, hangs: true }, true, 1);
    await ports.clock.advanceAsync(4_999);
    expect(ports.transport.calls[0]?.abortedAtUs).toBeNull();
    await ports.clock.advanceAsync(1);
    expect(sink?.onlyEnd.call?.outcome).toBe("aborted");
    expect(ports.clock.pendingTimers).toBe(0);
  });

  it("drain stops at its bytes", async () => {
    const { ports } = await left({ headers: eventStream, hangs: true }, true, 60);
    expect(ports.transport.calls[0]?.abortedAtUs).not.toBeNull();
  });

  it("drain takes a whole answer that was on its way", async () => {
    const { ports, outcome } = await left({ delayMs: 2_000, pieces: [plainAnswer("late")] }, false, 0);
    await ports.clock.advanceAsync(2_000);
    expect(await outcome).toMatchObject({ status: 200, body: plainAnswer("late") });
  });
});

describe("failures are told clearly", () => {
  it.each([
    ["connect", false, "upstream_unreachable", "failed-before-send"],
    ["connect-timeout", false, "upstream_unreachable", "failed-before-send"],
    ["first-byte-timeout", true, "upstream_timeout", "timeout"],
    ["reset", true, "upstream_broken", "unknown"],
    ["reset", false, "upstream_unreachable", "failed-before-send"],
    ["protocol", true, "upstream_broken", "unknown"],
    ["redirect", true, "upstream_broken", "refused"],
    ["too-large", true, "upstream_too_large", "unknown"],
  ] as const)("%s, sent %s: %s", async (kind, sentIt, code, outcome) => {
    const { context } = prepared({ failure: { kind, sent: sentIt, message: "m" } });
    const error: unknown = await call(context).catch((caught: unknown) => caught);
    expect(FarthingError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code, facts: { outcome, status: 0 } });
    expect(String(error)).toContain('"first"');
    expect(context.journal.entries).toMatchObject([{ reason: "transport-failure", note: kind }]);
  });

  it.each(["reset", "idle-timeout", "aborted"] as const)(
    "an error status is a refusal, also when its body ends by %s: nothing is billed",
    async (kind) => {
      const failure = { kind, sent: true, message: "m" } as const;
      const { context } = prepared({ status: 500, pieces: [new Uint8Array(40)], failure });
      await expect(call(context)).rejects.toMatchObject({ facts: { outcome: "refused", status: 500 } });
    },
  );

  it("a whole answer that breaks off", async () => {
    const failure = { kind: "reset", sent: true, message: "m" } as const;
    const { context } = prepared({ status: 200, pieces: [new Uint8Array(40)], failure });
    await expect(call(context)).rejects.toMatchObject({
      code: "upstream_broken",
      facts: { outcome: "truncated", status: 200, generatedBytes: 40 },
    });
  });
});
