import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import {
  labelSchema,
  longPrompt,
  longQuestion,
  pixelPng,
  plainQuestion,
  shortQuestion,
  toolQuestion,
  twoToolsQuestion,
  weatherSchema,
} from "./questions.ts";
import { type ProviderName, providers } from "./stack/providers.ts";
import { expectInOrder, expectLabel, expectWait, expectWeather, refusalsOf } from "./what-clients-saw.ts";

const stack = useStack();
const classes: Readonly<Record<number, new (...given: never[]) => APIError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  404: NotFoundError,
  429: RateLimitError,
  503: InternalServerError,
  529: InternalServerError,
};
const tools: Anthropic.Tool[] = [
  {
    name: "weather",
    description: "Weather of a city",
    input_schema: weatherSchema,
  },
];
const max_tokens = 2_000;

const connect = (): Anthropic =>
  new Anthropic({ apiKey: stack.current.localKey, baseURL: stack.current.origin, maxRetries: 0 });
const ask = (content: string): Anthropic.MessageParam[] => [{ role: "user", content }];
const usageOf = ({ usage }: Anthropic.Message): Shown["usage"] => ({
  input: usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0),
  output: usage.output_tokens,
});
const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");
const callsOf = ({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] =>
  content.filter((block) => block.type === "tool_use");

function square(
  feature: Feature,
  provider: ProviderName,
  run: (trial: Trial, client: Anthropic) => Promise<Shown>,
  expected: Expected = {},
  endpoint = "/v1/messages",
): void {
  cell({ client: "@anthropic-ai/sdk", endpoint, feature, provider }, (trial) => run(trial, connect()), expected);
}

const all: readonly ProviderName[] = ["anthropic", "openai", "google", "openai-responses", "chat-server"];

for (const provider of all) {
  const own = (
    feature: Feature,
    run: (trial: Trial, client: Anthropic) => Promise<Shown>,
    expected: Expected = {},
  ): void => square(feature, provider, run, expected);

  describe(`anthropic, messages, at ${provider}`, () => {
    own("text", async ({ model }, client) => {
      const reply = await client.messages.create({ model, max_tokens, messages: ask(shortQuestion) });
      expect(reply).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn" });
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    own("streaming", async ({ model }, client) => {
      const question = { model, max_tokens, messages: ask(longQuestion) };
      const whole = await client.messages.create(question);
      const stream = client.messages.stream(question);
      let pieces = 0;
      stream.on("text", () => (pieces += 1));
      const final = await stream.finalMessage();
      expect(textOf(final)).toBe(textOf(whole));
      expect(final.stop_reason).toBe("end_turn");
      expect(pieces).toBeGreaterThan(3);
      return { content: textOf(final), usage: usageOf(final) };
    });

    own("usage in stream", async ({ model }, client) => {
      const stream = await client.messages.create({ model, max_tokens, messages: ask(longQuestion), stream: true });
      const types: string[] = [];
      let output: number | undefined;
      for await (const event of stream) {
        types.push(event.type);
        if (event.type === "message_delta") output = event.usage.output_tokens;
      }
      expect(types[0]).toBe("message_start");
      expect(types.slice(-3)).toEqual(["content_block_stop", "message_delta", "message_stop"]);
      const whole = await client.messages.create({ model, max_tokens, messages: ask(longQuestion) });
      expect(output).toBe(whole.usage.output_tokens);
      return { content: types, usage: usageOf(whole) };
    });

    own("multi-turn", async ({ model, lastSent }, client) => {
      const system = [
        { type: "text" as const, text: "You answer about harbours only." },
        { type: "text" as const, text: "Be brief." },
      ];
      const messages: Anthropic.MessageParam[] = [
        { role: "user", content: "Which harbour is the oldest?" },
        { role: "assistant", content: "The one at the old river mouth." },
        { role: "user", content: "And the newest one?" },
      ];
      const reply = await client.messages.create({ model, max_tokens, system, messages });
      expectInOrder(
        lastSent(),
        messages.map(({ content }) => String(content)),
      );
      for (const { text } of system) expect(lastSent().body).toContain(text);
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    own("tool", async ({ model }, client) => {
      const reply = await client.messages.create({ model, max_tokens, messages: ask(toolQuestion), tools });
      const [call] = callsOf(reply);
      expect(call?.name).toBe("weather");
      expectWeather(call?.input);
      expect(reply.stop_reason).toBe("tool_use");
      return { content: call, usage: usageOf(reply) };
    });

    own("parallel tools", async ({ model }, client) => {
      const reply = await client.messages.create({ model, max_tokens, messages: ask(twoToolsQuestion), tools });
      expect(callsOf(reply)).toHaveLength(2);
      expect(new Set(callsOf(reply).map(({ id }) => id)).size).toBe(2);
      for (const call of callsOf(reply)) expectWeather(call.input);
      return { content: callsOf(reply), usage: usageOf(reply) };
    });

    own("forced tool", async ({ model }, client) => {
      const tool_choice = { type: "tool" as const, name: "weather" };
      const reply = await client.messages.create({
        model,
        max_tokens,
        messages: ask(plainQuestion),
        tools,
        tool_choice,
      });
      expect(callsOf(reply)[0]?.name).toBe("weather");
      expect(reply.stop_reason).toBe("tool_use");
      return { content: callsOf(reply), usage: usageOf(reply) };
    });

    own("streamed tool", async ({ model }, client) => {
      const question = { model, max_tokens, messages: ask(twoToolsQuestion), tools };
      const whole = callsOf(await client.messages.create(question));
      const stream = client.messages.stream(question);
      let pieces = 0;
      stream.on("inputJson", () => (pieces += 1));
      const final = await stream.finalMessage();
      expect(callsOf(final).map(({ name, input }) => [name, input])).toEqual(
        whole.map(({ name, input }) => [name, input]),
      );
      expect(pieces).toBeGreaterThanOrEqual(2);
      expect(final.stop_reason).toBe("tool_use");
      return { content: callsOf(final), usage: usageOf(final) };
    });

    own("tool result", async ({ model, lastSent }, client) => {
      const messages = ask(twoToolsQuestion);
      const first = await client.messages.create({ model, max_tokens, messages, tools, tool_choice: { type: "any" } });
      const results = callsOf(first).map(({ id }, index) => ({
        type: "tool_result" as const,
        tool_use_id: id,
        content: `Sunny, ${20 + index} degrees.`,
      }));
      const turns: Anthropic.MessageParam[] = [
        ...messages,
        { role: "assistant", content: first.content },
        { role: "user", content: results },
      ];
      const reply = await client.messages.create({ model, max_tokens, messages: turns, tools });
      expectInOrder(lastSent(), [twoToolsQuestion, "Sunny, 20 degrees.", "Sunny, 21 degrees."]);
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    own("schema", async ({ model }, client) => {
      const format = { type: "json_schema" as const, schema: labelSchema };
      const reply = await client.messages.create({
        model,
        max_tokens,
        messages: ask(shortQuestion),
        output_config: { format },
      });
      expectLabel(JSON.parse(textOf(reply)));
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    own("image", async ({ model, lastSent }, client) => {
      const source = { type: "base64" as const, media_type: "image/png" as const, data: pixelPng };
      const content: Anthropic.ContentBlockParam[] = [
        { type: "image", source },
        { type: "text", text: "What is in this picture?" },
      ];
      const reply = await client.messages.create({ model, max_tokens, messages: [{ role: "user", content }] });
      expect(lastSent().body).toContain(pixelPng);
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    const stop: Expected = provider === "openai-responses" ? { refused: "stop" } : {};
    own(
      "stop",
      async ({ model }, client) => {
        const question = { model, max_tokens, messages: ask(longQuestion), stop_sequences: ["e"] };
        const reply = await client.messages.create(question);
        expect(textOf(reply)).not.toContain("e");
        if (provider === "anthropic") expect(reply).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "e" });
        return { content: reply.id, usage: usageOf(reply) };
      },
      stop,
    );

    own("length", async ({ model }, client) => {
      const reply = await client.messages.create({ model, max_tokens: 16, messages: ask(longQuestion) });
      expect(reply.stop_reason).toBe("max_tokens");
      expect(reply.usage.output_tokens).toBe(16);
      // Gemini may have thought until there.
      return { content: reply.id, usage: usageOf(reply) };
    });

    for (const refusal of refusalsOf(provider)) {
      own(
        refusal.feature,
        async (trial, client) => {
          const question = { model: trial.at(refusal.scenario), max_tokens, messages: ask(shortQuestion) };
          const error = (await client.messages.create(question).catch((thrown: unknown) => thrown)) as APIError;
          expect(error).toBeInstanceOf(classes[refusal.status]);
          expect(error).toMatchObject({
            status: refusal.status,
            error: { type: "error", error: { type: expect.any(String) } },
          });
          expectWait(trial, refusal, error.message);
          return { content: error.message, usage: null };
        },
        { outcome: "error", status: refusal.status, usage: "unknown", endpointId: `${provider}-${refusal.scenario}` },
      );
    }

    own(
      "error in stream",
      async (trial, client) => {
        const stream = client.messages.stream({ model: trial.at("breaks"), max_tokens, messages: ask(longQuestion) });
        let text = "";
        stream.on("text", (piece) => (text += piece));
        await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIError);
        return { content: text, usage: null };
      },
      { outcome: "error", usage: "estimated", endpointId: `${provider}-breaks` },
    );

    own(
      "abort",
      async (trial, client) => {
        const question = { model: trial.at("stall"), max_tokens, messages: ask(longQuestion), stream: true as const };
        const stream = await client.messages.create(question);
        let text = "";
        for await (const event of stream) {
          if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
          if (text !== "") break;
        }
        stream.controller.abort();
        return { content: text, usage: null };
      },
      { outcome: "aborted", usage: "estimated", endpointId: `${provider}-stall` },
    );
  });
}

describe("anthropic, messages, thinking", () => {
  for (const provider of ["anthropic", "google", "openai-responses", "chat-server"] as const) {
    const expected: Expected = { model: `${provider}/${providers[provider].thinkingModel}` };
    const thinking = { type: "enabled" as const, budget_tokens: 1_200 };

    square(
      "reasoning",
      provider,
      async ({ thinkingModel: model, lastSent }, client) => {
        const messages = ask(plainQuestion);
        const first = await client.messages.create({ model, max_tokens, thinking, messages });
        const thought = first.content.find((block) => block.type === "thinking");
        expect(thought?.thinking).toMatch(/\w/);
        const late: Anthropic.MessageParam = { role: "user", content: "And to those who are late?" };
        const turns = [...messages, { role: "assistant" as const, content: first.content }, late];
        const reply = await client.messages.create({ model, max_tokens, thinking, messages: turns });
        if (provider === "anthropic" || provider === "openai-responses") {
          expect(thought?.signature).toBeTruthy();
          expect(lastSent().body, "the proof goes back byte for byte").toContain(thought?.signature ?? "-");
        }
        return { content: textOf(reply), usage: usageOf(reply) };
      },
      expected,
    );

    square(
      "streamed reasoning",
      provider,
      async ({ thinkingModel: model }, client) => {
        const stream = client.messages.stream({ model, max_tokens, thinking, messages: ask(plainQuestion) });
        let told = "";
        stream.on("thinking", (piece) => (told += piece));
        const final = await stream.finalMessage();
        const thought = final.content.find((block) => block.type === "thinking");
        expect(thought?.thinking).toBe(told);
        if (provider === "anthropic") expect(thought?.signature).toBeTruthy();
        return { content: told, usage: usageOf(final) };
      },
      expected,
    );
  }
});

describe("anthropic, an agent's loop at a model whose calls are signed", () => {
  square(
    "tool loop",
    "google",
    async ({ thinkingModel: model, lastSent }, client) => {
      const messages = ask(toolQuestion);
      const first = await client.messages.create({ model, max_tokens, messages, tools });
      const results = callsOf(first).map(({ id }) => ({
        type: "tool_result" as const,
        tool_use_id: id,
        content: "Sunny.",
      }));
      messages.push({ role: "assistant", content: first.content }, { role: "user", content: results });
      const reply = await client.messages.create({ model, max_tokens, messages, tools });
      expect(lastSent().body).toContain("thoughtSignature");
      return { content: textOf(reply), usage: usageOf(reply) };
    },
    { model: `google/${providers.google.thinkingModel}` },
  );
});

describe("anthropic, the provider's prompt cache", () => {
  for (const provider of ["anthropic", "openai", "google"] as const) {
    square("prompt cache", provider, async ({ model, row }, client) => {
      const system = [{ type: "text" as const, text: longPrompt, cache_control: { type: "ephemeral" as const } }];
      const question = { model, max_tokens, system, messages: ask(shortQuestion) };
      const first = await client.messages.create(question);
      if (provider === "anthropic")
        expect(first.usage.cache_creation?.ephemeral_5m_input_tokens).toBeGreaterThan(1_000);
      const reply = await client.messages.create(question);
      expect(reply.usage.cache_read_input_tokens).toBeGreaterThan(1_000);
      expect((await row()).usage.tokens.cacheRead).toBe(reply.usage.cache_read_input_tokens);
      return { content: textOf(reply), usage: usageOf(reply) };
    });
  }
});

describe("anthropic, a rule of the operator", () => {
  for (const provider of ["openai", "anthropic", "google"] as const) {
    const model = `routed-to-${provider}`;
    square(
      "routed",
      provider,
      async (_trial, client) => {
        const reply = await client.messages.create({ model, max_tokens, messages: ask(shortQuestion) });
        return { content: textOf(reply), usage: usageOf(reply) };
      },
      { model },
    );
  }
});

describe("anthropic, other endpoints", () => {
  const model = "claude-haiku-4-5";
  // As ANTHROPIC_AUTH_TOKEN sends it.
  square(
    "own key",
    "anthropic",
    async ({ lastSent }) => {
      const client = new Anthropic({
        authToken: "sk-ant-of-the-caller",
        apiKey: null,
        baseURL: stack.current.origin,
        maxRetries: 0,
      });
      const reply = await client.messages.create({ model, max_tokens, messages: ask(shortQuestion) });
      expect([...lastSent().headers.values()].join(" ")).toContain("sk-ant-of-the-caller");
      return { content: textOf(reply), usage: usageOf(reply) };
    },
    { model },
  );

  square(
    "token count",
    "anthropic",
    async (_trial, client) => {
      const count = await client.messages.countTokens({ model, messages: ask(longQuestion) });
      const reply = await client.messages.create({ model, max_tokens, messages: ask(longQuestion) });
      expect(count.input_tokens).toBe(reply.usage.input_tokens);
      return { content: String(count.input_tokens).padStart(4), usage: usageOf(reply) };
    },
    { model },
    "/v1/messages/count_tokens",
  );

  square(
    "models",
    "anthropic",
    async (_trial, client) => {
      const ids = (await client.models.list({ limit: 1_000 })).data.map(({ id }) => id);
      expect(ids).toContain(model);
      expect(await client.models.retrieve(model)).toMatchObject({
        id: model,
        type: "model",
        display_name: expect.any(String),
      });
      return { content: ids, usage: null };
    },
    { noRow: true },
    "/v1/models",
  );
});
