import { expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { repeatUsage } from "./repeat-usage.ts";

const counted = (tokens: Usage["tokens"]): Usage => ({ source: "provider", tokens });

test.each<[string, Usage["tokens"], Usage["tokens"]]>([
  ["openai", { input: 1_023, output: 5 }, { input: 1_023, output: 5 }],
  ["openai", { input: 1_024, output: 5 }, { input: 0, cacheRead: 1_024, output: 5 }],
  ["openai", { input: 1_407, output: 5 }, { input: 127, cacheRead: 1_280, output: 5 }],
  ["openai", { input: 400, cacheRead: 1_024 }, { input: 16, cacheRead: 1_408 }],
  ["openai", { input: 16, cacheRead: 1_408 }, { input: 16, cacheRead: 1_408 }],
  ["openai", { input: 3, cacheWrite30m: 2_000 }, { input: 3, cacheRead: 2_000 }],
  ["openai", { input: 3, cacheWrite30m: 1 }, { input: 3, cacheRead: 1 }],
  ["deepseek", { input: 63 }, { input: 63 }],
  ["deepseek", { input: 64 }, { input: 0, cacheRead: 64 }],
  ["deepseek", { input: 130 }, { input: 2, cacheRead: 128 }],
  ["google", { input: 1_023 }, { input: 1_023 }],
  ["google", { input: 1_024 }, { input: 0, cacheRead: 1_024 }],
  ["google", { input: 1_501 }, { input: 0, cacheRead: 1_501 }],
  ["google", { cacheRead: 1_501 }, { cacheRead: 1_501 }],
  ["anthropic", { input: 5_000 }, { input: 5_000 }],
  [
    "anthropic",
    { input: 10, cacheRead: 5, cacheWrite5m: 7, cacheWrite1h: 8, output: 9 },
    { input: 10, cacheRead: 20, output: 9 },
  ],
])("%s: a repeat of %o", (vendor, first, repeat) => {
  expect(repeatUsage(counted(first), vendor)).toEqual(counted(repeat));
});

test("a call of which nothing is cached is repeated as it is", () => {
  const usage = counted({ input: 100, output: 5 });
  expect(repeatUsage(usage, "openai")).toBe(usage);
});
