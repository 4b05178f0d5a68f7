import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  embedMany,
  generateText,
  jsonSchema,
  type LanguageModel,
  type LanguageModelUsage,
  type ModelMessage,
  Output,
  stepCountIs,
  streamText,
  tool,
  wrapLanguageModel,
} from "ai";
import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { ClientName, Feature } from "./features.ts";
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
import { type ProviderName, providers } from "./stack/providers.ts";
import { expectInOrder, expectLabel, expectWeather, refusalsOf } from "./what-clients-saw.ts";

Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
const stack = useStack();
type Weather = { city: string; unit: string };

/** A provider package of the AI SDK, and the providers behind the gateway that it is tried with. */
interface Package {
  readonly client: ClientName;
  readonly endpoint: string;
  readonly at: readonly ProviderName[];
  model(id: string): Exclude<LanguageModel, string>;
}

const settings = (): { apiKey: string; baseURL: string } => ({
  apiKey: stack.current.localKey,
  baseURL: `${stack.current.origin}/v1`,
});
const packages: readonly Package[] = [
  {
    client: "ai + @ai-sdk/openai",
    endpoint: "/v1/responses",
    at: ["openai", "anthropic", "google"],
    model: (id) => createOpenAI(settings()).responses(id),
  },
  {
    client: "ai + @ai-sdk/openai",
    endpoint: "/v1/chat/completions",
    at: ["openai", "anthropic", "google"],
    model: (id) => createOpenAI(settings()).chat(id),
  },
  {
    client: "ai + @ai-sdk/openai-compatible",
    endpoint: "/v1/chat/completions",
    at: ["openai", "anthropic", "google", "chat-server"],
    model: (id) =>
      createOpenAICompatible({ ...settings(), name: "farthing", includeUsage: true, supportsStructuredOutputs: true })(
        id,
      ),
  },
  {
    client: "ai + @ai-sdk/anthropic",
    endpoint: "/v1/messages",
    at: ["anthropic", "openai", "google"],
    model: (id) => createAnthropic(settings())(id),
  },
];

const usageOf = ({ inputTokens, outputTokens }: LanguageModelUsage): Shown["usage"] => ({
  input: inputTokens,
  output: outputTokens,
});
const described = { description: "Weather of a city", inputSchema: jsonSchema<Weather>(weatherSchema) };
const tools = { weather: tool(described) };
const runningTools = {
  weather: tool({ ...described, execute: ({ city }: Weather) => `Sunny in ${city}, 20 degrees.` }),
};
const once = { maxRetries: 0 } as const;

const thinkingAt = (provider: ProviderName): Expected => ({
  model: `${provider}/${providers[provider].thinkingModel}`,
});

for (const { client, endpoint, at, model: connect } of packages) {
  for (const provider of at) {
    const own = (
      feature: Feature,
      run: (trial: Trial, model: Exclude<LanguageModel, string>) => Promise<Shown>,
      expected: Expected = {},
    ): void => cell({ client, endpoint, feature, provider }, (trial) => run(trial, connect(trial.model)), expected);

    describe(`${client} ${endpoint} at ${provider}`, () => {
      own("text", async (_trial, model) => {
        const reply = await generateText({ ...once, model, prompt: shortQuestion });
        expect(reply.finishReason).toBe("stop");
        return { content: reply.text, usage: usageOf(reply.usage) };
      });

      own("streaming", async (_trial, model) => {
        const whole = await generateText({ ...once, model, prompt: longQuestion });
        const stream = streamText({ ...once, model, prompt: longQuestion });
        let text = "";
        let pieces = 0;
        for await (const piece of stream.textStream) {
          text += piece;
          pieces += 1;
        }
        expect(text).toBe(whole.text);
        expect(pieces).toBeGreaterThan(3);
        return { content: text, usage: usageOf(await stream.usage) };
      });

      own("multi-turn", async ({ lastSent }, model) => {
        const messages: ModelMessage[] = [
          { role: "user", content: "Which harbour is the oldest?" },
          { role: "assistant", content: "The one at the old river mouth." },
          { role: "user", content: "And the newest one?" },
        ];
        const reply = await generateText({ ...once, model, instructions: "You answer about harbours only.", messages });
        expectInOrder(
          lastSent(),
          messages.map(({ content }) => String(content)),
        );
        expect(lastSent().body).toContain("You answer about harbours only.");
        return { content: reply.text, usage: usageOf(reply.usage) };
      });

      own("tool", async (_trial, model) => {
        const reply = await generateText({ ...once, model, prompt: toolQuestion, tools });
        expect(reply.toolCalls[0]?.toolName).toBe("weather");
        expectWeather(reply.toolCalls[0]?.input);
        expect(reply.finishReason).toBe("tool-calls");
        return { content: reply.toolCalls, usage: usageOf(reply.usage) };
      });

      own("forced tool", async (_trial, model) => {
        const toolChoice = { type: "tool", toolName: "weather" } as const;
        const reply = await generateText({ ...once, model, prompt: plainQuestion, tools, toolChoice });
        expectWeather(reply.toolCalls[0]?.input);
        return { content: reply.toolCalls, usage: usageOf(reply.usage) };
      });

      own("streamed tool", async (_trial, model) => {
        const stream = streamText({ ...once, model, prompt: twoToolsQuestion, tools });
        const pieces = new Map<string, string>();
        for await (const part of stream.fullStream) {
          if (part.type === "tool-input-delta") pieces.set(part.id, (pieces.get(part.id) ?? "") + part.delta);
        }
        const calls = await stream.toolCalls;
        expect(calls).toHaveLength(2);
        for (const { input } of calls) expectWeather(input);
        expect([...pieces.values()].map((text) => JSON.parse(text) as unknown)).toEqual(
          calls.map(({ input }) => input),
        );
        return { content: calls, usage: usageOf(await stream.usage) };
      });

      own("tool result", async ({ lastSent }, model) => {
        const reply = await generateText({
          ...once,
          model,
          prompt: twoToolsQuestion,
          tools: runningTools,
          stopWhen: stepCountIs(3),
        });
        expect(reply.steps.length).toBe(2);
        expect(lastSent().body).toMatch(/Sunny in .*20 degrees/);
        const last = reply.steps.at(-1);
        return { content: reply.text, usage: last === undefined ? null : usageOf(last.usage) };
      });

      own("schema", async (_trial, model) => {
        const schema = jsonSchema(labelSchema);
        const reply = await generateText({ ...once, model, prompt: shortQuestion, output: Output.object({ schema }) });
        expectLabel(reply.output);
        return { content: reply.output, usage: usageOf(reply.usage) };
      });

      own("image", async ({ lastSent }, model) => {
        const content = [
          { type: "text" as const, text: "What is in this picture?" },
          { type: "file" as const, data: pixelPng, mediaType: "image/png" },
        ];
        const reply = await generateText({ ...once, model, messages: [{ role: "user", content }] });
        expect(lastSent().body).toContain(pixelPng);
        return { content: reply.text, usage: usageOf(reply.usage) };
      });

      own("length", async (_trial, model) => {
        const reply = await generateText({ ...once, model, prompt: longQuestion, maxOutputTokens: 16 });
        expect(reply.finishReason).toBe("length");
        return { content: reply.response.id, usage: usageOf(reply.usage) };
      });

      for (const refusal of refusalsOf(provider)) {
        const expected = { outcome: "error", status: refusal.status, usage: "unknown" } as const;
        const endpointId = `${provider}-${refusal.scenario}`;
        own(
          refusal.feature,
          async (trial) => {
            const model = connect(trial.at(refusal.scenario));
            const error: unknown = await generateText({ ...once, model, prompt: shortQuestion }).catch(
              (thrown: unknown) => thrown,
            );
            if (!APICallError.isInstance(error)) throw error;
            expect(error.statusCode).toBe(refusal.status);
            expect(error.isRetryable).toBe(refusal.status === 429 || refusal.status >= 500);
            if (refusal.status === 429 && provider !== "google")
              expect(error.responseHeaders?.["retry-after"]).toBe("7");
            return { content: error.message, usage: null };
          },
          { ...expected, endpointId },
        );
      }

      own(
        "abort",
        async (trial) => {
          const controller = new AbortController();
          const stream = streamText({
            ...once,
            model: connect(trial.at("stall")),
            prompt: longQuestion,
            abortSignal: controller.signal,
          });
          let text = "";
          for await (const piece of stream.textStream) {
            text += piece;
            if (text !== "") break;
          }
          controller.abort();
          return { content: text, usage: null };
        },
        { outcome: "aborted", usage: "estimated", endpointId: `${provider}-stall` },
      );
    });
  }
}

describe("ai, thinking", () => {
  const anthropic = "ai + @ai-sdk/anthropic";
  cell(
    { client: anthropic, endpoint: "/v1/messages", feature: "reasoning", provider: "anthropic" },
    async (trial) => {
      const model = createAnthropic(settings())(trial.thinkingModel);
      const providerOptions = { anthropic: { thinking: { type: "enabled" as const, budgetTokens: 1_200 } } };
      const question = { ...once, model, maxOutputTokens: 2_000, providerOptions };
      const messages: ModelMessage[] = [{ role: "user", content: plainQuestion }];
      const first = await generateText({ ...question, messages });
      expect(first.reasoningText).toMatch(/\w/);
      const next: ModelMessage[] = [
        ...messages,
        ...first.responseMessages,
        { role: "user", content: "And the late ones?" },
      ];
      const reply = await generateText({ ...question, messages: next });
      expect(trial.lastSent().body).toMatch(/"signature":"EqQB/);
      return { content: reply.text, usage: usageOf(reply.usage) };
    },
    thinkingAt("anthropic"),
  );

  for (const provider of ["openai", "anthropic"] as const) {
    cell(
      { client: "ai + @ai-sdk/openai", endpoint: "/v1/responses", feature: "reasoning", provider },
      async (trial) => {
        const model = createOpenAI(settings()).responses(trial.thinkingModel);
        const openai = {
          forceReasoning: true,
          reasoningEffort: "medium",
          reasoningSummary: "auto",
          store: false,
          include: ["reasoning.encrypted_content" as const],
        };
        const question = { ...once, model, providerOptions: { openai } };
        const messages: ModelMessage[] = [{ role: "user", content: plainQuestion }];
        const first = await generateText({ ...question, messages });
        expect(first.reasoningText).toMatch(/\w/);
        const next: ModelMessage[] = [
          ...messages,
          ...first.responseMessages,
          { role: "user", content: "And the late ones?" },
        ];
        const reply = await generateText({ ...question, messages: next });
        expect(trial.lastSent().body).toMatch(provider === "openai" ? /"encrypted_content":"\w/ : /"signature":"EqQB/);
        return { content: reply.text, usage: usageOf(reply.usage) };
      },
      thinkingAt(provider),
    );
  }

  for (const provider of ["chat-server", "anthropic"] as const) {
    const endpoint = "/v1/chat/completions";
    const name = { client: "ai + @ai-sdk/openai-compatible", endpoint, feature: "reasoning", provider } as const;
    cell(
      name,
      async (trial) => {
        const model = createOpenAICompatible({ ...settings(), name: "farthing", includeUsage: true })(
          trial.thinkingModel,
        );
        const providerOptions = { farthing: { reasoningEffort: "medium" } };
        const stream = streamText({ ...once, model, prompt: plainQuestion, providerOptions });
        expect(await stream.text).toMatch(/\w/);
        return { content: await stream.reasoningText, usage: usageOf(await stream.usage) };
      },
      thinkingAt(provider),
    );
  }
});

describe("ai, other things", () => {
  const embedding = { model: "openai/text-embedding-3-small" };
  cell(
    { client: "ai + @ai-sdk/openai", endpoint: "/v1/embeddings", feature: "embeddings", provider: "openai" },
    async () => {
      const model = createOpenAI(settings()).embeddingModel(embedding.model);
      const reply = await embedMany({ ...once, model, values: ["The printer is on fire.", "The cellar is wet."] });
      expect(reply.embeddings).toHaveLength(2);
      return { content: reply.embeddings[0], usage: { input: reply.usage.tokens, output: 0 } };
    },
    embedding,
  );

  cell(
    { client: "ai + @ai-sdk/openai-compatible", endpoint: "/v1/embeddings", feature: "embeddings", provider: "openai" },
    async () => {
      const model = createOpenAICompatible({ ...settings(), name: "farthing" }).embeddingModel(embedding.model);
      const reply = await embedMany({ ...once, model, values: ["The printer is on fire."] });
      return { content: reply.embeddings[0], usage: { input: reply.usage.tokens, output: 0 } };
    },
    embedding,
  );

  // Off by default there: a stream has no usage chunk then, and the ledger counts all the same.
  const silent = {
    client: "ai + @ai-sdk/openai-compatible",
    endpoint: "/v1/chat/completions",
    feature: "usage in stream",
  } as const;
  for (const provider of ["openai", "anthropic"] as const) {
    cell({ ...silent, provider }, async ({ model, row }) => {
      const stream = streamText({
        ...once,
        model: createOpenAICompatible({ ...settings(), name: "farthing" })(model),
        prompt: longQuestion,
      });
      const text = await stream.text;
      expect((await stream.usage).outputTokens).toBeUndefined();
      expect((await row()).usage.tokens.output).toBeGreaterThan(10);
      const whole = await generateText({
        ...once,
        model: createOpenAICompatible({ ...settings(), name: "farthing" })(model),
        prompt: longQuestion,
      });
      return { content: text, usage: usageOf(whole.usage) };
    });
  }

  cell(
    {
      client: "ai + @ai-sdk/openai-compatible",
      endpoint: "/v1/chat/completions",
      feature: "session",
      provider: "openai",
    },
    async ({ model: id, row }) => {
      const model = wrapLanguageModel({
        model: createOpenAICompatible({ ...settings(), name: "farthing", includeUsage: true })(id),
        middleware: {
          specificationVersion: "v4",
          transformParams: ({ params }) =>
            Promise.resolve({
              ...params,
              headers: { ...params.headers, "x-farthing-feature": "triage", "x-farthing-session": "s-17" },
            }),
        },
      });
      const reply = await generateText({ ...once, model, prompt: shortQuestion });
      expect((await row()).claims).toMatchObject({ feature: "triage", session: "s-17" });
      return { content: reply.text, usage: usageOf(reply.usage) };
    },
  );
});
