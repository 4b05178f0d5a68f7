import { describe, expect, it } from "vitest";
import { plainAnswer } from "../../testing/plain-dialect.ts";
import { stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts } from "../../testing/stage-ports.ts";
import { CacheRig } from "./test-exact-cache.ts";

const encoder = new TextEncoder();
const tooLong = encoder.encode('{"error":{"message":"maximum context length is 8192 tokens"}}');

function refusing(status: number, body: Uint8Array = tooLong, cache = {}): CacheRig {
  const rig = new CacheRig(cache);
  rig.answers({ status, headers: ["content-type", "application/json", "retry-after", "7"], pieces: [body] });
  return rig;
}

describe("a refusal", () => {
  it.each([400, 404, 413, 422])(
    "of status %s that every repeat would meet is given again as it was",
    async (status) => {
      const rig = refusing(status);
      const [first, second] = [await rig.ask(), await rig.ask()];
      expect(second).toMatchObject({
        status,
        origin: "exact",
        headers: ["content-type", "application/json", "age", "0"],
      });
      expect(second.kind === "whole" && first.kind === "whole" && second.body).toEqual(tooLong);
      expect([rig.calls, rig.reasons]).toEqual([1, ["miss", "hit-refusal: model-a"]]);
      expect(rig.rows[1]).toMatchObject({
        outcome: "error",
        status,
        cache: "hit",
        baseline: { picoUsd: 0n },
        savings: [],
      });
    },
  );

  it.each([401, 402, 403, 408, 409, 429, 500, 503, 529])("of status %s is not", async (status) => {
    const rig = refusing(status);
    await rig.ask();
    await rig.ask();
    expect([rig.calls, rig.ports.answers.entries.size]).toEqual([2, 0]);
  });

  it("about money is not", async () => {
    const rig = refusing(400, encoder.encode('{"error":{"message":"Your credit balance is too low."}}'));
    await rig.ask();
    await rig.ask();
    expect(rig.calls).toBe(2);
  });

  it.each<[number, number]>([
    [30_000, 30_000],
    [60_000, 60_000],
    [3_600_000, 60_000],
  ])("lives as the route says, at most a minute (%s: %s)", async (refusalMs, endsMs) => {
    const rig = refusing(400, tooLong, { refusalMs, ttlMs: 3_600_000, staleMs: 3_600_000 });
    await rig.ask();
    await rig.ports.clock.advanceAsync(endsMs - 1);
    expect((await rig.ask()).origin).toBe("exact");
    await rig.ports.clock.advanceAsync(1);
    expect((await rig.ask()).origin).toBe("provider");
  });

  it("is not stored where the route gives it no life", async () => {
    const rig = refusing(400, tooLong, { refusalMs: 0 });
    await rig.ask();
    expect(rig.ports.answers.entries.size).toBe(0);
  });

  it("is not stored when it was the last of several calls", async () => {
    const retry = { ...stageRoute().retry, backoffMs: 1 };
    const rig = new CacheRig({}, createStagePorts(), { retry });
    rig.ports.transport.script = (_call, index) => ({ status: index === 0 ? 503 : 400, pieces: [tooLong] });
    const running = rig.ask();
    await rig.ports.clock.advanceAsync(1_000);
    expect([(await running).status, rig.calls, rig.ports.answers.entries.size]).toEqual([400, 2, 0]);
  });

  it("goes to callers of streams too, and gives way to an answer", async () => {
    const rig = refusing(400);
    const body = { stream: true };
    await rig.ask({ body });
    expect(await rig.ask({ body })).toMatchObject({ kind: "whole", status: 400, origin: "exact" });
    await rig.ports.clock.advanceAsync(30_000);
    rig.answers({ pieces: [plainAnswer("hi")] });
    await rig.ask();
    expect((await rig.ask()).status).toBe(200);
  });

  it("in a translated answer's own words is judged by the provider's status too", async () => {
    const rig = refusing(400, encoder.encode("not json"));
    await rig.ask();
    expect(rig.ports.answers.entries.size).toBe(0);
  });
});
