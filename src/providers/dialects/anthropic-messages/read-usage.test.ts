import { expect, test } from "vitest";
import type { JsonObject } from "../../../spec/json.ts";
import { readUsage } from "./read-usage.ts";

const counts = { input_tokens: 3, output_tokens: 2 };

test.each<[string, JsonObject, Record<string, number>]>([
  ["not told apart, at the shorter lifetime", { cache_creation_input_tokens: 7 }, { cacheWrite5m: 7 }],
  [
    "by lifetime, without a sum",
    { cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 30 } },
    { cacheWrite5m: 5, cacheWrite1h: 30 },
  ],
  [
    "by lifetime, the rest of the sum at the shorter",
    {
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 30 },
    },
    { cacheWrite5m: 20, cacheWrite1h: 30 },
  ],
  ["none", {}, {}],
])("cache writes: %s", (_, more, writes) => {
  expect(readUsage({ ...counts, ...more })).toEqual({ source: "provider", tokens: { input: 3, output: 2, ...writes } });
});

test("a compaction is added, the classes that it alone has too; an advisor's tokens are another model's", () => {
  const iteration = { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 40 };
  const iterations = [
    { type: "compaction", ...iteration },
    { type: "advisor", ...iteration },
    { type: "compaction", ...iteration },
  ];
  expect(readUsage({ ...counts, iterations }).tokens).toEqual({ input: 23, output: 42, cacheRead: 80 });
});

test.each<[string, JsonObject, Record<string, number> | undefined]>([
  ["those that were counted", { web_search_requests: 2, absent: null, nonsense: -1 }, { web_search_requests: 2 }],
  ["a count of none", { web_search_requests: 0 }, { web_search_requests: 0 }],
  ["no tool", {}, undefined],
  ["nonsense alone", { nonsense: 1.5 }, undefined],
])("calls of tools: %s", (_, tools, calls) => {
  expect(readUsage({ ...counts, server_tool_use: tools }).serverToolCalls).toEqual(calls);
});
