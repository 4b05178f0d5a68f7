import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from "openai";
import { describe, expect } from "vitest";
import { cell, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import {
  labelSchema,
  longQuestion,
  pixelPng,
  plainQuestion,
  shortQuestion,
  toolQuestion,
  twoToolsQuestion,
  weatherSchema,
} from "./questions.ts";
import type { ProviderName } from "./stack/providers.ts";
import { expectInOrder, expectLabel, expectWait, expectWeather, refusalsOf } from "./what-clients-saw.ts";

type Completion = OpenAI.ChatCompletion;
type Messages = OpenAI.ChatCompletionMessageParam[];

const stack = useStack();
const endpoint = "/v1/chat/completions";
const classes: Readonly<Record<number, new (...given: never[]) => APIError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  404: NotFoundError,
  429: RateLimitError,
  503: InternalServerError,
  529: InternalServerError,
};
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: { name: "weather", description: "Weather of a city", parameters: weatherSchema },
  },
];

const connect = (): OpenAI =>
  new OpenAI({ apiKey: stack.current.localKey, baseURL: `${stack.current.origin}/v1`, maxRetries: 0 });
const ask = (content: string): Messages => [{ role: "user", content }];
const usageOf = ({ usage }: { readonly usage?: OpenAI.CompletionUsage | null | undefined }): Shown["usage"] => ({
  input: usage?.prompt_tokens,
  output: usage?.completion_tokens,
});
const textOf = (completion: Completion): string => completion.choices[0]?.message.content ?? "";
const callsOf = (completion: Completion): OpenAI.ChatCompletionMessageFunctionToolCall[] =>
  (completion.choices[0]?.message.tool_calls ?? []).filter((call) => call.type === "function");

/** The pieces of a stream, put together. */
async function gather(
  stream: AsyncIterable<OpenAI.ChatCompletionChunk>,
): Promise<{ text: string; usage: Shown["usage"]; usageChunks: number; pieces: number }> {
  let text = "";
  let pieces = 0;
  let usage: Shown["usage"] = null;
  let usageChunks = 0;
  for await (const chunk of stream) {
    expect(Array.isArray(chunk.choices)).toBe(true);
    const piece = chunk.choices[0]?.delta.content ?? "";
    text += piece;
    if (piece !== "") pieces += 1;
    if (!chunk.usage) continue;
    usage = usageOf(chunk);
    usageChunks += 1;
  }
  return { text, usage, usageChunks, pieces };
}

const all: readonly ProviderName[] = ["openai", "anthropic", "google", "openai-responses", "chat-server"];

for (const provider of all) {
  const square = (feature: Feature, run: (trial: Trial, client: OpenAI) => Promise<Shown>, expected = {}): void =>
    cell({ client: "openai", endpoint, feature, provider }, (trial) => run(trial, connect()), expected);

  describe(`openai, chat completions, at ${provider}`, () => {
    square("text", async ({ model }, client) => {
      const reply = await client.chat.completions.create({ model, messages: ask(shortQuestion) });
      expect(reply.object).toBe("chat.completion");
      expect(reply.choices[0]?.finish_reason).toBe("stop");
      expect(reply.usage?.total_tokens).toBe((reply.usage?.prompt_tokens ?? 0) + (reply.usage?.completion_tokens ?? 0));
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    square("streaming", async ({ model }, client) => {
      const question = { model, messages: ask(longQuestion) };
      const whole = await client.chat.completions.create(question);
      const stream = client.chat.completions.stream({ ...question, stream_options: { include_usage: true } });
      const final = await stream.finalChatCompletion();
      expect(textOf(final)).toBe(textOf(whole));
      expect(final.choices[0]?.finish_reason).toBe("stop");
      return { content: textOf(final), usage: usageOf(final) };
    });

    square("usage in stream", async ({ model }, client) => {
      const question = { model, messages: ask(longQuestion), stream: true as const };
      const silent = await gather(await client.chat.completions.create(question));
      expect(silent.usageChunks).toBe(0);
      const told = await gather(
        await client.chat.completions.create({ ...question, stream_options: { include_usage: true } }),
      );
      expect(told.usageChunks).toBe(1);
      expect(told.pieces).toBeGreaterThan(3);
      return { content: told.text, usage: told.usage };
    });

    square("multi-turn", async ({ model, lastSent }, client) => {
      const messages: Messages = [
        { role: "system", content: "You answer about harbours only." },
        { role: "user", content: "Which harbour is the oldest?" },
        { role: "assistant", content: "The one at the old river mouth." },
        { role: "user", content: "And the newest one?" },
      ];
      const reply = await client.chat.completions.create({ model, messages });
      const texts = messages.map(({ content }) => String(content));
      expectInOrder(lastSent(), texts.slice(1));
      expect(lastSent().body).toContain(texts[0]);
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    square("tool", async ({ model }, client) => {
      const reply = await client.chat.completions.create({ model, messages: ask(toolQuestion), tools });
      const [call] = callsOf(reply);
      expect(call?.function.name).toBe("weather");
      expectWeather(JSON.parse(call?.function.arguments ?? ""));
      expect(reply.choices[0]?.finish_reason).toBe("tool_calls");
      return { content: call, usage: usageOf(reply) };
    });

    square("parallel tools", async ({ model }, client) => {
      const reply = await client.chat.completions.create({ model, messages: ask(twoToolsQuestion), tools });
      const calls = callsOf(reply);
      expect(calls).toHaveLength(2);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
      for (const call of calls) expectWeather(JSON.parse(call.function.arguments));
      return { content: calls, usage: usageOf(reply) };
    });

    square("forced tool", async ({ model }, client) => {
      const tool_choice = { type: "function" as const, function: { name: "weather" } };
      const reply = await client.chat.completions.create({ model, messages: ask(plainQuestion), tools, tool_choice });
      expect(callsOf(reply)[0]?.function.name).toBe("weather");
      return { content: callsOf(reply), usage: usageOf(reply) };
    });

    square("streamed tool", async ({ model }, client) => {
      const question = { model, messages: ask(twoToolsQuestion), tools };
      const whole = callsOf(await client.chat.completions.create(question));
      const stream = client.chat.completions.stream({ ...question, stream_options: { include_usage: true } });
      let deltas = 0;
      stream.on("tool_calls.function.arguments.delta", () => (deltas += 1));
      const final = await stream.finalChatCompletion();
      const told = callsOf(final).map((call) => call.function);
      expect(told.map(({ name, arguments: text }) => [name, JSON.parse(text)])).toEqual(
        whole.map((call) => [call.function.name, JSON.parse(call.function.arguments)]),
      );
      expect(deltas).toBeGreaterThanOrEqual(2);
      return { content: told, usage: usageOf(final) };
    });

    square("tool result", async ({ model, lastSent }, client) => {
      const messages = ask(twoToolsQuestion);
      const first = await client.chat.completions.create({ model, messages, tools, tool_choice: "required" });
      const calls = callsOf(first);
      const asked = first.choices[0]?.message;
      if (asked === undefined) throw new Error("no message");
      const results = calls.map((call, index): Messages[number] => ({
        role: "tool",
        tool_call_id: call.id,
        content: `Sunny, ${20 + index} degrees.`,
      }));
      const reply = await client.chat.completions.create({ model, messages: [...messages, asked, ...results], tools });
      expectInOrder(lastSent(), [twoToolsQuestion, "Sunny, 20 degrees.", "Sunny, 21 degrees."]);
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    square("schema", async ({ model }, client) => {
      const reply = await client.chat.completions.create({
        model,
        messages: ask(shortQuestion),
        response_format: {
          type: "json_schema",
          json_schema: { name: "label", strict: true, schema: labelSchema },
        },
      });
      expectLabel(JSON.parse(textOf(reply)));
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    square("image", async ({ model, lastSent }, client) => {
      const content: OpenAI.ChatCompletionContentPart[] = [
        { type: "text", text: "What is in this picture?" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${pixelPng}` } },
      ];
      const reply = await client.chat.completions.create({ model, messages: [{ role: "user", content }] });
      expect(lastSent().body).toContain(pixelPng);
      return { content: textOf(reply), usage: usageOf(reply) };
    });

    square(
      "stop",
      async ({ model }, client) => {
        const reply = await client.chat.completions.create({ model, messages: ask(longQuestion), stop: ["e"] });
        expect(textOf(reply)).not.toContain("e");
        expect(reply.choices[0]?.finish_reason).toBe("stop");
        return { content: reply.id, usage: usageOf(reply) };
      },
      provider === "openai-responses" ? { refused: "stop" } : {},
    );

    square("length", async ({ model }, client) => {
      const limit = { max_completion_tokens: 16 };
      const reply = await client.chat.completions.create({ model, messages: ask(longQuestion), ...limit });
      expect(reply.choices[0]?.finish_reason).toBe("length");
      expect(reply.usage?.completion_tokens).toBe(16);
      // Gemini may have thought until there.
      return { content: reply.id, usage: usageOf(reply) };
    });

    for (const refusal of refusalsOf(provider)) {
      const expected = { outcome: "error", status: refusal.status, usage: "unknown" } as const;
      const endpointId = `${provider}-${refusal.scenario}`;
      square(
        refusal.feature,
        async (trial, client) => {
          const call = client.chat.completions.create({
            model: trial.at(refusal.scenario),
            messages: ask(shortQuestion),
          });
          const error = (await call.catch((thrown: unknown) => thrown)) as APIError;
          expect(error).toBeInstanceOf(classes[refusal.status]);
          expect(error.status).toBe(refusal.status);
          expect(error.type ?? error.code).toBeTruthy();
          expectWait(trial, refusal, error.message);
          return { content: error.message, usage: null };
        },
        { ...expected, endpointId },
      );
    }

    square(
      "error in stream",
      async (trial, client) => {
        const question = { model: trial.at("breaks"), messages: ask(longQuestion), stream: true as const };
        const stream = await client.chat.completions.create(question);
        let text = "";
        const reading = (async () => {
          for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
        })();
        await expect(reading).rejects.toBeInstanceOf(APIError);
        return { content: text, usage: null };
      },
      { outcome: "error", usage: "estimated", endpointId: `${provider}-breaks` },
    );

    square(
      "abort",
      async (trial, client) => {
        const controller = new AbortController();
        const question = { model: trial.at("stall"), messages: ask(longQuestion), stream: true as const };
        const stream = await client.chat.completions.create(question, { signal: controller.signal });
        let text = "";
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? "";
          if (text !== "") break;
        }
        controller.abort();
        return { content: text, usage: null };
      },
      { outcome: "aborted", usage: "estimated", endpointId: `${provider}-stall` },
    );
  });
}
