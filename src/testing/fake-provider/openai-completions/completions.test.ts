import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, eventsOf, lastEnded, sendRaw, statusOf, type RawReply } from "../test-raw-client.ts";
import { shapeDifference } from "../test-shape.ts";
import { startServer, type RunningServer } from "../server.ts";
import { readSettings } from "../settings.ts";

/** platform.openai.com/docs/api-reference/completions/object, transcribed by hand on 2025-06-16. */
const documented = {
  id: "cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7",
  object: "text_completion",
  created: 1_589_478_378,
  model: "gpt-3.5-turbo-instruct",
  choices: [{ text: "\n\nThis is indeed a test", index: 0, logprobs: null, finish_reason: "length" }],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
};

let server: RunningServer;
const settings = readSettings(["--latency", "none", "--seed", "3"]);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

interface Completion {
  readonly choices: readonly {
    readonly text: string;
    readonly index: number;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

const ask = (prompt: unknown, more: object = {}): object => ({ model: "gpt-3.5-turbo-instruct", prompt, ...more });
const post = (body: unknown, key = "k"): Promise<RawReply> =>
  sendRaw(server.port, { path: "/v1/completions", key, body });
const whole = async (body: unknown, key = "k"): Promise<Completion> =>
  JSON.parse(bodyOf(await post(body, key))) as Completion;

describe("legacy completions", () => {
  test("have the documented shape, end at 16 tokens unless told otherwise, and are invoiced", async () => {
    const completion = await whole(ask("Summarise this: a policy"));
    expect(shapeDifference(completion, documented)).toBeNull();
    // Summari|se, this, :, a, policy. $1.50 and $2.00 per million.
    expect(completion.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 16 });
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe(String(6n * 1_500_000n + 16n * 2_000_000n));
    const longer = await whole(ask("Summarise this: a policy", { max_tokens: 4_000 }));
    expect(longer.choices[0]?.finish_reason).toBe("stop");
  });

  test("several prompts, of text or of token numbers, with several answers each", async () => {
    const texts = await whole(ask(["Tell me one", "Tell me two"], { n: 2, echo: true }));
    expect(texts.choices.map((choice) => choice.index)).toEqual([0, 1, 2, 3]);
    expect(texts.choices.map((choice) => choice.text.slice(0, 11))).toEqual([
      "Tell me one",
      "Tell me one",
      "Tell me two",
      "Tell me two",
    ]);
    expect((await whole(ask([1, 2, 3]))).usage?.prompt_tokens).toBe(3);
    expect((await whole(ask([[1, 2, 3], [4]]))).choices).toHaveLength(2);
  });

  test("streamed they are the same text, with usage where asked for", async () => {
    const body = ask("Explain how refunds work?", { max_tokens: 60 });
    const once = await whole(body);
    const events = eventsOf(bodyOf(await post({ ...body, stream: true, stream_options: { include_usage: true } })));
    expect(events.at(-1)?.data).toBe("[DONE]");
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.data) as Completion);
    expect(chunks.map((chunk) => chunk.choices[0]?.text ?? "").join("")).toBe(once.choices[0]?.text);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("length");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: once.usage });
    expect(chunks[0]?.usage).toBeNull();
    await post({ ...body, stream: true });
    expect((await lastEnded(server.port)).usageDelivered).toBe(false);
  });

  test("go wrong as chats do", async () => {
    const events = eventsOf(bodyOf(await post(ask("hi", { stream: true }), "sk-fake-error-event-after:2-x")));
    expect(JSON.parse(events.at(-1)?.data ?? "")).toHaveProperty("error.type", "server_error");
    expect((await lastEnded(server.port)).tokens.output).toBe(2);
    expect("usage" in (await whole(ask("hi"), "sk-fake-no-usage-x"))).toBe(false);
    expect(statusOf(await post(ask("hi"), "sk-fake-error:503-x"))).toBe(503);
  });

  test("refuse chat models, and a prompt that is missing", async () => {
    expect(bodyOf(await post(ask("hi", { model: "gpt-4o" })))).toContain("model_not_found");
    expect(bodyOf(await post({ model: "davinci-002" }))).toContain("Missing required parameter: 'prompt'.");
  });
});
