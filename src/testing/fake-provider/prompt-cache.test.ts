import { describe, expect, test } from "vitest";
import { PromptCache, type PromptMark } from "./prompt-cache.ts";

const minuteMs = 60_000;

function at(start = 0): { nowMs: number; cache: PromptCache } {
  const time = { nowMs: start };
  return Object.assign(time, { cache: new PromptCache(() => time.nowMs) });
}

describe("OpenAI, automatic", () => {
  test("nothing below 1,024 tokens, then steps of 128", () => {
    const { cache } = at();
    expect(cache.automatic("a", 1_000, [])).toMatchObject({ input: 1_000, cacheRead: 0 });
    expect(cache.automatic("a", 1_300, ["x", "y", "z"])).toMatchObject({ input: 1_300, cacheRead: 0 });
    // Shares the first two steps: 1,024 + 128.
    expect(cache.automatic("a", 1_400, ["x", "y", "other"])).toMatchObject({ input: 248, cacheRead: 1_152 });
    expect(cache.automatic("a", 1_300, ["x", "y", "z"])).toMatchObject({ input: 20, cacheRead: 1_280 });
  });

  test("another owner finds nothing, and neither does anybody after ten idle minutes", () => {
    const state = at();
    state.cache.automatic("a", 1_100, ["x"]);
    expect(state.cache.automatic("b", 1_100, ["x"]).cacheRead).toBe(0);
    state.nowMs = 9 * minuteMs;
    expect(state.cache.automatic("a", 1_100, ["x"]).cacheRead).toBe(1_024);
    state.nowMs = 20 * minuteMs;
    expect(state.cache.automatic("a", 1_100, ["x"]).cacheRead).toBe(0);
  });
});

const end = (hash: string, tokens: number): PromptMark => ({ hash, tokens, ttl: null });

describe("OpenAI from GPT-5.6, implicit", () => {
  test("matches at the ends of messages only and writes the rest once", () => {
    const { cache } = at();
    expect(cache.implicit("a", 1_203, [end("m1", 1_100), end("m2", 1_200)])).toMatchObject({
      input: 3,
      cacheRead: 0,
      cacheWrite30m: 1_200,
    });
    // The same first message alone was never written.
    expect(cache.implicit("a", 1_103, [end("m1", 1_100)])).toMatchObject({ cacheRead: 0, cacheWrite30m: 1_100 });
    expect(cache.implicit("a", 1_503, [end("m1", 1_100), end("m2", 1_200), end("m3", 1_500)])).toMatchObject({
      input: 3,
      cacheRead: 1_200,
      cacheWrite30m: 300,
    });
  });

  test("short prompts are not cached", () => {
    const { cache } = at();
    expect(cache.implicit("a", 500, [end("m1", 497)])).toMatchObject({ input: 500, cacheWrite30m: 0 });
  });
});

const mark = (hash: string, tokens: number, ttl: PromptMark["ttl"] = null): PromptMark => ({ hash, tokens, ttl });

const blocks = (count: number): PromptMark[] =>
  Array.from({ length: count }, (_, index) => mark(`b${index}`, 2_000 + index, index === count - 1 ? "5m" : null));

describe("Anthropic, marked", () => {
  test("first call writes, second reads, the rest is input", () => {
    const { cache } = at();
    const marks = [mark("system", 2_000, "5m"), mark("question", 2_050)];
    expect(cache.marked("a", 2_054, marks, 1_024)).toMatchObject({ input: 54, cacheRead: 0, cacheWrite5m: 2_000 });
    expect(cache.marked("a", 2_054, marks, 1_024)).toMatchObject({ input: 54, cacheRead: 2_000, cacheWrite5m: 0 });
  });

  test("writes are split by lifetime", () => {
    const { cache } = at();
    const marks = [mark("tools", 3_000, "1h"), mark("system", 5_000, "5m"), mark("question", 5_100)];
    expect(cache.marked("a", 5_104, marks, 1_024)).toMatchObject({
      input: 104,
      cacheWrite1h: 3_000,
      cacheWrite5m: 2_000,
    });
  });

  test("below the model's minimum nothing is cached, without a word", () => {
    const { cache } = at();
    expect(cache.marked("a", 4_000, [mark("system", 3_900, "5m")], 4_096)).toMatchObject({
      input: 4_000,
      cacheWrite5m: 0,
    });
  });

  test("an entry is found 20 blocks back, not further, and lives five minutes from its last reading", () => {
    const state = at();
    state.cache.marked("a", 2_100, blocks(1), 1_024);
    expect(state.cache.marked("a", 2_100, blocks(20), 1_024).cacheRead).toBe(2_000);
    const fresh = at();
    fresh.cache.marked("a", 2_100, blocks(1), 1_024);
    expect(fresh.cache.marked("a", 2_100, blocks(21), 1_024).cacheRead).toBe(0);
    state.nowMs = 4 * minuteMs;
    expect(state.cache.marked("a", 2_100, blocks(1), 1_024).cacheRead).toBe(2_000);
    state.nowMs = 8 * minuteMs;
    expect(state.cache.marked("a", 2_100, blocks(1), 1_024).cacheRead).toBe(2_000);
    state.nowMs = 14 * minuteMs;
    expect(state.cache.marked("a", 2_100, blocks(1), 1_024).cacheRead).toBe(0);
  });
});
