import { describe, expect, it } from "vitest";
import { CollectingSink } from "../testing/collecting-sink.ts";
import { plainAnswer, plainStream } from "../testing/plain-dialect.ts";
import { createStageContext, stageEndpoint, stageRoute, stageCache } from "../testing/stage-context.ts";
import { createStagePorts } from "../testing/stage-ports.ts";
import { buildPipeline, stagesOf } from "./order.ts";

const everything = stageRoute({
  exactCache: stageCache({ enabled: true, ttlMs: 3_600_000, entryBytesMax: 1_048_576 }),
  coalesce: { enabled: true },
  rules: [
    { name: "cheap", when: { model: ["model-*"] }, use: [{ endpoint: stageEndpoint("second"), model: "small" }] },
  ],
});
const streamHeaders = ["content-type", "text/event-stream"];

describe("a request through all stages", () => {
  it("is called once and answered from the cache the second time", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ pieces: [plainAnswer("hello")] });
    const handler = buildPipeline(everything, false);
    const first = createStageContext({ ports, changes: { route: everything } });
    const second = createStageContext({ ports, changes: { route: everything } });
    const bought = await handler(first);
    const reused = await handler(second);
    expect(ports.transport.calls).toHaveLength(1);
    expect(bought.origin).toBe("provider");
    expect(reused).toMatchObject({ origin: "exact", status: 200, body: plainAnswer("hello") });
    expect(reused.kind === "whole" ? reused.end.settled : null).toEqual({
      cost: { state: "free", picoUsd: 0n },
      baseline: { state: "priced", picoUsd: 70_000_000n },
      savedPicoUsd: 70_000_000n,
    });
    expect(first.journal.entries.map((entry) => `${entry.stage}:${entry.reason}`)).toEqual([
      "exact-cache:miss",
      "coalesce:leader",
      "choose-target:rule",
      "call-provider:answered",
      "meter:usage-reported",
      "retry:first-try",
      "settle:settled",
    ]);
    expect(ports.ledger.records.map((record) => record.cache)).toEqual(["miss", "hit"]);
    // Without the cache, the rule would have sent the repeat to the smaller model.
    expect(ports.ledger.records.map((record) => record.savings)).toEqual([
      [{ technique: "choose-target", picoUsd: 20_000_000n, method: "modelled" }],
      [{ technique: "exact-cache", picoUsd: 70_000_000n, method: "modelled", aloneOffPicoUsd: 50_000_000n }],
    ]);
    expect(ports.ledger.synced).toEqual([true, false]);
    expect(ports.alarms).toEqual([]);
  });

  it("streams, and replays the stream byte for byte", async () => {
    const ports = createStagePorts();
    ports.transport.script = () => ({ headers: streamHeaders, pieces: plainStream("hello") });
    const handler = buildPipeline(everything, false);
    const sinks: CollectingSink[] = [];
    for (let round = 0; round < 2; round++) {
      const reply = await handler(
        createStageContext({ ports, body: { stream: true }, changes: { route: everything } }),
      );
      sinks.push(CollectingSink.open(reply));
      await ports.clock.advanceAsync(1);
    }
    expect(ports.transport.calls).toHaveLength(1);
    expect(sinks[0]?.whole).toBe(new TextDecoder().decode(Buffer.concat(plainStream("hello"))));
    expect(sinks[1]?.whole).toBe(sinks[0]?.whole);
    expect(sinks[1]?.lastText).toBe("data: [DONE]\n\n");
    expect(sinks[1]?.onlyEnd.settled?.savedPicoUsd).toBe(70_000_000n);
    expect(ports.ledger.records.map((record) => record.outcome)).toEqual(["ok", "ok"]);
  });
});

function namesOf(bypass: boolean, compliance: boolean): readonly string[] {
  return stagesOf({ ...everything, compliance }, bypass).map((stage) => stage.name);
}

describe("the order", () => {
  it("drops what a route, a bypass or compliance switches off", () => {
    expect(namesOf(false, false)).toEqual([
      "settle",
      "embedding-cache",
      "exact-cache",
      "coalesce",
      "choose-target",
      "retry",
      "meter",
      "call-provider",
    ]);
    expect(namesOf(true, false)).toEqual(["settle", "meter", "call-provider"]);
    expect(namesOf(false, true)).toEqual(["settle", "store-body", "retry", "meter", "call-provider"]);
  });
});
