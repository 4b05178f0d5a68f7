import { describe, expect, it } from "vitest";
import { answerKeyOf } from "../../pipeline/request-key.ts";
import type { LargeBody } from "../../spec/request.ts";
import { stageCache } from "../../testing/stage-context.ts";
import { type Asking, chatAnswer, chatStream, createAsking, type Question } from "./test-asked.ts";

const eventStream = ["content-type", "text/event-stream"];

function asking(cache: Parameters<typeof stageCache>[0] = {}): Asking {
  const asked = createAsking({ exactCache: stageCache({ enabled: true, ...cache }) });
  asked.ports.transport.script = ({ body }) =>
    new TextDecoder().decode(body).includes('"stream":true')
      ? { headers: eventStream, pieces: chatStream("A coin.") }
      : { pieces: [chatAnswer("A coin.")] };
  return asked;
}

const keyOf = (question: Question, cache: Parameters<typeof stageCache>[0] = {}): string | null | undefined => {
  const asked = asking(cache);
  return answerKeyOf(asked.contextOf(question))?.key;
};

describe("the form of an answer is no part of the question", () => {
  it.each(["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const)("for %s", (dialect) => {
    expect(keyOf({ dialect, stream: true })).toBe(keyOf({ dialect }));
  });

  it("nor is the wish for a usage chunk, or for padding", () => {
    const more = { stream_options: { include_usage: true, include_obfuscation: false } };
    expect(keyOf({ stream: true, more })).toBe(keyOf({}));
    expect(keyOf({ stream: true, more: { stream_options: { invented: true } } })).not.toBe(keyOf({}));
  });

  it("but options of a stream that is none are: the provider refuses them", () => {
    expect(keyOf({ more: { stream_options: { include_usage: true } } })).not.toBe(keyOf({}));
  });

  it("but a stream of Gemini's that comes as one array has a key of its own, and so has what else is in a query", () => {
    const streamed = (query: string): string | null | undefined =>
      keyOf({ dialect: "gemini", stream: true, changes: { query } });
    const keys = [
      streamed(""),
      streamed("?alt=sse"),
      streamed("?alt=sse&x=1"),
      streamed("?alt=json"),
      streamed("?$alt=sse"),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(streamed("?x=1&alt=sse")).toBe(keyOf({ dialect: "gemini", changes: { query: "?x=1" } }));
  });

  it("but of dialects without a codec, and of bodies that are read elsewhere, it is", () => {
    const { contextOf } = asking();
    const legacy = (stream: boolean): string | undefined => {
      const context = contextOf({ stream });
      return answerKeyOf({ ...context, request: { ...context.request, dialect: "openai-completions" } })?.key;
    };
    expect(legacy(true)).not.toBe(legacy(false));
    const large = (stream: boolean): string | undefined => {
      const context = contextOf({ stream });
      const body = { canonicalDigest: "d", promptBytes: 1 } as LargeBody;
      return answerKeyOf({ ...context, request: { ...context.request, large: body } })?.key;
    };
    expect(large(true)).not.toBe(large(false));
  });
});

describe("a stored answer in another form", () => {
  it("whole to a stream, with the usage chunk and without, and back", async () => {
    for (const first of [false, true]) {
      const { ask, ports } = asking();
      await ask({ stream: first });
      const whole = await ask({});
      const streamed = await ask({ stream: true });
      const counted = await ask({ stream: true, streamUsage: true });
      expect([whole, streamed, counted].map(({ reply }) => reply.origin)).toEqual(["exact", "exact", "exact"]);
      expect(JSON.parse(whole.text)).toMatchObject({ id: "c-1", choices: [{ message: { content: "A coin." } }] });
      expect(streamed.text).toMatch(/data: \[DONE\]\n\n$/);
      expect(streamed.text).not.toContain("prompt_tokens");
      expect(counted.text.split("prompt_tokens").length).toBe(2);
      expect(ports.transport.calls).toHaveLength(1);
      const [row] = ports.ledger.records.slice(-1);
      expect(row).toMatchObject({ origin: "exact", usage: { tokens: { input: 7, output: 3 } }, attempts: [] });
    }
  });

  it("in the same form is the same bytes", async () => {
    const { ask } = asking();
    const bought = await ask({ stream: true });
    expect((await ask({ stream: true })).text).toBe(bought.text);
  });

  it("is a miss where something would be lost", async () => {
    const { ask, ports } = asking();
    const more = { logprobs: { content: [{ token: "A", logprob: -0.1 }] } };
    ports.transport.script = () => ({ headers: eventStream, pieces: chatStream("A coin.", more) });
    await ask({ stream: true });
    expect((await ask({ stream: true })).reply.origin).toBe("exact");
    ports.transport.script = () => ({ pieces: [chatAnswer("A coin.")] });
    expect((await ask({})).reply.origin).toBe("provider");
  });
});

it("a refusal goes to who asked in the same form: another one may be accepted", async () => {
  const { ask, ports } = asking();
  const refused = new TextEncoder().encode('{"error":{"message":"Unsupported value","param":"stream"}}');
  ports.transport.script = () => ({ status: 400, pieces: [refused] });
  await ask({ stream: true });
  expect((await ask({ stream: true })).reply.origin).toBe("exact");
  expect((await ask({})).reply.origin).toBe("provider");
  expect((await ask({})).reply.origin).toBe("exact");
  expect((await ask({ stream: true })).reply.origin).toBe("provider");
});

describe("questions in other letters", () => {
  it("are one where the route says so, and told apart from the same letters", async () => {
    const { ask, ports } = asking({ normalised: true });
    await ask({ text: "What is a farthing?" });
    const origins = [];
    for (const text of ["What is a farthing?", "hello, what's a  farthing", "What is a farthing worth?"])
      origins.push((await ask({ text })).reply.origin);
    expect(origins).toEqual(["exact", "normalised", "provider"]);
    expect(ports.transport.calls).toHaveLength(2);
  });

  it.each(["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const)("in %s", (dialect) => {
    const on = { normalised: true };
    expect(keyOf({ dialect, text: "WHAT is it?" }, on)).toBe(keyOf({ dialect, text: "WHAT is it" }, on));
    expect(keyOf({ dialect, text: "what is it?" })).not.toBe(keyOf({ dialect, text: "what is it" }));
  });

  it("have a key that no exact one is, so that no answer from before passes for a folded one", () => {
    expect(keyOf({ text: "what is it" }, { normalised: true })).not.toBe(keyOf({ text: "what is it" }));
  });

  it("have their exact key where code, another part, or another's turn comes last", () => {
    const on = { normalised: true };
    const asked = (question: Question): string | null | undefined => answerKeyOf(asking(on).contextOf(question))?.asked;
    expect(asked({})).not.toBeNull();
    expect(asked({ text: "What is `x`?" })).toBeNull();
    const picture = { type: "image_url", image_url: { url: "https://a.test" } };
    const parts = [{ type: "text", text: "what is it" }, picture];
    expect(asked({ more: { messages: [{ role: "user", content: parts }] } })).toBeNull();
    expect(asked({ more: { messages: [{ role: "assistant", content: "what is it" }] } })).toBeNull();
    expect(asked({ more: { messages: [{ role: "user", name: "ann", content: "what is it" }] } })).toBeNull();
  });
});

describe("callers of several dialects", () => {
  const dialects = ["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const;
  const on = { acrossDialects: true };
  // What the official clients of Anthropic send with every call.
  const headers = ["content-type", "application/json", "anthropic-version", "2023-06-01"];
  const asked = (dialect: (typeof dialects)[number], question: Question = {}): Question => ({
    dialect,
    ...question,
    changes: { ...(dialect === "anthropic-messages" ? { headers } : {}), ...question.changes },
  });

  it("have one key for one question where the route says so, in either form", () => {
    const keys = dialects.flatMap((dialect) => [false, true].map((stream) => keyOf(asked(dialect, { stream }), on)));
    expect(new Set(keys).size).toBe(1);
    expect(new Set(dialects.map((dialect) => keyOf(asked(dialect)))).size).toBe(4);
  });

  it("have several for whatever differs", () => {
    const base = keyOf(asked("openai-chat"), on);
    const others: readonly Question[] = [
      asked("anthropic-messages", { text: "What is a penny?" }),
      asked("anthropic-messages", { more: { system: "You are terse." } }),
      asked("anthropic-messages", { more: { temperature: 0.5 } }),
      asked("anthropic-messages", { more: { max_tokens: 51 } }),
      asked("anthropic-messages", { more: { model: "model-b" } }),
      asked("anthropic-messages", { more: { thinking: { type: "enabled", budget_tokens: 1_024 } } }),
      asked("anthropic-messages", { changes: { headers: [...headers, "anthropic-beta", "x"] } }),
      asked("gemini", { more: { tools: [{ googleSearch: {} }] } }),
      asked("openai-chat", { more: { logprobs: true } }),
      asked("openai-chat", { more: { prompt_cache_key: "k" } }),
    ];
    for (const other of others) expect(keyOf(other, on)).not.toBe(base);
    expect(new Set(others.map((other) => keyOf(other, on))).size).toBe(others.length);
  });

  it("share a stored answer, each in its own words", async () => {
    const { ask, ports } = asking(on);
    await ask(asked("openai-chat"));
    const given = await ask(asked("anthropic-messages"));
    expect(given.reply.origin).toBe("exact");
    expect(JSON.parse(given.text)).toMatchObject({ type: "message", content: [{ type: "text", text: "A coin." }] });
    const streamed = await ask(asked("gemini", { stream: true }));
    expect(streamed.text).toContain('"usageMetadata"');
    expect(ports.transport.calls).toHaveLength(1);
  });
});
