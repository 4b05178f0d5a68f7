import { describe, expect, it } from "vitest";
import { stageCaller } from "../../testing/stage-context.ts";
import { createEmbeddingsBench, embeddingsReply, embeddingsRoute, vectorOf, vectorsIn } from "./test-embeddings.ts";

const expected = (inputs: readonly string[]): readonly unknown[] =>
  inputs.map((input) => vectorOf(input, { model: "model-a" }));

describe("inputs that another request is buying", () => {
  it("are waited for, while what nobody buys is bought", async () => {
    const bench = createEmbeddingsBench();
    bench.answer = (inputs, body) => ({ delayMs: 100, pieces: [embeddingsReply(inputs, body)] });
    const first = bench.ask(["a", "bb"]);
    const second = bench.ask(["bb", "ccc"]);
    const third = bench.ask(["a", "bb"]);
    await bench.ports.clock.advanceAsync(100);
    expect(vectorsIn(await first)).toEqual(expected(["a", "bb"]));
    expect(vectorsIn(await second)).toEqual(expected(["bb", "ccc"]));
    const shared = await third;
    expect(vectorsIn(shared)).toEqual(expected(["a", "bb"]));
    expect(shared.origin).toBe("coalesced");
    expect(bench.asked).toEqual([["a", "bb"], ["ccc"]]);
    expect(bench.story().toSorted()).toEqual(["hit-partial: 1 of 2", "hit: model-a", "miss"]);
  });

  it("1,000 requests for overlapping inputs buy each once", async () => {
    const bench = createEmbeddingsBench();
    bench.answer = (inputs, body) => ({ delayMs: 50, pieces: [embeddingsReply(inputs, body)] });
    const all = Array.from({ length: 1_000 }, (_, index) => [`i${index % 40}`, `i${(index + 1) % 40}`]);
    const replies = all.map((inputs) => bench.ask(inputs));
    await bench.ports.clock.advanceAsync(50);
    for (const [index, inputs] of all.entries()) {
      const reply = await replies[index];
      expect(reply === undefined ? null : vectorsIn(reply)).toEqual(expected(inputs));
    }
    const bought = bench.asked.flat();
    expect(new Set(bought).size).toBe(bought.length);
    expect(bought).toHaveLength(40);
  });

  it("are bought by whoever waited when it fails, or takes too long", async () => {
    for (const script of [{ status: 500 }, { delayMs: 60_000 }]) {
      const bench = createEmbeddingsBench();
      bench.answer = (inputs, body, index) =>
        index === 0 ? { delayMs: 100, ...script } : { pieces: [embeddingsReply(inputs, body)] };
      const first = bench.ask(["a"]);
      const second = bench.ask(["a", "bb"]);
      await bench.ports.clock.advanceAsync(10_000);
      expect(vectorsIn(await second)).toEqual(expected(["a", "bb"]));
      expect(bench.asked).toEqual([["a"], ["bb"], ["a"]]);
      await bench.ports.clock.advanceAsync(60_000);
      expect((await first).status).toBe(script.status ?? 200);
    }
  });

  it("are not waited for by who left", async () => {
    const bench = createEmbeddingsBench();
    bench.answer = (inputs, body) => ({ delayMs: 100, pieces: [embeddingsReply(inputs, body)] });
    const first = bench.ask(["a"]);
    const leaving = new AbortController();
    const second = bench.ask(["a"], { changes: { signal: leaving.signal } });
    const left = second.catch((error: unknown) => error);
    await bench.ports.clock.advanceAsync(10);
    leaving.abort();
    expect(await left).toMatchObject({ code: "client_closed" });
    await bench.ports.clock.advanceAsync(100);
    expect(vectorsIn(await first)).toEqual(expected(["a"]));
  });

  it("leave calls for different inputs apart, also where identical calls are shared", async () => {
    const bench = createEmbeddingsBench(embeddingsRoute({ coalesce: { enabled: true } }));
    await bench.ask(["a"]);
    bench.answer = (inputs, body) => ({ delayMs: 100, pieces: [embeddingsReply(inputs, body)] });
    // As if a stage in front had reckoned one key for both.
    const changes = { answerKey: "k" };
    const both = [bench.ask(["a", "bb"], { changes }), bench.ask(["a", "ccc"], { changes })];
    await bench.ports.clock.advanceAsync(100);
    const [one, other] = await Promise.all(both);
    expect([one, other].map((reply) => (reply === undefined ? null : vectorsIn(reply)))).toEqual([
      expected(["a", "bb"]),
      expected(["a", "ccc"]),
    ]);
  });

  it("are never those of another tenant", async () => {
    const bench = createEmbeddingsBench();
    bench.answer = (inputs, body) => ({ delayMs: 100, pieces: [embeddingsReply(inputs, body)] });
    const both = [
      bench.ask(["a"]),
      bench.ask(["a"], { changes: { caller: stageCaller({ scope: "tenant-2" as never }) } }),
    ];
    await bench.ports.clock.advanceAsync(100);
    await Promise.all(both);
    expect(bench.asked).toEqual([["a"], ["a"]]);
  });
});
