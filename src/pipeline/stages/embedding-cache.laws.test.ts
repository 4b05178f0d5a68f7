import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import type { Saving } from "../../spec/money.ts";
import type { WholeReply } from "../../spec/reply.ts";
import { createEmbeddingsBench, embeddingsReply, tokensOf, vectorOf, vectorsIn } from "./test-embeddings.ts";

const input: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom("a", "bb", "ccc", "dddd"),
  fc.constantFrom([1], [2, 3]).map((list): JsonValue => [...list]),
);
const inputs = fc.array(input, { minLength: 1, maxLength: 6 }).filter((list) => typeof list[0] !== "number");
const call = fc.record({
  inputs,
  base64: fc.boolean(),
  /** After the one before it, milliseconds. */
  pauseMs: fc.constantFrom(0, 0, 5, 20, 50_000),
  fails: fc.integer({ min: 0, max: 7 }).map((number) => number === 0),
});

function bodyOf(base64: boolean): JsonObject {
  return base64 ? { encoding_format: "base64" } : {};
}

function tokens(list: readonly JsonValue[]): bigint {
  return BigInt(list.reduce<number>((sum, one) => sum + tokensOf(one), 0));
}

it("any overlap of requests gives each caller exactly the vectors of an uncached call, and its money adds up", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 8 }), async (calls) => {
      const bench = createEmbeddingsBench();
      const failing = calls.map(({ fails }) => fails);
      bench.answer = (asked, body, index) =>
        failing[index] === true
          ? { delayMs: 10, status: 503, pieces: [] }
          : { delayMs: 10 + (index % 3), pieces: [embeddingsReply(asked, body)] };
      const running: Promise<WholeReply>[] = [];
      for (const { inputs: asked, base64, pauseMs } of calls) {
        await bench.ports.clock.advanceAsync(pauseMs);
        running.push(bench.ask(asked, { body: bodyOf(base64) }));
      }
      await bench.ports.clock.advanceAsync(60_000);
      const replies = await Promise.all(running);
      for (const [index, reply] of replies.entries()) {
        const asked = calls[index];
        if (asked === undefined || reply.status !== 200) continue;
        const body = { model: "model-a", ...bodyOf(asked.base64) };
        expect(vectorsIn(reply)).toEqual(asked.inputs.map((one) => vectorOf(one, body)));
      }
      for (const row of bench.ports.ledger.records) {
        if (row.baseline.picoUsd === null || row.cost.picoUsd === null) throw new Error("A price is missing.");
        const saved = row.savings.reduce((sum, { picoUsd }: Saving) => sum + picoUsd, 0n);
        expect(saved).toBe(row.baseline.picoUsd - row.cost.picoUsd);
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);

it("what is saved is what a call as asked would have counted for what was not bought", async () => {
  await fc.assert(
    fc.asyncProperty(inputs, inputs, async (first, second) => {
      const bench = createEmbeddingsBench();
      await bench.ask(first);
      await bench.ask(second);
      await bench.ask(first);
      const perToken = 7_000_000n;
      // All are letters or tokens, one byte and one token each, so the shares are exact.
      expect(bench.row(0).baseline.picoUsd).toBe(tokens(first) * perToken);
      expect(bench.row(1).baseline.picoUsd).toBe(tokens(second) * perToken);
      expect(bench.row(2)).toMatchObject({ baseline: { picoUsd: tokens(first) * perToken }, attempts: [] });
      const techniques = bench.ports.ledger.records.flatMap(({ savings }) => savings.map(({ technique }) => technique));
      expect(new Set(techniques)).toEqual(new Set(["embedding-cache"]));
    }),
    { numRuns: 200 },
  );
});
