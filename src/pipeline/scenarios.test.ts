import { expect, it } from "vitest";
import type { Attempt } from "../spec/attempt.ts";
import type { Random } from "../spec/clock.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Route } from "../spec/route.ts";
import type { Handler } from "../spec/stage.ts";
import type { TransportFailure } from "../spec/transport.ts";
import { plainAnswer, plainStream } from "../testing/plain-dialect.ts";
import type { Script } from "../testing/scripted-transport.ts";
import { createSeededRandom } from "../testing/seeded-random.ts";
import { createStageContext, stageEndpoint, stageRoute } from "../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../testing/stage-ports.ts";
import { CollectingSink } from "../testing/collecting-sink.ts";
import { buildPipeline } from "./order.ts";

const kinds: readonly TransportFailure["kind"][] = [
  "connect",
  "reset",
  "first-byte-timeout",
  "idle-timeout",
  "protocol",
];
const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

/** What a provider may do, good and bad, whole and streamed. */
function scriptOf(random: Random, stream: boolean): Script {
  const delayMs = Math.floor(random() * 500);
  const failure = { kind: pick(random, kinds), sent: random() < 0.5, message: "planted" };
  const text = "x".repeat(Math.floor(random() * 60));
  const tokens = { input: Math.floor(random() * 2_000), output: Math.floor(random() * 400) };
  const pieces = stream ? plainStream(text, tokens) : [plainAnswer(text, tokens)];
  const headers = ["content-type", stream ? "text/event-stream" : "application/json"];
  const cut = pieces.slice(0, Math.floor(random() * pieces.length));
  const roll = random();
  if (roll < 0.55) return { delayMs, headers, pieces };
  if (roll < 0.65) return { delayMs, failure };
  if (roll < 0.8) return { delayMs, status: pick(random, [400, 429, 500, 503, 529]), pieces: [new Uint8Array(3)] };
  if (roll < 0.87) return { delayMs, status: 200, headers, pieces: cut, failure: { ...failure, sent: true } };
  if (roll < 0.93 && stream) return { delayMs, headers, pieces: cut };
  return { delayMs, headers, pieces: cut, hangs: true };
}

/** Twenty-four routes with every combination of switches that chance brings. */
function someRoutes(random: Random): readonly { route: Route; handler: Handler }[] {
  const on = (): boolean => random() < 0.5;
  const base = stageRoute();
  return Array.from({ length: 24 }, (_, index) => {
    const use = [
      { endpoint: stageEndpoint("second"), model: pick(random, ["tiny", "unpriced-x"]) },
      { endpoint: stageEndpoint("third"), model: "fallback" },
    ] as const;
    const route = stageRoute({
      name: `route-${index}`,
      exactCache: { ...base.exactCache, enabled: on() },
      coalesce: { enabled: on() },
      rules: on() ? [{ name: "r", when: { tools: false }, use }] : [],
      retry: { ...base.retry, enabled: on(), retryAmbiguous: on() },
      abort: { ...base.abort, mode: on() ? "cut" : "drain" },
    });
    return { route, handler: buildPipeline(route, false) };
  });
}

/** One request of a random kind, whose caller may leave at a random moment. */
async function request(random: Random, ports: StagePorts, to: { route: Route; handler: Handler }): Promise<void> {
  const controller = new AbortController();
  const body: JsonObject = { q: Math.floor(random() * 3), ...(random() < 0.5 ? { stream: true } : {}) };
  if (random() < 0.1) body["tools"] = [];
  if (random() < 0.1) body["n"] = 2;
  const context = createStageContext({ ports, body, changes: { route: to.route, signal: controller.signal } });
  if (random() < 0.2) ports.clock.after(Math.floor(random() * 700), () => controller.abort());
  try {
    const reply = await to.handler(context);
    if (reply.kind === "whole") return;
    const sink = CollectingSink.open(reply);
    sinks.push(sink);
    if (random() < 0.2) ports.clock.after(Math.floor(random() * 300), () => sink.control?.cancel());
  } catch {
    // Failed requests have rows like all others; the rows are what is checked.
  }
}

const sinks: CollectingSink[] = [];

function perEndpoint(ids: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(["first", "second", "third"].map((id) => [id, ids.filter((one) => one === id).length]));
}

/** Whatever left and was not refused may be billed: its count is the provider's, final, or an estimate above zero. */
function isWronglyFree(attempt: Attempt): boolean {
  if (attempt.outcome === "refused" || attempt.outcome === "failed-before-send") return false;
  if (attempt.usage.source === "estimated") return attempt.cost.picoUsd === 0n;
  return attempt.usage.source === "unknown" || (attempt.outcome !== "complete" && attempt.finishReason === null);
}

it("1,500 random requests: one row each, attempts match the calls one to one, savings add up exactly", async () => {
  const random = createSeededRandom(20_261_121);
  const ports = createStagePorts();
  ports.transport.script = (call) => scriptOf(random, new TextDecoder().decode(call.body).includes('"stream":true'));
  const routes = someRoutes(random);
  const running: Promise<void>[] = [];
  const total = 1_500;
  for (let count = 0; count < total; count++) {
    running.push(request(random, ports, pick(random, routes)));
    if (count % 4 === 0) await ports.clock.advanceAsync(Math.floor(random() * 60));
  }
  // The longest total time of a route, and as much again for what it started.
  for (let step = 0; step < 30; step++) await ports.clock.advanceAsync(60_000);
  await Promise.all(running);

  const { records } = ports.ledger;
  expect(records).toHaveLength(total);
  expect(new Set(records.map((record) => record.id)).size).toBe(total);
  expect(ports.clock.pendingTimers).toBe(0);
  for (const sink of sinks) expect([sink.ends.length, sink.chunksAfterEnd]).toEqual([1, 0]);

  const attempts = records.flatMap((record) => record.attempts);
  expect(attempts).toHaveLength(ports.transport.calls.length);
  expect(perEndpoint(attempts.map((attempt) => attempt.endpointId))).toEqual(
    perEndpoint(ports.transport.calls.map(({ call }) => call.endpoint.id)),
  );

  const seen = new Set<string>();
  for (const record of records) {
    seen.add(`${record.outcome} ${record.cache} ${record.cost.state}`);
    expect(record.attempts.length).toBeLessThanOrEqual(3);
    expect(record.attempts.map((attempt) => attempt.index)).toEqual(record.attempts.map((_attempt, index) => index));
    expect(record.attempts.filter(isWronglyFree)).toEqual([]);
    const names = record.journal.map((entry) => entry.stage);
    for (const once of ["settle", "exact-cache", "coalesce", "choose-target", "retry"] as const) {
      expect(names.filter((name) => name === once).length).toBeLessThanOrEqual(1);
    }
    const { baseline, cost } = record;
    const isKnown = baseline.picoUsd !== null && cost.picoUsd !== null;
    const difference = isKnown ? baseline.picoUsd - cost.picoUsd : 0n;
    expect(record.savings.reduce((sum, saving) => sum + saving.picoUsd, 0n)).toBe(difference);
  }
  // The scenarios must really have reached the corners they are about.
  for (const outcome of ["ok", "error", "aborted", "truncated"]) expect([...seen].join()).toContain(outcome);
  for (const cache of ["hit", "miss", "coalesced", "not-cacheable", "off"]) expect([...seen].join()).toContain(cache);
  for (const state of ["free", "priced", "estimated", "unpriced"]) expect([...seen].join()).toContain(state);
});
