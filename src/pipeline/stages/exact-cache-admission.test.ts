import { describe, expect, it } from "vitest";
import type { AnswerStore } from "../../spec/answer-store.ts";
import { noCacheWishes } from "../../spec/cache-control.ts";
import { contentClasses, contentLives } from "../../spec/content-class.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { createPlainDialect, plainAnswer, plainStream } from "../../testing/plain-dialect.ts";
import { stageEndpoint } from "../../testing/stage-context.ts";
import { createStagePorts, plainDialects } from "../../testing/stage-ports.ts";
import { CacheRig, eventStream } from "./test-exact-cache.ts";

const encoder = new TextEncoder();

/** An answer that calls these tools. */
function callsOf(names: readonly string[], finish = "tool-calls"): Uint8Array {
  const tool_calls = names.map((name) => ({ type: "function", function: { name, arguments: "{}" } }));
  return encoder.encode(JSON.stringify({ id: "a", finish, tokens: { input: 7, output: 3 }, tool_calls }));
}

async function originOfSecond(rig: CacheRig, body = {}): Promise<string> {
  await rig.ask({ body });
  return (await rig.ask({ body })).origin;
}

describe("answers that call tools", () => {
  it.each<[string, readonly string[], readonly string[], string]>([
    ["only those that are pure", ["look_up"], ["look_up", "add"], "exact"],
    ["a pure one and another", ["look_up", "send"], ["look_up"], "provider"],
    ["none that is named", ["send"], ["look_up"], "provider"],
    ["any, where the route names none", ["look_up"], [], "provider"],
    ["one without a name", ["?"], ["look_up"], "provider"],
  ])("%s", async (_name, called, pureTools, origin) => {
    const rig = new CacheRig({ pureTools });
    rig.answers({ pieces: [callsOf(called)] });
    expect(await originOfSecond(rig)).toBe(origin);
  });

  it.each<[string, readonly string[], string]>([
    ["only pure ones", ["look_up"], "exact"],
    ["another too", ["look_up", "send"], "provider"],
    ["nobody knows which", [], "provider"],
  ])("in a stream: %s", async (_name, called, origin) => {
    const events = called.map((name, index): StreamEvent => ({ type: "tool-call-start", index, id: "1", name }));
    const dialects = plainDialects((name) => ({ ...createPlainDialect(name), foldStream: () => events }));
    const rig = new CacheRig({ pureTools: ["look_up"] }, createStagePorts({ dialects }));
    rig.answers({ headers: eventStream, pieces: plainStream("x", {}, "tool-calls") });
    expect(await originOfSecond(rig, { stream: true })).toBe(origin);
  });
});

describe("requests", () => {
  it.each([{ n: 2 }, { temperature: 1.5 }])(
    "for variety (%j) are answered again only where the route says so",
    async (body) => {
      expect(await originOfSecond(new CacheRig(), body)).toBe("provider");
      expect(await originOfSecond(new CacheRig({ variety: true }), body)).toBe("exact");
    },
  );

  it("that lean on the provider's memory never are", async () => {
    expect(await originOfSecond(new CacheRig({ variety: true }), { stateful: true })).toBe("provider");
  });

  it.each(contentClasses)("for content of class %s are answered again where it has a life", async (contentClass) => {
    const rig = new CacheRig({ contentClass });
    const has = contentLives[contentClass] !== null;
    expect(await originOfSecond(rig)).toBe(has ? "exact" : "provider");
    expect(rig.reasons[1]).toBe(has ? "hit: model-a" : "not-cacheable: content without a life");
  });

  it("that name no user are nobody's where users are kept apart", async () => {
    const rig = new CacheRig({ isolation: "user" });
    expect(await originOfSecond(rig)).toBe("provider");
    expect(rig.reasons[1]).toBe("not-cacheable: no user named");
    await rig.ask({ claims: { user: "ada" } });
    expect((await rig.ask({ claims: { user: "ada" } })).origin).toBe("exact");
    expect((await rig.ask({ claims: { user: "grace" } })).origin).toBe("provider");
  });

  it("for embeddings are left to the stage that knows their elements", async () => {
    const rig = new CacheRig();
    for (let count = 0; count < 2; count++) {
      const context = rig.contextOf({ changes: { targets: [{ endpoint: stageEndpoint("first"), model: "model-a" }] } });
      const reply = await rig.handler({ ...context, request: { ...context.request, dialect: "openai-embeddings" } });
      expect(reply.origin).toBe("provider");
    }
    expect(rig.ports.answers.entries.size).toBe(0);
  });

  it("whose callers want nothing kept leave nothing and get nothing", async () => {
    const rig = new CacheRig();
    await rig.ask();
    const reply = await rig.ask({ changes: { cacheControl: { ...noCacheWishes, store: false } } });
    expect([reply.origin, rig.ports.answers.entries.size, rig.reasons[1]]).toEqual([
      "provider",
      1,
      "not-cacheable: asked not to",
    ]);
  });
});

describe("an invalidation", () => {
  it("between lookup and store kills the answer that was on its way", async () => {
    const rig = new CacheRig();
    rig.answers({ delayMs: 100, pieces: [plainAnswer("made of the old document")] });
    const asked = { changes: { documents: ["4711"] } };
    const running = rig.ask(asked);
    await rig.ports.clock.advanceAsync(50);
    rig.ports.answers.invalidate(rig.contextOf().caller.scope, "document:4711");
    await rig.ports.clock.advanceAsync(100);
    await running;
    rig.answers({ pieces: [plainAnswer("new")] });
    expect(await rig.text(asked)).toBe("new");
    expect(await rig.text(asked)).toBe("new");
    expect(rig.calls).toBe(2);
  });

  it("between the wish for a fresh answer and its storing does so too", async () => {
    const rig = new CacheRig();
    rig.answers({ delayMs: 100, pieces: [plainAnswer("old")] });
    const cacheControl = { ...noCacheWishes, lookUp: false };
    const running = rig.ask({ claims: { prompt: "p@2" }, changes: { cacheControl } });
    await rig.ports.clock.advanceAsync(50);
    rig.ports.answers.invalidate(rig.contextOf().caller.scope, "prompt:p");
    await rig.ports.clock.advanceAsync(100);
    await running;
    rig.answers({ pieces: [plainAnswer("new")] });
    expect(await rig.text({ claims: { prompt: "p@2" } })).toBe("new");
  });
});

describe("a store", () => {
  it("that cannot say where its invalidations stand stores nothing", async () => {
    const rig = new CacheRig();
    const get = rig.ports.answers.get.bind(rig.ports.answers);
    rig.ports.answers.get = (scope, key, nowMs) => ({ ...get(scope, key, nowMs), ticket: null });
    expect(await originOfSecond(rig)).toBe("provider");
    expect(rig.ports.answers.entries.size).toBe(0);
  });

  it.each(["get", "ticketOf", "set"] as const)("whose %s fails, now or later, costs no answer", async (method) => {
    for (const fails of [
      () => Promise.reject(new Error("gone")),
      () => {
        throw new Error("gone");
      },
    ]) {
      const rig = new CacheRig();
      Object.assign(rig.ports.answers, { [method]: fails });
      const cacheControl = { ...noCacheWishes, lookUp: method !== "ticketOf" };
      expect(await rig.text({ changes: { cacheControl } })).toBe("hi");
      await rig.ports.clock.advanceAsync(1);
      expect(rig.ports.alarms).toEqual(["stage-stepped-aside: exact-cache: Error"]);
    }
  });

  it("that answers later answers the same", async () => {
    const rig = new CacheRig();
    const get = rig.ports.answers.get.bind(rig.ports.answers);
    const getLater: AnswerStore["get"] = async (...question) => {
      await new Promise<void>((resolve) => void rig.ports.clock.after(3, resolve));
      return get(...question);
    };
    Object.assign(rig.ports.answers, { get: getLater });
    const ask = async (): Promise<string> => {
      const running = rig.text();
      await rig.ports.clock.advanceAsync(5);
      return running;
    };
    expect([await ask(), await ask(), rig.calls]).toEqual(["hi", "hi", 1]);
    expect(rig.rows[1]?.journal[0]).toMatchObject({ reason: "hit", us: 3_000 });
  });
});
