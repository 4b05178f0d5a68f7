import { AIMessage, type AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
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
import { expectInOrder, expectLabel, expectWeather, refusalsOf } from "./what-clients-saw.ts";

const stack = useStack();
const client = "@langchain/openai";
const tools = [
  {
    type: "function" as const,
    function: { name: "weather", description: "Weather of a city", parameters: weatherSchema },
  },
];

const usageOf = ({ usage_metadata: usage }: AIMessage | AIMessageChunk): Shown["usage"] => ({
  input: usage?.input_tokens,
  output: usage?.output_tokens,
});

/** The base class's own way to read a text, whatever its parts. */
const textOf = (message: AIMessage | AIMessageChunk): string => message.text;

for (const useResponsesApi of [false, true]) {
  const endpoint = useResponsesApi ? "/v1/responses" : "/v1/chat/completions";
  const connect = (model: string, more = {}): ChatOpenAI =>
    new ChatOpenAI({
      model,
      useResponsesApi,
      apiKey: stack.current.localKey,
      maxRetries: 0,
      streamUsage: true,
      configuration: { baseURL: `${stack.current.origin}/v1`, defaultHeaders: { "x-farthing-feature": "langchain" } },
      ...more,
    });

  for (const provider of ["openai", "anthropic", "google"] as const satisfies readonly ProviderName[]) {
    const own = (feature: Feature, run: (trial: Trial) => Promise<Shown>, expected: Expected = {}): void =>
      cell({ client, endpoint, feature, provider }, run, expected);

    describe(`langchain ${endpoint} at ${provider}`, () => {
      own("text", async ({ model, row }) => {
        const reply = await connect(model).invoke(shortQuestion);
        expect((await row()).claims).toMatchObject({ feature: "langchain" });
        return { content: textOf(reply), usage: usageOf(reply) };
      });

      own("streaming", async ({ model }) => {
        const whole = await connect(model).invoke(longQuestion);
        let all: AIMessageChunk | null = null;
        let pieces = 0;
        for await (const chunk of await connect(model).stream(longQuestion)) {
          all = all === null ? chunk : all.concat(chunk);
          pieces += 1;
        }
        if (all === null) throw new Error("no chunk");
        expect(textOf(all)).toBe(textOf(whole));
        expect(pieces).toBeGreaterThan(3);
        return { content: textOf(all), usage: usageOf(all) };
      });

      own("multi-turn", async ({ model, lastSent }) => {
        const reply = await connect(model).invoke([
          new SystemMessage("You answer about harbours only."),
          new HumanMessage("Which harbour is the oldest?"),
          new AIMessage("The one at the old river mouth."),
          new HumanMessage("And the newest one?"),
        ]);
        expectInOrder(lastSent(), ["oldest?", "river mouth.", "newest one?"]);
        expect(lastSent().body).toContain("You answer about harbours only.");
        return { content: textOf(reply), usage: usageOf(reply) };
      });

      own("tool", async ({ model }) => {
        const reply = await connect(model).bindTools(tools).invoke(toolQuestion);
        expect(reply.tool_calls?.[0]?.name).toBe("weather");
        expectWeather(reply.tool_calls?.[0]?.args);
        return { content: reply.tool_calls, usage: usageOf(reply) };
      });

      own("parallel tools", async ({ model }) => {
        const reply = await connect(model).bindTools(tools).invoke(twoToolsQuestion);
        expect(reply.tool_calls).toHaveLength(2);
        expect(new Set(reply.tool_calls?.map(({ id }) => id)).size).toBe(2);
        return { content: reply.tool_calls, usage: usageOf(reply) };
      });

      own("forced tool", async ({ model }) => {
        const reply = await connect(model).bindTools(tools, { tool_choice: "weather" }).invoke(plainQuestion);
        expectWeather(reply.tool_calls?.[0]?.args);
        return { content: reply.tool_calls, usage: usageOf(reply) };
      });

      own("streamed tool", async ({ model }) => {
        const bound = connect(model).bindTools(tools);
        const whole = await bound.invoke(twoToolsQuestion);
        let all: AIMessageChunk | null = null;
        for await (const chunk of await bound.stream(twoToolsQuestion)) all = all === null ? chunk : all.concat(chunk);
        expect(all?.tool_calls?.map(({ args }) => args)).toEqual(whole.tool_calls?.map(({ args }) => args));
        return { content: all?.tool_calls, usage: all === null ? null : usageOf(all) };
      });

      own("tool result", async ({ model, lastSent }) => {
        const bound = connect(model).bindTools(tools);
        const question = new HumanMessage(twoToolsQuestion);
        const first = await bound.invoke([question]);
        const results = (first.tool_calls ?? []).map(
          ({ id }, index) => new ToolMessage({ tool_call_id: id ?? "", content: `Sunny, ${20 + index} degrees.` }),
        );
        const reply = await bound.invoke([question, first, ...results]);
        expectInOrder(lastSent(), [twoToolsQuestion, "Sunny, 20 degrees.", "Sunny, 21 degrees."]);
        return { content: textOf(reply), usage: usageOf(reply) };
      });

      own("schema", async ({ model }) => {
        const options = { name: "label", method: "jsonSchema", strict: true, includeRaw: true } as const;
        const { raw, parsed } = await connect(model).withStructuredOutput(labelSchema, options).invoke(shortQuestion);
        expectLabel(parsed);
        return { content: parsed, usage: usageOf(raw as AIMessage) };
      });

      own("image", async ({ model, lastSent }) => {
        const content = [
          { type: "text", text: "What is in this picture?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${pixelPng}` } },
        ];
        const reply = await connect(model).invoke([new HumanMessage({ content })]);
        expect(lastSent().body).toContain(pixelPng);
        return { content: textOf(reply), usage: usageOf(reply) };
      });

      own("length", async ({ model }) => {
        const reply = await connect(model, { maxTokens: 16 }).invoke(longQuestion);
        const told = JSON.stringify(reply.response_metadata);
        expect(told).toMatch(/"finish_reason":"length"|max_output_tokens/);
        return { content: reply.id ?? told, usage: usageOf(reply) };
      });

      for (const refusal of refusalsOf(provider).filter(
        ({ status }) => status === 401 || status === 404 || status === 429,
      )) {
        own(
          refusal.feature,
          async (trial) => {
            const call = connect(trial.at(refusal.scenario)).invoke(shortQuestion);
            const error = (await call.catch((thrown: unknown) => thrown)) as Error & {
              readonly status?: number;
              readonly lc_error_code?: string;
            };
            const codes: Readonly<Record<number, string>> = {
              401: "MODEL_AUTHENTICATION",
              404: "MODEL_NOT_FOUND",
              429: "MODEL_RATE_LIMIT",
            };
            expect(error.status).toBe(refusal.status);
            expect(error.lc_error_code).toBe(codes[refusal.status]);
            return { content: error.message, usage: null };
          },
          { outcome: "error", status: refusal.status, usage: "unknown", endpointId: `${provider}-${refusal.scenario}` },
        );
      }

      own(
        "abort",
        async (trial) => {
          const controller = new AbortController();
          const stream = await connect(trial.at("stall")).stream(longQuestion, { signal: controller.signal });
          let text = "";
          const reading = (async () => {
            for await (const chunk of stream) {
              text += textOf(chunk);
              if (text !== "") controller.abort();
            }
          })();
          await reading.catch(() => undefined);
          return { content: text, usage: null };
        },
        { outcome: "aborted", usage: "estimated", endpointId: `${provider}-stall` },
      );
    });
  }
}

describe("langchain, other endpoints", () => {
  const embedding = { model: "openai/text-embedding-3-small" };
  cell(
    { client, endpoint: "/v1/embeddings", feature: "embeddings", provider: "openai" },
    async ({ row }) => {
      const configuration = { baseURL: `${stack.current.origin}/v1` };
      const client_ = new OpenAIEmbeddings({
        ...embedding,
        apiKey: stack.current.localKey,
        maxRetries: 0,
        configuration,
      });
      const vectors = await client_.embedDocuments(["The printer is on fire.", "The cellar is wet."]);
      expect(vectors).toHaveLength(2);
      // Its interface has no place for usage; the ledger has it.
      expect((await row()).usage.tokens.input).toBeGreaterThan(3);
      return { content: vectors[0], usage: null };
    },
    embedding,
  );
});
