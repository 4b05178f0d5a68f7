import { describe, expect, it } from "vitest";
import { noCacheWishes } from "../../spec/cache-control.ts";
import type { Reply } from "../../spec/reply.ts";
import type { Handler } from "../../spec/stage.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer, plainStream } from "../../testing/plain-dialect.ts";
import { createStageContext, type StageContext, stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { compose } from "../compose.ts";
import { buildPipeline } from "../order.ts";
import { createCallProvider } from "./call-provider.ts";
import { type CoalesceLimits, createCoalesce } from "./coalesce.ts";
import { createMeter } from "./meter.ts";
import { createSettle } from "./settle.ts";

const route = stageRoute({ coalesce: { enabled: true }, retry: { ...stageRoute().retry, enabled: false } });
const eventStream = ["content-type", "text/event-stream"];
const text = new TextDecoder().decode(Buffer.concat(plainStream("hello")));

interface Party {
  readonly context: StageContext;
  readonly leave: () => void;
  readonly reply: Promise<Reply>;
}

function ask(handler: Handler, ports: StagePorts, body: { stream?: boolean; q?: number } = {}): Party {
  const controller = new AbortController();
  const context = createStageContext({ ports, body, changes: { route, signal: controller.signal } });
  const reply = handler(context);
  reply.catch(() => undefined);
  return { context, leave: () => controller.abort(), reply };
}

function limited(limits: Partial<CoalesceLimits>): Handler {
  const all = { callsMax: 10, bytesMax: 1_000, replayBytesMax: 100_000, stallMsMax: 1_000, ...limits };
  return compose([createSettle(), createCoalesce(all), createMeter(), createCallProvider()]);
}

describe("1,000 identical requests at the same moment", () => {
  it("make one call for whole answers, and cost once", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ delayMs: 100, pieces: [plainAnswer("hello")] });
    const handler = buildPipeline(route, false);
    const parties = Array.from({ length: 1_000 }, () => ask(handler, ports));
    await ports.clock.advanceAsync(100);
    const replies = await Promise.all(parties.map((party) => party.reply));
    expect(ports.transport.calls).toHaveLength(1);
    expect(
      new Set(replies.map((reply) => (reply.kind === "whole" ? new TextDecoder().decode(reply.body) : ""))),
    ).toEqual(new Set([new TextDecoder().decode(plainAnswer("hello"))]));
    const { records } = ports.ledger;
    expect(records).toHaveLength(1_000);
    expect(records.filter((record) => record.origin === "provider")).toHaveLength(1);
    const followers = records.filter((record) => record.origin === "coalesced");
    expect(followers).toHaveLength(999);
    for (const row of followers) {
      expect(row).toMatchObject({ cache: "coalesced", attempts: [], cost: { state: "free" }, outcome: "ok" });
      expect(row.savings).toEqual([{ technique: "coalesce", picoUsd: 70_000_000n, method: "measured" }]);
    }
    expect(ports.ledger.synced.filter(Boolean)).toHaveLength(1);
  });

  it("make one call for streams, whenever they come while it runs", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ headers: eventStream, hangs: true });
    const handler = buildPipeline(route, false);
    const pieces = plainStream("hello");
    const sinks: CollectingSink[] = [];
    const join = async (count: number): Promise<void> => {
      const parties = Array.from({ length: count }, () => ask(handler, ports, { stream: true }));
      await ports.clock.advanceAsync(1);
      for (const party of parties) sinks.push(CollectingSink.open(await party.reply));
    };
    await join(200);
    for (const piece of pieces.slice(0, -1)) {
      ports.transport.calls[0]?.push(piece);
      await join(133);
    }
    ports.transport.calls[0]?.push(pieces.at(-1) ?? new Uint8Array(0));
    await ports.clock.advanceAsync(1);
    expect(ports.transport.calls).toHaveLength(1);
    expect(sinks).toHaveLength(998);
    for (const sink of sinks) expect([sink.whole, sink.ends.length]).toEqual([text, 1]);
    expect(ports.ledger.records.filter((record) => record.origin === "coalesced")).toHaveLength(997);
    expect(ports.clock.pendingTimers).toBe(1);
    ports.transport.calls[0]?.finish();
    expect(ports.clock.pendingTimers).toBe(0);
  });
});

describe("the leader leaves", () => {
  it("and the call goes on for its followers, before the headers", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ delayMs: 100, pieces: [plainAnswer("hello")] });
    const handler = buildPipeline(route, false);
    const [leader, follower] = [ask(handler, ports), ask(handler, ports)];
    leader.leave();
    await ports.clock.advanceAsync(100);
    expect((await follower.reply).status).toBe(200);
    expect(ports.transport.calls[0]?.abortedAtUs).toBeNull();
    await leader.reply;
    const row = ports.ledger.records.find((record) => record.id === leader.context.id);
    expect(row).toMatchObject({ outcome: "aborted", cost: { state: "priced", picoUsd: 70_000_000n } });
    expect(row?.attempts).toHaveLength(1);
  });

  it("and the stream goes on for its followers; its row still carries the call", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ headers: eventStream, hangs: true });
    const handler = buildPipeline(route, false);
    const parties = [ask(handler, ports, { stream: true }), ask(handler, ports, { stream: true })];
    await ports.clock.advanceAsync(1);
    const [leading, following] = await Promise.all(
      parties.map(async (party) => CollectingSink.open(await party.reply)),
    );
    const [first, ...rest] = plainStream("hello");
    ports.transport.calls[0]?.push(first ?? new Uint8Array(0));
    leading?.control?.cancel();
    for (const piece of rest) ports.transport.calls[0]?.push(piece);
    await ports.clock.advanceAsync(1);
    expect(following?.whole).toBe(text);
    expect(ports.transport.calls[0]?.abortedAtUs).toBeNull();
    expect(leading?.ends).toHaveLength(1);
    // What came after it left was not written to it.
    expect(leading?.chunks).toBe(1);
    const row = ports.ledger.records.find((record) => record.origin === "provider");
    expect(row).toMatchObject({ outcome: "aborted", cost: { state: "priced" } });
  });

  it.each([false, true])("and then the last follower too: the call is cut at once (streamed: %s)", async (stream) => {
    const ports = createStagePorts();
    ports.transport.script = () => (stream ? { headers: eventStream, hangs: true } : { delayMs: 5_000 });
    const handler = buildPipeline(route, false);
    const parties = [ask(handler, ports, { stream }), ask(handler, ports, { stream })];
    await ports.clock.advanceAsync(1);
    const leaves: (() => void)[] = [];
    for (const party of parties) {
      const sink = stream ? CollectingSink.open(await party.reply) : null;
      leaves.push(() => (sink === null ? party.leave() : sink.control?.cancel()));
    }
    leaves[0]?.();
    expect(ports.transport.calls[0]?.abortedAtUs).toBeNull();
    leaves[1]?.();
    expect(ports.transport.calls[0]?.abortedAtUs).toBe(1_000);
    await ports.clock.advanceAsync(1);
    expect(ports.ledger.records.map((record) => record.outcome)).toEqual(["aborted", "aborted"]);
    expect(ports.ledger.records.filter((record) => record.attempts.length === 1)).toHaveLength(1);
  });

  it("alone, and who comes next leads a call of its own", async () => {
    const ports = createStagePorts();
    ports.transport.script = (_call, index) => ({ delayMs: 100, pieces: [plainAnswer(`answer ${index}`)] });
    const handler = buildPipeline(route, false);
    const leader = ask(handler, ports);
    await ports.clock.advanceAsync(1);
    leader.leave();
    const next = ask(handler, ports);
    await ports.clock.advanceAsync(100);
    expect(ports.transport.calls).toHaveLength(2);
    expect(await next.reply).toMatchObject({ origin: "provider", body: plainAnswer("answer 1") });
  });
});

describe("failures are everybody's", () => {
  it("an upstream error goes to all, unmodified, and nobody tries again", async () => {
    const ports = createStagePorts();
    const headers = ["content-type", "application/json", "set-cookie", "a=1", "retry-after", "7"];
    const busy = new TextEncoder().encode('{"error":"busy"}');
    ports.transport.script = () => ({ status: 503, headers, delayMs: 10, pieces: [busy] });
    const handler = buildPipeline(route, false);
    const parties = Array.from({ length: 10 }, () => ask(handler, ports));
    await ports.clock.advanceAsync(10);
    const replies = await Promise.all(parties.map((party) => party.reply));
    expect(ports.transport.calls).toHaveLength(1);
    for (const reply of replies) expect(reply).toMatchObject({ status: 503, body: busy });
    for (const row of ports.ledger.records.slice(1))
      expect(row).toMatchObject({ baseline: { state: "free" }, savings: [] });
    expect(replies[0]?.headers).toEqual(headers);
    expect(replies[1]?.headers).toEqual(["content-type", "application/json", "retry-after", "7"]);
  });

  it("a failed call goes to all", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ delayMs: 10, failure: { kind: "reset", sent: true, message: "reset" } });
    const handler = buildPipeline(route, false);
    const parties = Array.from({ length: 10 }, () => ask(handler, ports));
    await ports.clock.advanceAsync(10);
    const results = await Promise.allSettled(parties.map((party) => party.reply));
    expect(ports.transport.calls).toHaveLength(1);
    for (const result of results)
      expect(result).toMatchObject({ status: "rejected", reason: { code: "upstream_broken" } });
    expect(ports.ledger.records.map((record) => record.attempts.length).toSorted()).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  it("a stream that breaks off ends for all, once, incomplete", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ headers: eventStream, pieces: plainStream("hello").slice(0, 2) });
    const handler = buildPipeline(route, false);
    const parties = Array.from({ length: 3 }, () => ask(handler, ports, { stream: true }));
    await ports.clock.advanceAsync(1);
    const sinks = await Promise.all(parties.map(async (party) => CollectingSink.open(await party.reply)));
    await ports.clock.advanceAsync(1);
    for (const sink of sinks) {
      expect(sink.onlyEnd.complete).toBe(false);
      expect(sink.lastText).toContain("upstream_broken");
    }
  });
});

describe("readers of different pace", () => {
  const piece = new TextEncoder().encode(`data: ${"x".repeat(92)}\n\n`);

  async function two(limits: Partial<CoalesceLimits>): Promise<{
    ports: StagePorts;
    fast: CollectingSink;
    slow: CollectingSink;
    push: () => boolean;
    handler: Handler;
  }> {
    const ports = createStagePorts();
    ports.transport.script = () => ({ headers: eventStream, hangs: true });
    const handler = limited(limits);
    const parties = [ask(handler, ports, { stream: true }), ask(handler, ports, { stream: true })];
    await ports.clock.advanceAsync(1);
    const [fast, slow] = await Promise.all(parties.map(async (party) => CollectingSink.open(await party.reply)));
    if (fast === undefined || slow === undefined) throw new Error("two readers were asked for");
    slow.takesMore = () => false;
    return { ports, fast, slow, push: () => ports.transport.calls[0]?.push(piece) ?? false, handler };
  }

  it("the fast one sets the pace until the buffer is full, then the slow one does", async () => {
    const { fast, slow, push, ports } = await two({ bytesMax: 1_000 });
    let pushed = 0;
    while (push()) pushed++;
    expect(pushed).toBe(11);
    expect([fast.chunks, slow.chunks]).toEqual([12, 1]);
    slow.takesMore = () => true;
    slow.control?.resume();
    expect(slow.chunks).toBe(12);
    expect(ports.transport.calls[0]?.resumes).toBeGreaterThan(0);
    expect(push()).toBe(true);
    expect(slow.text).toBe(fast.text);
  });

  it("all pause: so does the source, at once", async () => {
    const { fast, push } = await two({});
    fast.takesMore = () => false;
    expect(push()).toBe(false);
  });

  it("a follower that holds up the others for too long is cut; the others go on", async () => {
    const { fast, slow, push, ports } = await two({ bytesMax: 1_000, stallMsMax: 500 });
    while (push());
    await ports.clock.advanceAsync(499);
    expect(slow.ends).toHaveLength(0);
    await ports.clock.advanceAsync(1);
    expect(slow.onlyEnd.complete).toBe(false);
    expect(slow.lastText).toContain("upstream_broken");
    expect(push()).toBe(true);
    for (const last of plainStream("")) ports.transport.calls[0]?.push(last);
    await ports.clock.advanceAsync(1);
    expect(fast.onlyEnd.complete).toBe(true);
    expect(ports.ledger.records.map((record) => [record.origin, record.outcome])).toEqual([
      ["coalesced", "error"],
      ["provider", "ok"],
    ]);
  });

  it("a leader that holds up the others is cut too, and its row still carries the call", async () => {
    const { fast: leader, slow: follower, push, ports } = await two({ bytesMax: 1_000, stallMsMax: 500 });
    follower.takesMore = () => true;
    leader.takesMore = () => false;
    while (push());
    await ports.clock.advanceAsync(500);
    for (const last of plainStream("")) ports.transport.calls[0]?.push(last);
    await ports.clock.advanceAsync(1);
    expect(follower.onlyEnd.complete).toBe(true);
    expect(leader.onlyEnd.complete).toBe(false);
    expect(leader.lastText).toContain("upstream_broken");
    const row = ports.ledger.records.find((record) => record.origin === "provider");
    expect(row).toMatchObject({ outcome: "error", cost: { state: "priced" } });
  });

  it("who comes when the start is gone leads a call of its own", async () => {
    const { push, slow, ports, handler } = await two({ bytesMax: 1_000 });
    slow.takesMore = () => true;
    for (let count = 0; count < 9; count++) push();
    CollectingSink.open(await ask(handler, ports, { stream: true }).reply);
    expect(ports.transport.calls).toHaveLength(1);
    for (let count = 0; count < 20; count++) expect(push()).toBe(true);
    ask(handler, ports, { stream: true });
    expect(ports.transport.calls).toHaveLength(2);
    ask(handler, ports, { stream: true });
    expect(ports.transport.calls).toHaveLength(2);
  });

  it("all shared streams together keep no more than the budget", async () => {
    const { push, fast, slow, ports, handler } = await two({ bytesMax: 1_000_000, replayBytesMax: 500 });
    slow.takesMore = () => true;
    for (let count = 0; count < 20; count++) push();
    expect(fast.text).toBe(slow.text);
    ask(handler, ports, { stream: true });
    expect(ports.transport.calls).toHaveLength(2);
  });
});

describe("bounds and exceptions", () => {
  it("requests that must not share make calls of their own", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ delayMs: 10, pieces: [plainAnswer("x")] });
    const handler = buildPipeline(route, false);
    const contexts = [{ tools: [] }, { n: 2 }, { temperature: 1.5 }, { stateful: true }].flatMap((body) =>
      [0, 1].map(() => createStageContext({ ports, body, changes: { route } })),
    );
    const fresh = { ...noCacheWishes, lookUp: false };
    for (let count = 0; count < 2; count++)
      contexts.push(createStageContext({ ports, changes: { route, cacheControl: fresh } }));
    const replies = contexts.map((context) => handler(context));
    await ports.clock.advanceAsync(10);
    await Promise.all(replies);
    expect(ports.transport.calls).toHaveLength(10);
    expect(
      new Set(
        contexts.flatMap(({ journal }) =>
          journal.entries.filter((entry) => entry.stage === "coalesce").map((entry) => entry.reason),
        ),
      ),
    ).toEqual(new Set(["not-shared"]));
  });

  it("more shared calls than may be go unshared", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ delayMs: 10, pieces: [plainAnswer("x")] });
    const handler = limited({ callsMax: 2 });
    const parties = [1, 2, 3, 3].map((q) => ask(handler, ports, { q }));
    await ports.clock.advanceAsync(10);
    await Promise.all(parties.map((party) => party.reply));
    expect(ports.transport.calls).toHaveLength(4);
    const again = [ask(handler, ports, { q: 3 }), ask(handler, ports, { q: 3 })];
    await ports.clock.advanceAsync(10);
    await Promise.all(again.map((party) => party.reply));
    expect(ports.transport.calls).toHaveLength(5);
  });
});
