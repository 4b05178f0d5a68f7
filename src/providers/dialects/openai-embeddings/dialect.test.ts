import { describe, expect, it } from "vitest";
import { openaiEmbeddings as dialect } from "./dialect.ts";

// Shapes of platform.openai.com/docs/api-reference/embeddings, read 2026-11-21.
const whole = {
  object: "list",
  data: [{ object: "embedding", embedding: [0.0023, -0.0093], index: 0 }],
  model: "text-embedding-3-small",
  usage: { prompt_tokens: 8, total_tokens: 8 },
};
const bytes = (document: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(document));

describe("embeddings", () => {
  it("reads requests of one text, of many, and of tokens", () => {
    for (const input of ["text", ["one", "two"], [1, 2, 3], [[1], [2]]]) {
      expect(dialect.readRequest({ model: "m", input }, 9)).toMatchObject({ model: "m", stream: false });
    }
    expect(() => dialect.readRequest({ model: "m" }, 9)).toThrow("`input`");
  });

  it("counts the prompt and nothing else", () => {
    const facts = dialect.readReply(bytes(whole));
    expect(facts).toMatchObject({ usage: { source: "provider", tokens: { input: 8 } }, finishReason: "stop" });
    expect(facts.servedModel).toBe("text-embedding-3-small");
  });

  it("knows no usage where none is told", () => {
    expect(dialect.readReply(bytes({ data: [] })).usage.source).toBe("unknown");
    expect(dialect.readReply(bytes({ usage: { prompt_tokens: -1 } })).usage.source).toBe("unknown");
  });
});
