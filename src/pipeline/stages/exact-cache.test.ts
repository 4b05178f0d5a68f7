import { describe, expect, it } from "vitest";
import { type CacheControl, noCacheWishes } from "../../spec/cache-control.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { Reply } from "../../spec/reply.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer, plainStream } from "../../testing/plain-dialect.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import { createStageContext, stageRoute, stageCache } from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { buildPipeline } from "../order.ts";

const exactCache = stageCache({ enabled: true, ttlMs: 60_000, entryBytesMax: 300 });
const route = stageRoute({ exactCache, retry: { ...stageRoute().retry, enabled: false } });
const handler = buildPipeline(route, false);
const eventStream = ["content-type", "text/event-stream", "set-cookie", "secret=1", "x-request-id", "up-1"];

async function ask(ports: StagePorts, body: JsonObject = {}, wishes: Partial<CacheControl> = {}): Promise<Reply> {
  const cacheControl = { ...noCacheWishes, ...wishes };
  const reply = await handler(createStageContext({ ports, body, changes: { route, cacheControl } }));
  if (reply.kind === "stream") {
    const sink = CollectingSink.open(reply);
    await ports.clock.advanceAsync(1);
    // Fails unless there is exactly one end.
    void sink.onlyEnd;
  }
  return reply;
}

/** Asks twice; what answered the second time, and the cache's word for both. */
async function twice(script: Script, body: JsonObject = {}, wishes: Partial<CacheControl> = {}): Promise<string> {
  const ports = createStagePorts();
  ports.transport.script = () => script;
  await ask(ports, body, wishes);
  const second = await ask(ports, body, wishes);
  return `${second.origin}: ${ports.ledger.records.map((record) => record.cache).join(", ")}`;
}

describe("what is stored", () => {
  it.each<[string, Script, string]>([
    ["a finished answer", { pieces: [plainAnswer("hi")] }, "exact: miss, hit"],
    ["a finished stream", { headers: eventStream, pieces: plainStream("hi") }, "exact: miss, hit"],
    ["not one cut for length", { pieces: [plainAnswer("hi", {}, "length")] }, "provider: miss, miss"],
    ["not one that calls tools", { pieces: [plainAnswer("hi", {}, "tool-calls")] }, "provider: miss, miss"],
    ["not one without a finish", { pieces: [plainAnswer("hi", {}, "")] }, "provider: miss, miss"],
    ["not one too large", { pieces: [plainAnswer("x".repeat(400))] }, "provider: miss, miss"],
    ["not a stream too large", { headers: eventStream, pieces: plainStream("x".repeat(40)) }, "provider: miss, miss"],
    [
      "not a stream that broke off",
      { headers: eventStream, pieces: plainStream("hi").slice(0, 3) },
      "provider: miss, miss",
    ],
    ["not an error", { status: 500, pieces: [plainAnswer("hi")] }, "provider: miss, miss"],
  ])("%s", async (_name, script, expected) => {
    const body: JsonObject = script.headers === eventStream ? { stream: true } : {};
    expect(await twice(script, body)).toBe(expected);
  });

  it("nothing of requests that must not be reused", async () => {
    const script: Script = { pieces: [plainAnswer("hi")] };
    for (const body of [{ n: 2 }, { temperature: 1.5 }, { stateful: true }]) {
      expect(await twice(script, body)).toBe("provider: not-cacheable, not-cacheable");
    }
    expect(await twice(script, {}, { store: false })).toBe("provider: not-cacheable, not-cacheable");
  });

  it("callers may ask for a fresh answer, which then serves others", async () => {
    const ports = createStagePorts();
    ports.transport.script = (_call, index) => ({ pieces: [plainAnswer(`answer ${index}`)] });
    await ask(ports);
    const fresh = await ask(ports, {}, { lookUp: false });
    expect(fresh).toMatchObject({ origin: "provider", body: plainAnswer("answer 1") });
    expect(await ask(ports)).toMatchObject({ origin: "exact", body: plainAnswer("answer 1") });
  });

  it("copies, so that the store pins no larger buffer, and no header but the type", async () => {
    const ports = createStagePorts();
    const slab = new Uint8Array(65_536);
    const pieces = plainStream("hi").map((piece, index) => {
      slab.set(piece, index * 1_000);
      return slab.subarray(index * 1_000, index * 1_000 + piece.length);
    });
    ports.transport.script = () => ({ headers: eventStream, pieces });
    await ask(ports, { stream: true });
    const [kept] = ports.answers.entries.values();
    const entry = kept?.answer;
    expect(entry?.headers).toEqual(["content-type", "text/event-stream"]);
    for (const piece of entry?.pieces ?? []) expect(piece.buffer.byteLength).toBeLessThan(300);
  });

  it("the life of an entry counts from its storing, reading does not renew it", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ pieces: [plainAnswer("hi")] });
    await ask(ports);
    for (let count = 0; count < 5; count++) {
      await ports.clock.advanceAsync(11_000);
      expect((await ask(ports)).origin).toBe("exact");
    }
    await ports.clock.advanceAsync(11_000);
    expect((await ask(ports)).origin).toBe("provider");
  });
});

describe("a replayed stream", () => {
  it("goes at the reader's pace, and ends once when it leaves", async () => {
    const ports = createStagePorts();
    const large = stageRoute({ ...route, exactCache: { ...exactCache, entryBytesMax: 1_000_000 } });
    const wide = buildPipeline(large, false);
    ports.transport.script = () => ({ headers: eventStream, pieces: plainStream("x".repeat(5_000)) });
    const again = async (takesMore: () => boolean): Promise<CollectingSink> => {
      const context = createStageContext({ ports, body: { stream: true }, changes: { route: large } });
      const sink = CollectingSink.open(await wide(context), takesMore);
      await ports.clock.advanceAsync(1);
      return sink;
    };
    const bought = await again(() => true);
    const slow = await again(() => false);
    expect(slow.chunks).toBe(1);
    for (let count = 0; count < 20; count++) slow.control?.resume();
    expect(slow.whole).toBe(bought.whole);
    expect(slow.onlyEnd).toMatchObject({
      complete: true,
      call: null,
      reused: { endpointId: "first", model: "model-a" },
    });
    const leaving = await again(() => false);
    leaving.control?.cancel();
    leaving.control?.resume();
    expect(leaving.onlyEnd.complete).toBe(false);
    expect(ports.ledger.records.at(-1)).toMatchObject({ outcome: "aborted", cost: { state: "free" } });
  });
});
