import OpenAI from "openai";
import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import { longPrompt, plainQuestion, shortQuestion, toolQuestion, weatherSchema } from "./questions.ts";
import { type ProviderName, providers } from "./stack/providers.ts";

type Messages = OpenAI.ChatCompletionMessageParam[];

/** Members that OpenAI's own types do not have: DeepSeek's and vLLM's, and OpenRouter's for the proof. */
interface Thinking {
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly { readonly signature?: string }[];
}

const stack = useStack();
const tools: OpenAI.ChatCompletionTool[] = [
  { type: "function", function: { name: "weather", parameters: weatherSchema } },
];
const connect = (): OpenAI =>
  new OpenAI({ apiKey: stack.current.localKey, baseURL: `${stack.current.origin}/v1`, maxRetries: 0 });
const ask = (content: string): Messages => [{ role: "user", content }];
const usageOf = (usage: OpenAI.CompletionUsage | null | undefined): Shown["usage"] => ({
  input: usage?.prompt_tokens,
  output: usage?.completion_tokens,
});

function square(
  feature: Feature,
  provider: ProviderName,
  run: (trial: Trial, client: OpenAI) => Promise<Shown>,
  expected: Expected = {},
  endpoint = "/v1/chat/completions",
): void {
  cell({ client: "openai", endpoint, feature, provider }, (trial) => run(trial, connect()), expected);
}

const thinkingAt = (provider: ProviderName): Expected => ({
  model: `${provider}/${providers[provider].thinkingModel}`,
});

describe("openai, chat completions, thinking", () => {
  // What OpenAI's own endpoint does: thinking is counted and not shown, and chat has no word to ask for more.
  for (const provider of ["openai", "google", "openai-responses"] as const) {
    square(
      "reasoning",
      provider,
      async ({ thinkingModel: model, row }, client) => {
        const reply = await client.chat.completions.create({
          model,
          messages: ask(plainQuestion),
          reasoning_effort: "high",
        });
        const thought = reply.usage?.completion_tokens_details?.reasoning_tokens;
        expect(thought).toBeGreaterThan(0);
        expect((await row()).usage.tokens.reasoning).toBe(thought);
        return { content: reply.choices[0]?.message.content, usage: usageOf(reply.usage) };
      },
      thinkingAt(provider),
    );
  }

  for (const provider of ["anthropic", "chat-server"] as const) {
    square(
      "reasoning",
      provider,
      async ({ thinkingModel: model, lastSent }, client) => {
        const messages = ask(plainQuestion);
        const question = { model, messages, reasoning_effort: "medium" as const };
        const first = await client.chat.completions.create(question);
        const message = first.choices[0]?.message;
        if (message === undefined) throw new Error("no message");
        const { reasoning_content: thought, reasoning_details: details = [] } = message as Thinking;
        expect(thought).toMatch(/\w/);
        const next: Messages = [...messages, message, { role: "user", content: "And to those who are late?" }];
        const reply = await client.chat.completions.create({ ...question, messages: next });
        if (provider === "anthropic") {
          const proof = details[0]?.signature ?? "";
          expect(proof).not.toBe("");
          expect(lastSent().body, "the proof goes back byte for byte").toContain(proof);
        }
        return { content: reply.choices[0]?.message.content, usage: usageOf(reply.usage) };
      },
      thinkingAt(provider),
    );

    square(
      "streamed reasoning",
      provider,
      async ({ thinkingModel: model }, client) => {
        const question = { model, messages: ask(plainQuestion), reasoning_effort: "medium" as const };
        const whole = await client.chat.completions.create(question);
        const options = { stream: true, stream_options: { include_usage: true } } as const;
        const stream = await client.chat.completions.create({ ...question, ...options });
        let thought = "";
        let usage: Shown["usage"] = null;
        for await (const chunk of stream) {
          thought += (chunk.choices[0]?.delta as Thinking | undefined)?.reasoning_content ?? "";
          if (chunk.usage) usage = usageOf(chunk.usage);
        }
        expect(thought).toBe((whole.choices[0]?.message as Thinking | undefined)?.reasoning_content);
        return { content: thought, usage };
      },
      thinkingAt(provider),
    );
  }
});

describe("openai, chat completions, an agent's loop at a model whose calls are signed", () => {
  square(
    "tool loop",
    "google",
    async ({ thinkingModel: model, sent }, client) => {
      const messages = ask(toolQuestion);
      const question = { model, tools };
      const first = await client.chat.completions.create({ ...question, messages });
      for (const [turn, asked] of [first.choices[0]?.message].entries()) {
        if (asked === undefined) throw new Error("no message");
        messages.push(asked);
        for (const { id } of asked.tool_calls ?? []) {
          messages.push({ role: "tool", tool_call_id: id, content: `Sunny, ${20 + turn} degrees.` });
        }
      }
      const reply = await client.chat.completions.create({ ...question, messages });
      expect(sent().at(-1)?.body).toMatch(/"thoughtSignature":"[A-Za-z0-9+/=]{20,}"/);
      return { content: reply.choices[0]?.message.content, usage: usageOf(reply.usage) };
    },
    { model: `google/${providers.google.thinkingModel}` },
  );
});

describe("openai, chat completions, the provider's prompt cache", () => {
  for (const provider of ["openai", "google", "openai-responses"] as const) {
    square("prompt cache", provider, async ({ model, row }, client) => {
      const messages: Messages = [{ role: "system", content: longPrompt }, ...ask(shortQuestion)];
      await client.chat.completions.create({ model, messages });
      const reply = await client.chat.completions.create({ model, messages });
      const cached = reply.usage?.prompt_tokens_details?.cached_tokens;
      expect(cached).toBeGreaterThan(1_000);
      expect((await row()).usage.tokens.cacheRead).toBe(cached);
      return { content: reply.choices[0]?.message.content, usage: usageOf(reply.usage) };
    });
  }
});

describe("openai, a rule of the operator", () => {
  for (const provider of ["openai", "anthropic", "google"] as const) {
    const model = `routed-to-${provider}`;
    square(
      "routed",
      provider,
      async (_trial, client) => {
        const reply = await client.chat.completions.create({ model, messages: ask(shortQuestion) });
        return { content: reply.choices[0]?.message.content, usage: usageOf(reply.usage) };
      },
      { model },
    );
  }
});

describe("openai, a key of the caller's own", () => {
  square(
    "own key",
    "openai",
    async ({ lastSent }) => {
      const client = new OpenAI({ apiKey: "sk-of-the-caller", baseURL: `${stack.current.origin}/v1`, maxRetries: 0 });
      const reply = await client.chat.completions.create({ model: "gpt-4o-mini", messages: ask(shortQuestion) });
      expect(lastSent().headers.get("authorization")).toBe("Bearer sk-of-the-caller");
      return { content: reply.choices[0]?.message.content, usage: usageOf(reply.usage) };
    },
    { model: "gpt-4o-mini" },
  );
});

describe("openai, other endpoints", () => {
  square(
    "models",
    "openai",
    async (_trial, client) => {
      const ids = (await client.models.list()).data.map(({ id }) => id);
      expect(ids).toContain("gpt-4o-mini");
      const one = await client.models.retrieve("gpt-4o-mini");
      expect(one).toMatchObject({ id: "gpt-4o-mini", object: "model" });
      return { content: ids, usage: null };
    },
    { noRow: true },
    "/v1/models",
  );

  const embedding = { model: "openai/text-embedding-3-small" };
  square(
    "embeddings",
    "openai",
    async (_trial, client) => {
      const input = ["The printer is on fire.", "The cellar is under water."];
      const reply = await client.embeddings.create({ ...embedding, input });
      expect(reply.data).toHaveLength(2);
      const [first] = reply.data;
      expect(first?.embedding.length).toBeGreaterThan(100);
      expect(first?.embedding.every(Number.isFinite)).toBe(true);
      return { content: first?.embedding, usage: { input: reply.usage.prompt_tokens, output: 0 } };
    },
    embedding,
    "/v1/embeddings",
  );

  const completion = { model: "openai/gpt-3.5-turbo-instruct" };
  square(
    "completions",
    "openai",
    async (_trial, client) => {
      const reply = await client.completions.create({ ...completion, prompt: longQuestionStart, max_tokens: 40 });
      return { content: reply.choices[0]?.text, usage: usageOf(reply.usage) };
    },
    completion,
    "/v1/completions",
  );

  square(
    "streaming",
    "openai",
    async (_trial, client) => {
      const options = { stream: true, stream_options: { include_usage: true } } as const;
      const stream = await client.completions.create({ ...completion, prompt: longQuestionStart, ...options });
      let text = "";
      let usage: Shown["usage"] = null;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.text ?? "";
        if (chunk.usage) usage = usageOf(chunk.usage);
      }
      return { content: text, usage };
    },
    completion,
    "/v1/completions",
  );
});

const longQuestionStart = "Ships and harbours of the north:";
