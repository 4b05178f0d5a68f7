import { OpenAI, OpenAIEmbedding, OpenAIResponses } from "@llamaindex/openai";
import { Document, Settings, tool, VectorStoreIndex } from "llamaindex";
import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import { longQuestion, pixelPng, shortQuestion, toolQuestion, weatherSchema } from "./questions.ts";
import type { ProviderName } from "./stack/providers.ts";
import { at } from "./stack/read-json.ts";
import { expectInOrder, expectWeather, refusalsOf, usageIn } from "./what-clients-saw.ts";

const stack = useStack();
const client = "@llamaindex/openai";
const settings = (model: string): object => ({
  model,
  apiKey: stack.current.localKey,
  baseURL: `${stack.current.origin}/v1`,
  maxRetries: 0,
});
/** Its own type wants a schema of zod; at run time a JSON schema will do. */
const weather = tool({
  name: "weather",
  description: "Weather of a city",
  parameters: weatherSchema as never,
  execute: ({ city }: { readonly city: string }) => `Sunny in ${city}, 20 degrees.`,
}) as never;

const user = (content: string): { role: "user"; content: string } => ({ role: "user", content });

for (const provider of ["openai", "anthropic", "google"] as const satisfies readonly ProviderName[]) {
  const own = (feature: Feature, run: (trial: Trial, model: OpenAI) => Promise<Shown>, expected: Expected = {}): void =>
    cell(
      { client, endpoint: "/v1/chat/completions", feature, provider },
      (trial) => run(trial, new OpenAI(settings(trial.model))),
      expected,
    );

  describe(`llamaindex, chat, at ${provider}`, () => {
    own("text", async (_trial, model) => {
      const { message, raw } = await model.chat({ messages: [user(shortQuestion)] });
      return { content: message.content, usage: usageIn(raw) };
    });

    own("streaming", async (_trial, model) => {
      const messages = [user(longQuestion)];
      const whole = await model.chat({ messages });
      let text = "";
      let last: unknown = null;
      const additionalChatOptions = { stream_options: { include_usage: true } };
      for await (const chunk of await model.chat({ messages, stream: true, additionalChatOptions })) {
        text += chunk.delta;
        if (at(chunk.raw, "usage")) last = chunk.raw;
      }
      expect(text).toBe(whole.message.content);
      return { content: text, usage: last === null ? usageIn(whole.raw) : usageIn(last) };
    });

    own("multi-turn", async ({ lastSent }, model) => {
      const { message, raw } = await model.chat({
        messages: [
          { role: "system", content: "You answer about harbours only." },
          user("Which harbour is the oldest?"),
          { role: "assistant", content: "The one at the old river mouth." },
          user("And the newest one?"),
        ],
      });
      expectInOrder(lastSent(), ["oldest?", "river mouth.", "newest one?"]);
      expect(lastSent().body).toContain("You answer about harbours only.");
      return { content: message.content, usage: usageIn(raw) };
    });

    own("tool", async (_trial, model) => {
      const { message, raw } = await model.chat({ messages: [user(toolQuestion)], tools: [weather] });
      const calls = at(message.options, "toolCall");
      expect(at(calls, 0, "name")).toBe("weather");
      const input = at(calls, 0, "input");
      expectWeather(typeof input === "string" ? JSON.parse(input) : input);
      return { content: calls, usage: usageIn(raw) };
    });

    own("tool result", async ({ lastSent }, model) => {
      const messages = [user(toolQuestion)];
      const done = await model.exec({ messages, tools: [weather], stream: false });
      expect(done.toolCalls).toHaveLength(1);
      const { message, raw } = await model.chat({ messages: [...messages, ...done.newMessages], tools: [weather] });
      expect(lastSent().body).toContain("20 degrees.");
      return { content: message.content, usage: usageIn(raw) };
    });

    own("image", async ({ lastSent }, model) => {
      const content = [
        { type: "text" as const, text: "What is in this picture?" },
        { type: "image_url" as const, image_url: { url: `data:image/png;base64,${pixelPng}` } },
      ];
      const { message, raw } = await model.chat({ messages: [{ role: "user", content }] });
      expect(lastSent().body).toContain(pixelPng);
      return { content: message.content, usage: usageIn(raw) };
    });

    for (const refusal of refusalsOf(provider).filter(({ status }) => status === 404 || status === 429)) {
      own(
        refusal.feature,
        async (trial) => {
          const call = new OpenAI(settings(trial.at(refusal.scenario))).chat({ messages: [user(shortQuestion)] });
          const error = (await call.catch((thrown: unknown) => thrown)) as Error & { readonly status?: number };
          expect(error).toBeInstanceOf(Error);
          expect(error.status).toBe(refusal.status);
          return { content: error.message, usage: null };
        },
        { outcome: "error", status: refusal.status, usage: "unknown", endpointId: `${provider}-${refusal.scenario}` },
      );
    }
  });

  const responses = (feature: Feature, run: (trial: Trial, model: OpenAIResponses) => Promise<Shown>): void =>
    cell({ client, endpoint: "/v1/responses", feature, provider }, (trial) =>
      run(trial, new OpenAIResponses(settings(trial.model))),
    );

  describe(`llamaindex, responses, at ${provider}`, () => {
    responses("text", async (_trial, model) => {
      const { message, raw } = await model.chat({ messages: [user(shortQuestion)] });
      return { content: message.content, usage: usageIn(raw) };
    });

    responses("streaming", async (_trial, model) => {
      const messages = [user(longQuestion)];
      const whole = await model.chat({ messages });
      let text = "";
      for await (const { delta } of await model.chat({ messages, stream: true })) text += delta;
      // It repeats its last piece with every event behind it (0.4.23, at OpenAI's own endpoint too).
      expect(text.startsWith(String(whole.message.content))).toBe(true);
      return { content: text, usage: usageIn(whole.raw) };
    });

    responses("tool", async (_trial, model) => {
      const { message, raw } = await model.chat({ messages: [user(toolQuestion)], tools: [weather] });
      expect(JSON.stringify(message.options)).toContain('"weather"');
      return { content: message.options, usage: usageIn(raw) };
    });
  });
}

describe("llamaindex, other things", () => {
  const embedding = { model: "openai/text-embedding-3-small" };
  cell(
    { client, endpoint: "/v1/embeddings", feature: "embeddings", provider: "openai" },
    async ({ row }) => {
      const vectors = await new OpenAIEmbedding(settings(embedding.model)).getTextEmbeddings([
        "The printer is on fire.",
      ]);
      expect((await row()).usage.tokens.input).toBeGreaterThan(3);
      return { content: vectors[0], usage: null };
    },
    embedding,
  );

  // What the framework is for: an index over documents, asked in words.
  cell(
    { client, endpoint: "/v1/chat/completions", feature: "retrieval", provider: "openai" },
    async ({ model, lastSent }) => {
      Settings.llm = new OpenAI(settings(model));
      Settings.embedModel = new OpenAIEmbedding(settings(embedding.model));
      const index = await VectorStoreIndex.fromDocuments([
        new Document({ text: "The harbour master is called Ines." }),
      ]);
      const { message } = await index.asQueryEngine().query({ query: "Who is the harbour master?" });
      expect(lastSent().body).toContain("is called Ines.");
      return { content: message.content, usage: null };
    },
  );
});
