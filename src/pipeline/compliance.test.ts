import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OutputSizes } from "../policies/output-sizes.ts";
import type { Route } from "../spec/route.ts";
import type { Handler } from "../spec/stage.ts";
import { CollectingSink } from "../testing/collecting-sink.ts";
import { ListBodyStore } from "../testing/list-body-store.ts";
import { plainAnswer, plainRequest, plainStream } from "../testing/plain-dialect.ts";
import { testBudget } from "../testing/scripted-budgets.ts";
import { createStageContext, stageCache, stageEndpoint, stageRoute } from "../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../testing/stage-ports.ts";
import { buildPipeline, stagesOf } from "./order.ts";

/** Every technique there is, switched on. Whoever adds a stage switches it on here: the first test sees to that. */
const everything: Route = stageRoute({
  storeBodies: true,
  exactCache: stageCache({
    enabled: true,
    staleMs: 60_000,
    normalised: true,
    acrossDialects: true,
    variety: true,
    pureTools: ["look_up"],
    usefulShareMin: 0,
  }),
  coalesce: { enabled: true },
  rules: [{ name: "cheaper", when: {}, use: [{ endpoint: stageEndpoint("second"), model: "small" }] }],
  // Would change the caller's bytes; it saves nothing, so it stays the operator's choice.
  addStreamUsage: false,
});
const compliant: Route = { ...everything, compliance: true };
const spending = { budgets: [testBudget({ limit: 10n ** 15n })], outputs: new OutputSizes() };

function stageNames(): readonly string[] {
  const source = readFileSync(new URL("../spec/decision.ts", import.meta.url), "utf8");
  const [, union = ""] = /export type StageName =([^;]+);/.exec(source) ?? [];
  return [...union.matchAll(/"([a-z-]+)"/g)].map(([, name = ""]) => name);
}

describe("of the stages of a route with every technique on", () => {
  it("none is missing: the route of these tests switches on whatever there is", () => {
    expect(stageNames().length).toBeGreaterThanOrEqual(10);
    const on = stagesOf(everything, false, spending).map(({ name }) => name);
    expect(on.toSorted()).toEqual(stageNames().toSorted());
  });

  it("a compliance route has the duties and retry, and nothing else", () => {
    const kinds = new Map(stagesOf(everything, false, spending).map(({ name, kind }) => [name, kind]));
    const duties = [...kinds].filter(([, kind]) => kind === "duty").map(([name]) => name);
    const present = stagesOf(compliant, false, spending).map(({ name }) => name);
    expect(present.filter((name) => kinds.get(name) === "optimisation")).toEqual(["retry"]);
    expect(present.filter((name) => name !== "retry")).toEqual(duties);
    expect(stagesOf(compliant, true, spending).map(({ name }) => name)).toEqual(duties);
    expect(duties).toContain("store-body");
  });
});

interface Asked {
  readonly model: string;
  readonly text: string;
  readonly stream: boolean;
  readonly dialect: "openai-chat" | "openai-embeddings";
}

/** Few different ones, so that nearly all of them repeat another: what could be reused would be. */
const asked = fc.record({
  model: fc.constantFrom("model-a", "model-b"),
  text: fc.constantFrom("hello", "Hello!", "  hello "),
  stream: fc.boolean(),
  dialect: fc.constantFrom("openai-chat" as const, "openai-embeddings" as const),
});

/** Asks all at once, and gives back the bytes that were asked with. */
async function ask(handler: Handler, ports: StagePorts, route: Route, wave: readonly Asked[]): Promise<string[]> {
  const bodies: string[] = [];
  const running = wave.map(async ({ model, text, stream, dialect }) => {
    const body = { model, text, ...(stream ? { stream: true } : {}) };
    const context = createStageContext({ ports, body, changes: { route } });
    bodies.push(new TextDecoder().decode(context.rawBody));
    const request = plainRequest(body, context.rawBody.length, dialect);
    const reply = await handler({ ...context, request });
    expect(reply.origin).toBe("provider");
    if (reply.kind === "stream") CollectingSink.open(reply);
  });
  await ports.clock.advanceAsync(50);
  await Promise.all(running);
  await ports.clock.advanceAsync(50);
  return bodies;
}

function portsOf(bodies: ListBodyStore): StagePorts {
  const ports = createStagePorts({ bodies });
  ports.transport.script = ({ body }) =>
    new TextDecoder().decode(body).includes('"stream":true')
      ? { headers: ["content-type", "text/event-stream"], pieces: plainStream("hi"), delayMs: 10 }
      : { pieces: [plainAnswer("hi")], delayMs: 10 };
  return ports;
}

describe("over any run of repeats, at once and one after the other", () => {
  it("0 techniques act: one call each, of the model and the bytes as asked; nothing stored but the bodies", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(asked, { minLength: 1, maxLength: 8 }), { maxLength: 6 }), async (waves) => {
        const bodies = new ListBodyStore();
        const ports = portsOf(bodies);
        const handler = buildPipeline(compliant, false, spending);
        const sent: string[] = [];
        for (const wave of waves) sent.push(...(await ask(handler, ports, compliant, wave)));
        const calls = ports.transport.calls.map(({ call }) => new TextDecoder().decode(call.body));
        expect(calls.toSorted()).toEqual(sent.toSorted());
        expect(ports.transport.calls.every(({ call }) => call.endpoint.id === "first")).toBe(true);
        expect(ports.answers.stats()).toMatchObject({ entries: 0, bytes: 0 });
        const { records } = ports.ledger;
        expect(records.flatMap(({ savings }) => savings)).toEqual([]);
        expect(records.filter(({ cache }) => cache === "hit" || cache === "coalesced")).toEqual([]);
        expect(records.map(({ attempts }) => attempts.length)).toEqual(sent.map(() => 1));
        expect([bodies.requests.length, bodies.replies.length]).toEqual([sent.length, sent.length]);
        expect(bodies.replies.every(({ complete }) => complete)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("the same run without the flag is served by techniques: the test can see one", async () => {
    const ports = portsOf(new ListBodyStore());
    const handler = buildPipeline(everything, false, spending);
    const wave: Asked[] = Array.from({ length: 6 }, () => ({
      model: "model-a",
      text: "hello",
      stream: false,
      dialect: "openai-chat",
    }));
    const contexts = wave.map(() =>
      createStageContext({ ports, body: { model: "model-a" }, changes: { route: everything } }),
    );
    const running = contexts.map((context) => handler(context));
    await ports.clock.advanceAsync(50);
    const replies = await Promise.all(running);
    expect(replies.filter(({ origin }) => origin !== "provider").length).toBeGreaterThan(0);
    expect(ports.transport.calls.length).toBeLessThan(wave.length);
    expect(ports.transport.calls[0]?.call.endpoint.id).toBe("second");
    expect(ports.answers.stats().entries).toBeGreaterThan(0);
  });
});
