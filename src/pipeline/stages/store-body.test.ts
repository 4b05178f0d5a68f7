import { describe, expect, it } from "vitest";
import { FarthingError } from "../../kit/farthing-error.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { ListBodyStore } from "../../testing/list-body-store.ts";
import { plainAnswer, plainStream, plainTerminal } from "../../testing/plain-dialect.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import {
  createStageContext,
  stageCache,
  stageCaller,
  stageRoute,
  type StageContext,
  type StageContextOptions,
} from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { compose } from "../compose.ts";
import { buildPipeline } from "../order.ts";
import { createCallProvider } from "./call-provider.ts";
import { createSettle } from "./settle.ts";
import { createStoreBody } from "./store-body.ts";

const whole: Script = { pieces: [plainAnswer("hello")] };
const streamed: Script = { headers: ["content-type", "text/event-stream"], pieces: plainStream("hello") };
const noRetry = { ...stageRoute().retry, enabled: false };
const strict = stageRoute({ name: "legal", compliance: true, storeBodies: true, retry: noRetry });
const lenient = stageRoute({ name: "kept", storeBodies: true, retry: noRetry });
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

interface Scene {
  readonly bodies: ListBodyStore;
  readonly ports: StagePorts;
  readonly context: StageContext;
  readonly handle: () => ReturnType<ReturnType<typeof buildPipeline>>;
}

function sceneOf(script: Script, route = strict, options: StageContextOptions = {}): Scene {
  const bodies = new ListBodyStore();
  const ports = createStagePorts({ bodies });
  ports.transport.script = () => script;
  const context = createStageContext({ ports, ...options, changes: { route, ...options.changes } });
  const handler = buildPipeline(route, false);
  return { bodies, ports, context, handle: () => handler(context) };
}

const streamScene = (route = strict, script = streamed): Scene => sceneOf(script, route, { body: { stream: true } });
const reasonsOf = ({ context }: Scene): string[] =>
  context.journal.entries.filter(({ stage }) => stage === "store-body").map(({ reason }) => reason);
const codeOf = (error: unknown): unknown => FarthingError.isInstance(error) && error.code;

describe("an exchange is kept", () => {
  it("with the caller's bytes, whose they are, and the answer's bytes", async () => {
    const changes = { caller: stageCaller({ claims: { tags: [], user: "ada" } }) };
    const scene = sceneOf(whole, lenient, { changes });
    await scene.handle();
    const { id, rawBody, caller, arrivedAtMs, query, headers, documents, cacheControl } = scene.context;
    const about = { id, owner: caller.scope, user: "user:ada" };
    const { kind: callerKind, keyId, claims } = caller;
    const dialect = "openai-chat";
    const who = { callerKind, keyId, claims };
    const how = { dialect, isResource: false, model: "model-a", stream: false, query, headers };
    const asked = { ...who, ...how, documents, cacheControl, ticket: null };
    expect(scene.bodies.requests).toEqual([
      { ...about, route: "kept", dialect, called: "model-a", atMs: arrivedAtMs, asked, body: rawBody },
    ]);
    const answered = { origin: "provider", endpointId: scene.context.targets[0].endpoint.id, model: "model-a" };
    expect(scene.bodies.replies).toMatchObject([
      { ...about, status: 200, complete: true, answered, text: textOf(plainAnswer("hello")) },
    ]);
    expect(reasonsOf(scene)).toEqual(["kept"]);
  });

  it("before anything is sent, and before a whole answer leaves", async () => {
    const scene = sceneOf(whole);
    scene.bodies.hold();
    let answered = false;
    const running = scene.handle().then(() => (answered = true));
    await scene.ports.clock.advanceAsync(60_000);
    expect([scene.ports.transport.calls.length, scene.bodies.requests.length]).toEqual([0, 0]);
    scene.bodies.release();
    scene.bodies.hold();
    await scene.ports.clock.advanceAsync(1);
    expect([scene.ports.transport.calls.length, answered]).toEqual([1, false]);
    scene.bodies.release();
    await running;
  });

  it("of a stream every byte, and its terminal event waits for that", async () => {
    const scene = streamScene();
    const reply = await scene.handle();
    scene.bodies.hold();
    const sink = CollectingSink.open(reply);
    await scene.ports.clock.advanceAsync(1_000);
    expect([sink.text.includes('"finish":"stop"'), sink.ends.length]).toEqual([true, 0]);
    expect(scene.ports.ledger.records).toHaveLength(0);
    scene.bodies.release();
    await scene.ports.clock.advanceAsync(1);
    expect(sink.lastText).toBe(plainTerminal);
    expect(scene.bodies.replies).toMatchObject([{ complete: true, text: sink.whole }]);
    expect(scene.ports.ledger.records).toMatchObject([{ outcome: "ok", cost: { state: "priced" } }]);
  });

  it("also of a provider's error, a failure of ours, a bypass and a resource call", async () => {
    const refused = sceneOf({ status: 404, pieces: [new TextEncoder().encode('{"error":"no"}')] });
    await refused.handle();
    expect(refused.bodies.replies).toMatchObject([{ status: 404, complete: false, text: '{"error":"no"}' }]);

    const unreachable = sceneOf({ failure: { kind: "connect", sent: false, message: "refused" } });
    expect(codeOf(await unreachable.handle().catch((error: unknown) => error))).toBe("upstream_unreachable");
    expect(unreachable.bodies.replies).toMatchObject([{ status: 502, complete: false }]);
    expect(unreachable.bodies.replies[0]?.text).toContain("upstream_unreachable");

    const bypassed = sceneOf(whole);
    await buildPipeline(strict, true)(bypassed.context);
    expect([bypassed.bodies.requests.length, bypassed.bodies.replies.length]).toEqual([1, 1]);

    const plain = sceneOf(whole);
    const resource = { name: "files", method: "GET", path: "/v1/files/f1", billed: false, stateful: true };
    await buildPipeline(strict, true)({ ...plain.context, request: { ...plain.context.request, resource } });
    expect(plain.bodies.requests).toMatchObject([{ called: "GET /v1/files/f1" }]);
  });

  it("also of an answer from the cache, which is a reply like any other", async () => {
    const cached = { ...lenient, exactCache: stageCache({ enabled: true }) };
    const bodies = new ListBodyStore();
    const ports = createStagePorts({ bodies });
    ports.transport.script = () => whole;
    const handler = buildPipeline(cached, false);
    for (let round = 0; round < 2; round++) await handler(createStageContext({ ports, changes: { route: cached } }));
    expect([ports.transport.calls.length, bodies.requests.length]).toEqual([1, 2]);
    expect(bodies.replies.map(({ text }) => text)).toEqual([
      textOf(plainAnswer("hello")),
      textOf(plainAnswer("hello")),
    ]);
  });

  it("of a caller who leaves as far as it came, as incomplete", async () => {
    const scene = streamScene(strict, { ...streamed, pieces: plainStream("hello").slice(0, 2), hangs: true });
    const sink = CollectingSink.open(await scene.handle());
    await scene.ports.clock.advanceAsync(1);
    sink.control?.cancel();
    await scene.ports.clock.advanceAsync(1_000);
    expect(scene.bodies.replies).toMatchObject([{ complete: false, text: sink.text }]);
    expect(scene.ports.ledger.records).toMatchObject([{ outcome: "aborted" }]);

    const controller = new AbortController();
    const silent = sceneOf({ delayMs: 100_000 }, strict, { changes: { signal: controller.signal } });
    const running = silent.handle().catch(codeOf);
    await silent.ports.clock.advanceAsync(1);
    controller.abort();
    expect(await running).toBe("client_closed");
    expect(silent.bodies.replies).toMatchObject([{ status: 499, complete: false, text: "" }]);
  });
});

describe("a compliance route refuses", () => {
  it.each(["without a store", "a store that rejects"])(
    "a request that is not kept, and sends nothing: %s",
    async (how) => {
      const scene = sceneOf(whole);
      scene.bodies.fails = "requests";
      const ports = how === "without a store" ? { ...scene.ports, bodies: null } : scene.ports;
      const error: unknown = await buildPipeline(
        strict,
        false,
      )({ ...scene.context, ports }).catch((thrown: unknown) => thrown);
      expect([codeOf(error), FarthingError.isInstance(error) && error.status]).toEqual(["body_store_unavailable", 503]);
      expect(scene.ports.transport.calls).toHaveLength(0);
      expect(scene.ports.ledger.records).toMatchObject([{ status: 503, outcome: "error", attempts: [] }]);
      expect(scene.ports.alarms).toEqual([
        expect.stringMatching(/^bodies-unavailable: the request of fr_\w+ on route legal/),
      ]);
      expect(reasonsOf(scene)).toEqual(["not-kept"]);
    },
  );

  it("a whole answer that is not kept; the row has the call and its cost", async () => {
    const scene = sceneOf(whole);
    scene.bodies.fails = "replies";
    expect(codeOf(await scene.handle().catch((error: unknown) => error))).toBe("body_store_unavailable");
    const [row] = scene.ports.ledger.records;
    expect(row).toMatchObject({ status: 503, outcome: "error", cost: { state: "priced", picoUsd: 70_000_000n } });
    expect(row?.attempts).toHaveLength(1);
    expect(reasonsOf(scene)).toEqual(["not-kept"]);
  });

  it("the end of a stream that is not kept: the dialect's error event stands in its place", async () => {
    const scene = streamScene();
    const reply = await scene.handle();
    scene.bodies.fails = "replies";
    const sink = CollectingSink.open(reply);
    await scene.ports.clock.advanceAsync(1_000);
    expect(sink.whole).not.toContain(plainTerminal);
    expect(sink.lastText).toContain("body_store_unavailable");
    expect(sink.onlyEnd.complete).toBe(false);
    expect(scene.ports.ledger.records).toMatchObject([{ outcome: "error", cost: { picoUsd: 70_000_000n } }]);
  });

  it("an error whose words are not kept, but tells no caller who has left", async () => {
    const scene = sceneOf({ failure: { kind: "connect", sent: false, message: "refused" } });
    scene.bodies.fails = "replies";
    expect(codeOf(await scene.handle().catch((error: unknown) => error))).toBe("body_store_unavailable");
    const controller = new AbortController();
    const silent = sceneOf({ delayMs: 100_000 }, strict, { changes: { signal: controller.signal } });
    silent.bodies.fails = "replies";
    const running = silent.handle().catch(codeOf);
    await silent.ports.clock.advanceAsync(1);
    controller.abort();
    expect(await running).toBe("client_closed");
    expect(silent.ports.ledger.records).toMatchObject([{ outcome: "aborted" }]);
  });
});

describe("another route that keeps bodies serves without", () => {
  it.each(["requests", "replies"] as const)("when %s are not kept, with one alarm", async (fails) => {
    const scene = sceneOf(whole, lenient);
    scene.bodies.fails = fails;
    const reply = await scene.handle();
    expect(reply.kind === "whole" && textOf(reply.body)).toBe(textOf(plainAnswer("hello")));
    expect(scene.bodies.replies).toEqual([]);
    expect(scene.ports.alarms).toEqual([expect.stringMatching(/^bodies-unavailable: /)]);
    expect(reasonsOf(scene)).toEqual(["not-kept"]);
    const stream = streamScene(lenient);
    stream.bodies.fails = fails;
    const sink = CollectingSink.open(await stream.handle());
    await stream.ports.clock.advanceAsync(1_000);
    expect(sink.whole).toBe(plainStream("hello").map(textOf).join(""));
    expect(reasonsOf(stream)).toEqual(["not-kept"]);
  });
});

async function runTight(route: typeof strict): Promise<{ scene: Scene; sink: CollectingSink }> {
  const scene = streamScene(route);
  const tight = compose([createSettle(), createStoreBody(30), createCallProvider()]);
  const sink = CollectingSink.open(await tight(scene.context));
  await scene.ports.clock.advanceAsync(1_000);
  return { scene, sink };
}

describe("more streams at once than are gathered", () => {
  it("end with an error event on a compliance route, and what was given out is kept", async () => {
    const { scene, sink } = await runTight(strict);
    expect(sink.ends).toHaveLength(1);
    expect(sink.lastText).toContain("body_store_unavailable");
    expect(scene.bodies.replies).toMatchObject([{ complete: false, text: sink.whole }]);
    expect(reasonsOf(scene)).toEqual(["not-kept"]);
  });

  it("are served elsewhere, with an alarm", async () => {
    const { scene, sink } = await runTight(lenient);
    expect(sink.whole).toBe(plainStream("hello").map(textOf).join(""));
    expect(scene.bodies.replies).toMatchObject([{ complete: false }]);
    expect(scene.ports.alarms).toEqual([expect.stringMatching(/^bodies-unavailable: too many streams/)]);
  });

  it("give their room back when they end", async () => {
    const stage = createStoreBody(200);
    for (let round = 0; round < 5; round++) {
      const scene = streamScene(strict);
      const sink = CollectingSink.open(await compose([stage, createCallProvider()])(scene.context));
      await scene.ports.clock.advanceAsync(1_000);
      expect(sink.lastText).toBe(plainTerminal);
    }
  });
});

it("a route that keeps nothing has no such stage", async () => {
  const scene = sceneOf(whole, stageRoute());
  await scene.handle();
  expect([scene.bodies.requests, scene.bodies.replies, reasonsOf(scene)]).toEqual([[], [], []]);
});
