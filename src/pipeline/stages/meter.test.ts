import { describe, expect, it } from "vitest";
import { CallFailure } from "../../kit/call-failure.ts";
import type { CallFacts } from "../../spec/attempt.ts";
import type { Cost } from "../../spec/money.ts";
import type { TransportFailure } from "../../spec/transport.ts";
import { unknownUsage, type Usage } from "../../spec/usage.ts";
import { noQuirks, type Quirks } from "../../spec/quirks.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer, plainStream } from "../../testing/plain-dialect.ts";
import { plainCall } from "../../testing/plain-call.ts";
import { testCallFacts } from "../../testing/test-call-facts.ts";
import { createStageContext, stageEndpoint, stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { createMeter } from "./meter.ts";

const eventStream = ["content-type", "text/event-stream"];
const noCount = new TextEncoder().encode('{"text":"hello","finish":"stop"}');

function portsWith(pieces: readonly Uint8Array[], headers?: readonly string[]): StagePorts {
  const ports = createStagePorts();
  ports.transport.script = () => ({ pieces, ...(headers === undefined ? {} : { headers }) });
  return ports;
}

describe("the meter", () => {
  it("writes down what the provider counted, and teaches the estimator", async () => {
    const learnt: unknown[] = [];
    const base = portsWith([plainAnswer("hello")]);
    const ports = {
      ...base,
      estimator: { ...base.estimator, learn: (...facts: unknown[]) => void learnt.push(facts) },
    };
    const context = createStageContext({ ports });
    await createMeter().wrap(plainCall)(context);
    expect(context.attempts.entries).toMatchObject([
      {
        index: 0,
        endpointId: "first",
        vendor: "first",
        model: "model-a",
        servedModel: "served",
        providerResponseId: "answer-1",
        usage: { source: "provider", tokens: { input: 7, output: 3 } },
        cost: { state: "priced", picoUsd: 70_000_000n },
      },
    ]);
    expect(context.journal.entries).toMatchObject([
      { stage: "meter", reason: "usage-reported", picoUsd: 70_000_000n, note: "complete" },
    ]);
    expect(learnt).toEqual([
      ["model-a", context.request.bodyBytes, 0, { source: "provider", tokens: { input: 7, output: 3 } }],
    ]);
  });

  it("estimates what the provider did not count, tells the caller's usage, and alarms", async () => {
    const ports = portsWith([noCount]);
    const context = createStageContext({ ports });
    const reply = await createMeter().wrap(plainCall)(context);
    const usage: Usage = { source: "estimated", tokens: { input: 4, output: 0 } };
    expect(reply).toMatchObject({ end: { usage } });
    expect(context.attempts.entries).toMatchObject([{ usage, cost: { state: "estimated" } }]);
    expect(ports.alarms).toEqual(["usage-missing: first/model-a"]);
  });

  it("takes the region of an address whose replies tell none, and a reply's own word before it", async () => {
    const endpoint = { ...stageEndpoint("first"), region: "eu" };
    for (const [told, region] of [
      [{}, "eu"],
      [{ region: "us" }, "us"],
    ] as const) {
      const ports = portsWith([plainAnswer("hello")]);
      const dialect = ports.dialects["openai-chat"];
      const readReply: typeof dialect.readReply = (body) => {
        const facts = dialect.readReply(body);
        return { ...facts, usage: { ...facts.usage, ...told } };
      };
      const dialects = { ...ports.dialects, "openai-chat": { ...dialect, readReply } };
      const context = createStageContext({
        ports: { ...ports, dialects },
        changes: { targets: [{ endpoint, model: "model-a" }] },
      });
      const reply = await createMeter().wrap(plainCall)(context);
      expect(context.attempts.entries[0]?.usage.region).toBe(region);
      expect(reply).toMatchObject({ end: { usage: { region } } });
    }
  });

  it("a provider's zero is a value", async () => {
    const context = createStageContext({ ports: portsWith([plainAnswer("", { input: 0, output: 0 })]) });
    await createMeter().wrap(plainCall)(context);
    expect(context.attempts.entries).toMatchObject([{ cost: { state: "priced", picoUsd: 0n } }]);
  });

  it("an unknown price is unpriced and alarmed, never zero", async () => {
    const ports = portsWith([plainAnswer("x")]);
    const context = createStageContext({ ports, body: { model: "unpriced-one" } });
    await createMeter().wrap(plainCall)(context);
    expect(context.attempts.entries).toMatchObject([{ cost: { state: "unpriced", picoUsd: null } }]);
    expect(ports.alarms).toEqual(["unpriced-model: first/unpriced-one"]);
  });
});

describe("a call of another resource", () => {
  const counted: Usage = { source: "provider", tokens: { input: 7, output: 3 } };
  const cut: TransportFailure = { kind: "reset", sent: true, message: "cut" };

  it.each<[string, boolean, CallFacts["outcome"], Usage, Cost, readonly string[]]>([
    ["counted", true, "complete", counted, { state: "priced", picoUsd: 70_000_000n }, []],
    [
      "not counted",
      true,
      "complete",
      unknownUsage,
      { state: "unpriced", picoUsd: null },
      ["unpriced-model: first/audio/speech"],
    ],
    ["that is free", false, "complete", counted, { state: "free", picoUsd: 0n }, []],
    ["that was refused", true, "refused", unknownUsage, { state: "free", picoUsd: 0n }, []],
    ["that never left", true, "failed-before-send", unknownUsage, { state: "free", picoUsd: 0n }, []],
  ])("%s costs what its vendor counts", async (_, billed, outcome, usage, cost, alarms) => {
    const ports = createStagePorts();
    const base = createStageContext({ ports });
    const resource = { name: "audio/speech", method: "POST", path: "/v1/audio/speech", billed, stateful: false };
    const context = { ...base, request: { ...base.request, resource } };
    const failure = new CallFailure("upstream_unreachable", "nothing came", testCallFacts({ outcome, usage }), cut);
    await expect(createMeter().wrap(() => Promise.reject(failure))(context)).rejects.toBe(failure);
    expect(context.attempts.entries).toMatchObject([{ usage, cost }]);
    expect(ports.alarms).toEqual(alarms);
    const { reason, picoUsd } = context.journal.entries[0] ?? {};
    expect(reason).toBe(usage === counted ? "usage-reported" : "usage-unknown");
    expect(picoUsd).toBe(cost.picoUsd ?? undefined);
  });
});

/** Whether a request's stream is asked for its usage. */
async function askedOf(
  body: { stream?: boolean; streamUsage?: boolean },
  options: { quirks?: Quirks; addStreamUsage?: boolean } = {},
): Promise<boolean | undefined> {
  const { quirks = noQuirks, addStreamUsage = true } = options;
  const targets = [{ endpoint: stageEndpoint("first", { quirks }), model: "model-a" }] as const;
  const context = createStageContext({
    ports: portsWith(plainStream("hi"), eventStream),
    body,
    changes: { targets, route: stageRoute({ addStreamUsage }) },
  });
  let asked: boolean | undefined;
  const reply = await createMeter().wrap((inner) => {
    asked = inner.edit.addStreamUsage;
    return plainCall(inner);
  })(context);
  CollectingSink.open(reply);
  const told = context.journal.entries.some((entry) => entry.decision === "add-stream-usage");
  expect(told).toBe(asked === true);
  return asked;
}

describe("the usage of streams", () => {
  it("is asked for when the caller did not, and nowhere else", async () => {
    expect(await askedOf({ stream: true })).toBe(true);
    expect(await askedOf({ stream: true, streamUsage: true })).toBeUndefined();
    expect(await askedOf({})).toBeUndefined();
    expect(await askedOf({ stream: true }, { quirks: { ...noQuirks, acceptsStreamUsage: false } })).toBeUndefined();
    expect(await askedOf({ stream: true }, { addStreamUsage: false })).toBeUndefined();
  });

  it("of a cut one is estimated from what came, its counted prompt kept", async () => {
    const counted = new TextEncoder().encode('data: {"tokens":{"input":50,"output":1}}\n\n');
    const text = new TextEncoder().encode(`data: ${JSON.stringify({ text: "x".repeat(200) })}\n\n`);
    const ports = portsWith([counted, text], eventStream);
    const context = createStageContext({ ports, body: { stream: true } });
    const sink = CollectingSink.open(await createMeter().wrap(plainCall)(context));
    await ports.clock.advanceAsync(1);
    expect(sink.onlyEnd.usage).toMatchObject({ source: "estimated", tokens: { input: 50 } });
    expect(context.attempts.entries).toMatchObject([{ outcome: "truncated", cost: { state: "estimated" } }]);
  });
});
