import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Usage } from "../../../spec/usage.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { observeStream } from "./observe-stream.ts";
import { readReply } from "./read-reply.ts";
import { readUsage } from "./read-usage.ts";

fc.configureGlobal({ seed: 7 });

const outside = { cachedTokensOutside: true, reasoningTokensOutside: true };
/** Small ones often: nothing and one are where counting goes wrong. */
const count = fc.oneof(fc.nat(3), fc.nat(1_000_000));
const tokensOf = ({ source, tokens }: Usage): unknown => (source === "provider" ? tokens : source);

describe("usage of servers that count otherwise", () => {
  test("every way of counting gives the same classes", () => {
    fc.assert(
      fc.property(count, count, count, count, fc.boolean(), (fresh, cached, plain, reasoning, totals) => {
        const details = {
          prompt_tokens_details: { cached_tokens: cached },
          completion_tokens_details: { reasoning_tokens: reasoning },
        };
        const total = totals ? { total_tokens: fresh + cached + plain + reasoning } : {};
        const inside = { prompt_tokens: fresh + cached, completion_tokens: plain + reasoning, ...details, ...total };
        const apart = { prompt_tokens: fresh, completion_tokens: plain, ...details, ...total };
        const tokens = { input: fresh, cacheRead: cached, output: plain, reasoning };
        expect(tokensOf(readUsage(inside, null))).toEqual(tokens);
        expect(tokensOf(readUsage(apart, null, outside))).toEqual(tokens);
      }),
    );
  });

  test("the total tells that cached tokens stand outside the prompt, where nothing else does", () => {
    fc.assert(
      fc.property(count, fc.integer({ min: 1, max: 1_000_000 }), count, count, (fresh, cached, plain, reasoning) => {
        // With just as much thinking as cached tokens the total could mean either.
        fc.pre(cached !== reasoning);
        const usage = {
          prompt_tokens: fresh,
          completion_tokens: plain + reasoning,
          total_tokens: fresh + cached + plain + reasoning,
          prompt_tokens_details: { cached_tokens: cached },
          completion_tokens_details: { reasoning_tokens: reasoning },
        };
        const tokens = { input: fresh, cacheRead: cached, output: plain, reasoning };
        expect(tokensOf(readUsage(usage, null))).toEqual(tokens);
        // Both outside: nothing else makes so large a total.
        const both = { ...usage, completion_tokens: plain };
        expect(tokensOf(readUsage(both, null))).toEqual(tokens);
      }),
    );
  });

  test("cached tokens without a wrapper are read, and give way to those in one", () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, cached_tokens: 64 };
    expect(tokensOf(readUsage(usage, null))).toEqual({ input: 36, cacheRead: 64, output: 5 });
    const wrapped = { ...usage, prompt_tokens_details: { cached_tokens: 32 } };
    expect(tokensOf(readUsage(wrapped, null))).toEqual({ input: 68, cacheRead: 32, output: 5 });
  });

  test("thinking that only the total shows is found beside tokens from the cache", () => {
    fc.assert(
      fc.property(count, count, count, count, (fresh, cached, plain, thought) => {
        // As much beyond the parts as was cached: the cache is the likelier reading.
        fc.pre(thought !== cached);
        const usage = {
          prompt_tokens: fresh + cached,
          completion_tokens: plain,
          total_tokens: fresh + cached + plain + thought,
          prompt_tokens_details: { cached_tokens: cached },
        };
        const reasoning = thought > 0 ? { reasoning: thought } : {};
        expect(tokensOf(readUsage(usage, null))).toEqual({
          input: fresh,
          cacheRead: cached,
          output: plain,
          ...reasoning,
        });
      }),
    );
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 42, prompt_cache_hit_tokens: 20 };
    expect(tokensOf(readUsage(usage, null, outside))).toEqual({ input: 10, cacheRead: 20, output: 5, reasoning: 7 });
  });

  test("whole replies and streams read by the same quirks", () => {
    const quirks = { ...noQuirks, ...outside };
    // No total that could tell.
    const usage = {
      prompt_tokens: 32,
      completion_tokens: 9,
      completion_tokens_details: { reasoning_tokens: 94 },
      prompt_tokens_details: { cached_tokens: 6 },
    };
    const tokens = { input: 32, cacheRead: 6, output: 9, reasoning: 94 };
    expect(readReply(Buffer.from(JSON.stringify({ usage })), quirks).usage.tokens).toEqual(tokens);
    expect(readReply(Buffer.from(JSON.stringify({ usage }))).usage.source).toBe("unknown");
    const observer = observeStream(true, quirks);
    observer.push(Buffer.from(`data: ${JSON.stringify({ choices: [], usage })}\n\n`));
    expect(observer.facts().usage.tokens).toEqual(tokens);
  });
});
