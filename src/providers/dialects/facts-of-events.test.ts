import { expect, test } from "vitest";
import { factsOfEvents } from "./facts-of-events.ts";

test("everything that the model wrote counts as generated, and nothing else does", () => {
  const facts = factsOfEvents([
    { type: "reply-start", responseId: "r", servedModel: null },
    { type: "reply-start", responseId: "later", servedModel: "m" },
    { type: "text-delta", text: "é" },
    { type: "refusal-delta", text: "abc" },
    { type: "reasoning-delta", text: "abcd" },
    { type: "reasoning-end", signature: "long signature", redacted: "blob", id: "rs_1" },
    { type: "tool-call-start", index: 0, id: "call", name: "name" },
    { type: "tool-call-delta", index: 0, argumentsText: "{}" },
    { type: "finish", reason: "stop" },
    { type: "finish", reason: "length" },
    { type: "reply-end" },
  ]);
  expect(facts).toEqual({
    responseId: "r",
    servedModel: "m",
    generatedBytes: 11,
    hasToolCalls: true,
    finishReason: "length",
    terminal: true,
    errored: false,
    usage: { source: "unknown", tokens: {} },
  });
});
