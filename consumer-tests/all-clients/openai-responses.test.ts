import OpenAI, {
  type APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from "openai";
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

type Response = OpenAI.Responses.Response;
type Input = OpenAI.Responses.ResponseInputItem[];

const stack = useStack();
const endpoint = "/v1/responses";
const classes: Readonly<Record<number, new (...given: never[]) => APIError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  404: NotFoundError,
  429: RateLimitError,
  503: InternalServerError,
  529: InternalServerError,
};
const tools: OpenAI.Responses.FunctionTool[] = [
  {
    type: "function",
    name: "weather",
    description: "Weather of a city",
    parameters: weatherSchema,
    strict: true,
  },
];

const connect = (): OpenAI =>
  new OpenAI({ apiKey: stack.current.localKey, baseURL: `${stack.current.origin}/v1`, maxRetries: 0 });
const usageOf = ({ usage }: Pick<Response, "usage">): Shown["usage"] => ({
  input: usage?.input_tokens,
  output: usage?.output_tokens,
});
const callsOf = ({ output }: Response): OpenAI.Responses.ResponseFunctionToolCall[] =>
  output.filter((item) => item.type === "function_call");

function square(
  feature: Feature,
  provider: ProviderName,
  run: (trial: Trial, client: OpenAI) => Promise<Shown>,
  expected: Expected = {},
): void {
  cell({ client: "openai", endpoint, feature, provider }, (trial) => run(trial, connect()), expected);
}

/** Every event in order, and the response of the last one. */
async function gather(
  stream: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>,
): Promise<{ types: string[]; final: Response | null; text: string }> {
  const types: string[] = [];
  let final: Response | null = null;
  let text = "";
  let sequence = -1;
  for await (const event of stream) {
    types.push(event.type);
    if ("sequence_number" in event) {
      expect(event.sequence_number).toBe(sequence + 1);
      sequence = event.sequence_number;
    }
    if (event.type === "response.output_text.delta") text += event.delta;
    if (event.type === "response.completed" || event.type === "response.incomplete") final = event.response;
  }
  return { types, final, text };
}

const all: readonly ProviderName[] = ["openai", "anthropic", "google", "chat-server"];

for (const provider of all) {
  const own = (
    feature: Feature,
    run: (trial: Trial, client: OpenAI) => Promise<Shown>,
    expected: Expected = {},
  ): void => square(feature, provider, run, expected);

  describe(`openai, responses, at ${provider}`, () => {
    own("text", async ({ model }, client) => {
      const reply = await client.responses.create({ model, input: shortQuestion });
      expect(reply).toMatchObject({ object: "response", status: "completed" });
      expect(reply.usage?.total_tokens).toBe((reply.usage?.input_tokens ?? 0) + (reply.usage?.output_tokens ?? 0));
      return { content: reply.output_text, usage: usageOf(reply) };
    });

    own("streaming", async ({ model }, client) => {
      const question = { model, input: longQuestion };
      const whole = await client.responses.create(question);
      const { types, final, text } = await gather(await client.responses.create({ ...question, stream: true }));
      expect(types[0]).toBe("response.created");
      expect(types.at(-1)).toBe("response.completed");
      for (const type of [
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
      ]) {
        expect(types.filter((seen) => seen === type)).toEqual([type]);
      }
      expect(types.filter((type) => type === "response.output_text.delta").length).toBeGreaterThan(3);
      expect(text).toBe(whole.output_text);
      const told = final?.output.flatMap((item) => (item.type === "message" ? item.content : []));
      expect(told?.map((part) => (part.type === "output_text" ? part.text : ""))).toEqual([text]);
      return { content: text, usage: final === null ? null : usageOf(final) };
    });

    own("usage in stream", async ({ model }, client) => {
      const stream = client.responses.stream({ model, input: longQuestion });
      const final = await stream.finalResponse();
      expect(final.usage?.input_tokens_details).toMatchObject({ cached_tokens: expect.any(Number) });
      expect(final.usage?.output_tokens_details).toMatchObject({ reasoning_tokens: expect.any(Number) });
      return { content: final.output_text, usage: usageOf(final) };
    });

    own("multi-turn", async ({ model, lastSent }, client) => {
      const input: Input = [
        { role: "user", content: "Which harbour is the oldest?" },
        { role: "assistant", content: "The one at the old river mouth." },
        { role: "user", content: "And the newest one?" },
      ];
      const instructions = "You answer about harbours only.";
      const reply = await client.responses.create({ model, instructions, input });
      for (const text of [instructions, "oldest?", "river mouth.", "newest one?"])
        expect(lastSent().body).toContain(text);
      expectInOrder(lastSent(), ["oldest?", "river mouth.", "newest one?"]);
      return { content: reply.output_text, usage: usageOf(reply) };
    });

    own("tool", async ({ model }, client) => {
      const reply = await client.responses.create({ model, input: toolQuestion, tools });
      const [call] = callsOf(reply);
      expect(call).toMatchObject({ name: "weather", call_id: expect.stringMatching(/\w/), status: "completed" });
      expectWeather(JSON.parse(call?.arguments ?? ""));
      return { content: call, usage: usageOf(reply) };
    });

    own("parallel tools", async ({ model }, client) => {
      const calls = await client.responses.create({ model, input: twoToolsQuestion, tools });
      expect(callsOf(calls)).toHaveLength(2);
      expect(new Set(callsOf(calls).map(({ call_id: id }) => id)).size).toBe(2);
      for (const call of callsOf(calls)) expectWeather(JSON.parse(call.arguments));
      return { content: callsOf(calls), usage: usageOf(calls) };
    });

    own("forced tool", async ({ model }, client) => {
      const tool_choice = { type: "function", name: "weather" } as const;
      const reply = await client.responses.create({ model, input: plainQuestion, tools, tool_choice });
      expect(callsOf(reply)[0]?.name).toBe("weather");
      return { content: callsOf(reply), usage: usageOf(reply) };
    });

    own("streamed tool", async ({ model }, client) => {
      const question = { model, input: twoToolsQuestion, tools };
      const whole = callsOf(await client.responses.create(question));
      const stream = client.responses.stream(question);
      const pieces = new Map<string, string>();
      stream.on("response.function_call_arguments.delta", ({ item_id: id, delta }) =>
        pieces.set(id, (pieces.get(id) ?? "") + delta),
      );
      const final = await stream.finalResponse();
      const told = callsOf(final);
      expect(told.map(({ name, arguments: text }) => [name, JSON.parse(text)])).toEqual(
        whole.map(({ name, arguments: text }) => [name, JSON.parse(text)]),
      );
      expect([...pieces.values()]).toEqual(told.map((call) => call.arguments));
      return { content: told, usage: usageOf(final) };
    });

    own("tool result", async ({ model, lastSent }, client) => {
      const input: Input = [{ role: "user", content: twoToolsQuestion }];
      const first = await client.responses.create({ model, input, tools, tool_choice: "required" });
      const results = callsOf(first).map(({ call_id }, index) => ({
        type: "function_call_output" as const,
        call_id,
        output: `Sunny, ${20 + index} degrees.`,
      }));
      const reply = await client.responses.create({
        model,
        input: [...input, ...(first.output as Input), ...results],
        tools,
      });
      expectInOrder(lastSent(), [twoToolsQuestion, "Sunny, 20 degrees.", "Sunny, 21 degrees."]);
      return { content: reply.output_text, usage: usageOf(reply) };
    });

    own("schema", async ({ model }, client) => {
      const format = { type: "json_schema", name: "label", strict: true, schema: labelSchema } as const;
      const reply = await client.responses.create({ model, input: shortQuestion, text: { format } });
      expectLabel(JSON.parse(reply.output_text));
      return { content: reply.output_text, usage: usageOf(reply) };
    });

    own("image", async ({ model, lastSent }, client) => {
      const content: OpenAI.Responses.ResponseInputContent[] = [
        { type: "input_text", text: "What is in this picture?" },
        { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${pixelPng}` },
      ];
      const reply = await client.responses.create({ model, input: [{ role: "user", content }] });
      expect(lastSent().body).toContain(pixelPng);
      return { content: reply.output_text, usage: usageOf(reply) };
    });

    own("length", async ({ model }, client) => {
      const reply = await client.responses.create({ model, input: longQuestion, max_output_tokens: 16 });
      expect(reply).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
      expect(reply.usage?.output_tokens).toBe(16);
      // Gemini may have thought until there.
      return { content: reply.id, usage: usageOf(reply) };
    });

    const thinking = { model: `${provider}/${providers[provider].thinkingModel}` };
    own(
      "reasoning",
      async ({ thinkingModel: model, lastSent, row }, client) => {
        const input: Input = [{ role: "user", content: plainQuestion }];
        const question = {
          model,
          reasoning: { effort: "medium", summary: "auto" } as const,
          include: ["reasoning.encrypted_content" as const],
          store: false,
        };
        const first = await client.responses.create({ ...question, input });
        const thought = first.output.find((item) => item.type === "reasoning");
        expect(thought?.summary.map(({ text }) => text).join("")).toMatch(/\w/);
        const late = { role: "user" as const, content: "And to those who are late?" };
        const reply = await client.responses.create({
          ...question,
          input: [...input, ...(first.output as Input), late],
        });
        if (provider === "openai" || provider === "anthropic") {
          expect(thought?.encrypted_content).toBeTruthy();
          expect(lastSent().body, "the proof goes back byte for byte").toContain(thought?.encrypted_content ?? "-");
        }
        const told = reply.usage?.output_tokens_details.reasoning_tokens;
        expect((await row()).usage.tokens.reasoning ?? 0).toBe(told);
        return { content: reply.output_text, usage: usageOf(reply) };
      },
      thinking,
    );

    own(
      "streamed reasoning",
      async ({ thinkingModel: model }, client) => {
        const reasoning = { effort: "medium", summary: "auto" } as const;
        const stream = client.responses.stream({ model, input: plainQuestion, reasoning });
        let thought = "";
        stream.on("response.reasoning_summary_text.delta", ({ delta }) => (thought += delta));
        const final = await stream.finalResponse();
        const item = final.output.find(({ type }) => type === "reasoning");
        expect(item?.type === "reasoning" ? item.summary.map(({ text }) => text).join("") : null).toBe(thought);
        return { content: thought, usage: usageOf(final) };
      },
      thinking,
    );

    for (const refusal of refusalsOf(provider)) {
      own(
        refusal.feature,
        async (trial, client) => {
          const call = client.responses.create({ model: trial.at(refusal.scenario), input: shortQuestion });
          const error = (await call.catch((thrown: unknown) => thrown)) as APIError;
          expect(error).toBeInstanceOf(classes[refusal.status]);
          expectWait(trial, refusal, error.message);
          return { content: error.message, usage: null };
        },
        { outcome: "error", status: refusal.status, usage: "unknown", endpointId: `${provider}-${refusal.scenario}` },
      );
    }

    own(
      "error in stream",
      async (trial, client) => {
        const question = { model: trial.at("breaks"), input: longQuestion, stream: true as const };
        const types: string[] = [];
        const reading = (async () => {
          for await (const event of await client.responses.create(question)) types.push(event.type);
        })();
        const error: unknown = await reading.then(
          () => null,
          (thrown: unknown) => thrown,
        );
        // OpenAI tells of it by an event of its own, or the client raises it; an end that never was is told by neither.
        expect(error !== null || types.some((type) => type === "response.failed" || type === "error")).toBe(true);
        expect(types).not.toContain("response.completed");
        return { content: types, usage: null };
      },
      { outcome: "error", usage: "estimated", endpointId: `${provider}-breaks` },
    );

    own(
      "abort",
      async (trial, client) => {
        const stream = await client.responses.create({ model: trial.at("stall"), input: longQuestion, stream: true });
        let text = "";
        for await (const event of stream) {
          if (event.type === "response.output_text.delta") text += event.delta;
          if (text !== "") break;
        }
        stream.controller.abort();
        return { content: text, usage: null };
      },
      { outcome: "aborted", usage: "estimated", endpointId: `${provider}-stall` },
    );
  });
}

describe("openai, responses, an agent's loop at a model whose calls are signed", () => {
  square(
    "tool loop",
    "google",
    async ({ thinkingModel: model, lastSent }, client) => {
      const input: Input = [{ role: "user", content: toolQuestion }];
      const first = await client.responses.create({ model, input, tools });
      const results = callsOf(first).map(({ call_id }) => ({
        type: "function_call_output" as const,
        call_id,
        output: "Sunny.",
      }));
      const turns = [...input, ...(first.output as Input), ...results];
      const reply = await client.responses.create({ model, input: turns, tools });
      expect(lastSent().body).toContain("thoughtSignature");
      return { content: reply.output_text, usage: usageOf(reply) };
    },
    { model: `google/${providers.google.thinkingModel}` },
  );
});

describe("openai, responses, what only their own provider has", () => {
  for (const provider of ["openai", "google", "chat-server"] as const) {
    square("prompt cache", provider, async ({ model, row }, client) => {
      const question = { model, instructions: longPrompt, input: shortQuestion };
      await client.responses.create(question);
      const reply = await client.responses.create(question);
      const cached = reply.usage?.input_tokens_details.cached_tokens;
      expect(cached).toBeGreaterThan(1_000);
      expect((await row()).usage.tokens.cacheRead).toBe(cached);
      return { content: reply.output_text, usage: usageOf(reply) };
    });
  }

  square(
    "token count",
    "openai",
    async (_trial, client) => {
      const count = await client.responses.inputTokens.count({ model: "gpt-4o-mini", input: longQuestion });
      expect(count.input_tokens).toBeGreaterThan(3);
      return { content: String(count.input_tokens).padStart(4), usage: null };
    },
    { model: "gpt-4o-mini", usage: "unknown" },
  );

  square(
    "stored answer",
    "openai",
    async (_trial, client) => {
      const model = "gpt-4o-mini";
      const first = await client.responses.create({ model, input: shortQuestion, store: true });
      const again = await client.responses.retrieve(first.id);
      expect(again.output_text).toBe(first.output_text);
      const items = await client.responses.inputItems.list(first.id);
      expect(JSON.stringify(items.data)).toContain(shortQuestion);
      await client.responses.delete(first.id);
      await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
      const waiting = await client.responses.create({ model, input: shortQuestion, background: true });
      expect((await client.responses.cancel(waiting.id)).status).toBe("cancelled");
      const reply = await client.responses.create({ model, input: shortQuestion, store: true });
      return { content: reply.output_text, usage: usageOf(reply) };
    },
    { model: "gpt-4o-mini" },
  );
});
