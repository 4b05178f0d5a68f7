import { describe, expect, it } from "vitest";
import { openaiCompletions as dialect } from "./dialect.ts";

// Shapes of platform.openai.com/docs/api-reference/completions, read 2026-11-21.
const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const whole = {
  id: "cmpl-1",
  object: "text_completion",
  created: 1589478378,
  model: "gpt-3.5-turbo-instruct",
  choices: [{ text: "\n\nThis is a test", index: 0, logprobs: null, finish_reason: "length" }],
  usage,
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const chunk = (document: object): string => `data: ${JSON.stringify(document)}\n\n`;
const piece = { ...whole, choices: [{ text: "This", index: 0, finish_reason: null }], usage: undefined };
const stream = [
  chunk(piece),
  chunk({ ...piece, choices: [{ text: " is", index: 0, finish_reason: "stop" }] }),
  chunk({ ...piece, choices: [], usage }),
  "data: [DONE]\n\n",
];

describe("legacy completions", () => {
  it("reads what a request says", () => {
    const request = dialect.readRequest({ model: "m", prompt: "Say", max_tokens: 7, n: 2, stream: true }, 40);
    expect(request).toMatchObject({ outputTokensMax: 7, choices: 2, stream: true, streamUsage: false });
    expect(dialect.promptBytes(request)).toBe(3);
  });

  it.each([
    ["model", { prompt: "x" }],
    ["prompt", { model: "m", prompt: 7 }],
    ["stream", { model: "m", prompt: "x", stream: "yes" }],
  ])("refuses a wrong %s by name", (field, body) => {
    expect(() => dialect.readRequest(body, 1)).toThrow(`\`${field}\``);
  });

  it("reads a whole reply", () => {
    expect(dialect.readReply(bytes(JSON.stringify(whole)))).toMatchObject({
      usage: { source: "provider", tokens: { input: 5, output: 7 } },
      servedModel: "gpt-3.5-turbo-instruct",
      responseId: "cmpl-1",
      finishReason: "length",
    });
    expect(dialect.readReply(bytes("no"))).toMatchObject({ usage: { source: "unknown" }, finishReason: null });
  });

  it("reads a stream, leaves the usage chunk out that only we asked for, and holds [DONE] back", () => {
    const observer = dialect.observeStream(true);
    const steps = stream.map((event) => observer.push(bytes(event)));
    const passed = steps.map(({ pass }) => new TextDecoder().decode(pass)).join("");
    expect(passed).toBe(stream.slice(0, 2).join(""));
    expect(new TextDecoder().decode(steps.at(-1)?.terminal ?? new Uint8Array())).toBe("data: [DONE]\n\n");
    expect(observer.facts()).toMatchObject({
      terminal: true,
      finishReason: "stop",
      generatedBytes: 7,
      usage: { tokens: { input: 5, output: 7 } },
    });
  });

  it("takes an error after the 200 for one", () => {
    const observer = dialect.observeStream(false);
    observer.push(bytes(stream[0] ?? ""));
    observer.push(bytes(chunk({ error: { message: "overloaded" } })));
    expect(observer.facts()).toMatchObject({ errored: true, terminal: false });
  });
});
