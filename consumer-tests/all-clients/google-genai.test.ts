import {
  ApiError,
  type Content,
  type FunctionCall,
  FunctionCallingConfigMode,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from "@google/genai";
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
import { expectInOrder, expectLabel, expectWeather, refusalsOf } from "./what-clients-saw.ts";

const stack = useStack();
const tools = [
  {
    functionDeclarations: [{ name: "weather", description: "Weather of a city", parametersJsonSchema: weatherSchema }],
  },
];

const connect = (): GoogleGenAI =>
  new GoogleGenAI({ apiKey: stack.current.localKey, httpOptions: { baseUrl: stack.current.origin } });
const usageOf = ({ usageMetadata: usage }: GenerateContentResponse): Shown["usage"] => ({
  input: (usage?.promptTokenCount ?? 0) + (usage?.toolUsePromptTokenCount ?? 0),
  output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
});
const partsOf = (reply: GenerateContentResponse): readonly Part[] => reply.candidates?.[0]?.content?.parts ?? [];
const callsOf = (reply: GenerateContentResponse): readonly FunctionCall[] => reply.functionCalls ?? [];

function square(
  feature: Feature,
  provider: ProviderName,
  run: (trial: Trial, client: GoogleGenAI) => Promise<Shown>,
  expected: Expected = {},
  endpoint = "/v1/models/{model}:generateContent",
): void {
  cell({ client: "@google/genai", endpoint, feature, provider }, (trial) => run(trial, connect()), expected);
}

/** The pieces of a stream, put together. */
async function gather(
  stream: AsyncIterable<GenerateContentResponse>,
): Promise<{ text: string; parts: Part[]; pieces: number; last: GenerateContentResponse | null }> {
  let text = "";
  let pieces = 0;
  let last: GenerateContentResponse | null = null;
  const parts: Part[] = [];
  for await (const chunk of stream) {
    const said = partsOf(chunk);
    parts.push(...said);
    for (const part of said) if (part.thought !== true && part.text !== undefined) text += part.text;
    if (said.length > 0) pieces += 1;
    last = chunk;
  }
  return { text, parts, pieces, last };
}

const all: readonly ProviderName[] = ["google", "openai", "anthropic", "openai-responses"];

for (const provider of all) {
  const own = (
    feature: Feature,
    run: (trial: Trial, client: GoogleGenAI) => Promise<Shown>,
    expected: Expected = {},
  ): void => square(feature, provider, run, expected);
  const streamed = (
    feature: Feature,
    run: (trial: Trial, client: GoogleGenAI) => Promise<Shown>,
    expected: Expected = {},
  ): void => square(feature, provider, run, expected, "/v1/models/{model}:streamGenerateContent");

  describe(`genai at ${provider}`, () => {
    own("text", async ({ model }, client) => {
      const reply = await client.models.generateContent({ model, contents: shortQuestion });
      expect(reply.candidates?.[0]?.finishReason).toBe("STOP");
      return { content: reply.text, usage: usageOf(reply) };
    });

    streamed("streaming", async ({ model }, client) => {
      const whole = await client.models.generateContent({ model, contents: longQuestion });
      const { text, pieces, last } = await gather(
        await client.models.generateContentStream({ model, contents: longQuestion }),
      );
      expect(text).toBe(whole.text);
      expect(pieces).toBeGreaterThan(3);
      expect(last?.candidates?.[0]?.finishReason).toBe("STOP");
      return { content: text, usage: last === null ? null : usageOf(last) };
    });

    own("multi-turn", async ({ model, lastSent }, client) => {
      const chat = client.chats.create({
        model,
        config: { systemInstruction: "You answer about harbours only." },
        history: [
          { role: "user", parts: [{ text: "Which harbour is the oldest?" }] },
          { role: "model", parts: [{ text: "The one at the old river mouth." }] },
        ],
      });
      const reply = await chat.sendMessage({ message: "And the newest one?" });
      expectInOrder(lastSent(), ["oldest?", "river mouth.", "newest one?"]);
      expect(lastSent().body).toContain("You answer about harbours only.");
      return { content: reply.text, usage: usageOf(reply) };
    });

    own("tool", async ({ model }, client) => {
      const reply = await client.models.generateContent({ model, contents: toolQuestion, config: { tools } });
      const [call] = callsOf(reply);
      expect(call?.name).toBe("weather");
      expectWeather(call?.args);
      return { content: call, usage: usageOf(reply) };
    });

    own("parallel tools", async ({ model }, client) => {
      const reply = await client.models.generateContent({ model, contents: twoToolsQuestion, config: { tools } });
      expect(callsOf(reply)).toHaveLength(2);
      for (const call of callsOf(reply)) expectWeather(call.args);
      return { content: callsOf(reply), usage: usageOf(reply) };
    });

    own("forced tool", async ({ model }, client) => {
      const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ["weather"] };
      const config = { tools, toolConfig: { functionCallingConfig } };
      const reply = await client.models.generateContent({ model, contents: plainQuestion, config });
      expect(callsOf(reply)[0]?.name).toBe("weather");
      return { content: callsOf(reply), usage: usageOf(reply) };
    });

    streamed("streamed tool", async ({ model }, client) => {
      const question = { model, contents: twoToolsQuestion, config: { tools } };
      const whole = callsOf(await client.models.generateContent(question));
      const { parts, last } = await gather(await client.models.generateContentStream(question));
      const calls = parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [functionCall]));
      expect(calls.map(({ name, args }) => [name, args])).toEqual(whole.map(({ name, args }) => [name, args]));
      return { content: calls, usage: last === null ? null : usageOf(last) };
    });

    own("tool result", async ({ model, lastSent }, client) => {
      const contents: Content[] = [{ role: "user", parts: [{ text: twoToolsQuestion }] }];
      const first = await client.models.generateContent({ model, contents, config: { tools } });
      const results = callsOf(first).map((call, index): Part => ({
        functionResponse: {
          name: "weather",
          response: { output: `Sunny, ${20 + index} degrees.` },
          ...(call.id === undefined ? {} : { id: call.id }),
        },
      }));
      const asked = first.candidates?.[0]?.content;
      if (asked === undefined) throw new Error("no content");
      contents.push(asked, { role: "user", parts: results });
      const reply = await client.models.generateContent({ model, contents, config: { tools } });
      expectInOrder(lastSent(), [twoToolsQuestion, "Sunny, 20 degrees.", "Sunny, 21 degrees."]);
      return { content: reply.text, usage: usageOf(reply) };
    });

    own("schema", async ({ model }, client) => {
      const config: GenerateContentConfig = { responseMimeType: "application/json", responseJsonSchema: labelSchema };
      const reply = await client.models.generateContent({ model, contents: shortQuestion, config });
      expectLabel(JSON.parse(reply.text ?? ""));
      return { content: reply.text, usage: usageOf(reply) };
    });

    own("image", async ({ model, lastSent }, client) => {
      const contents: Part[] = [
        { inlineData: { mimeType: "image/png", data: pixelPng } },
        { text: "What is in this picture?" },
      ];
      const reply = await client.models.generateContent({ model, contents });
      expect(lastSent().body).toContain(pixelPng);
      return { content: reply.text, usage: usageOf(reply) };
    });

    own(
      "stop",
      async ({ model }, client) => {
        const config = { stopSequences: ["e"] };
        const reply = await client.models.generateContent({ model, contents: longQuestion, config });
        expect(reply.text ?? "").not.toContain("e");
        return { content: reply.candidates?.[0]?.finishReason, usage: usageOf(reply) };
      },
      provider === "openai-responses" ? { refused: "stop" } : {},
    );

    own("length", async ({ model }, client) => {
      const config = { maxOutputTokens: 16 };
      const reply = await client.models.generateContent({ model, contents: longQuestion, config });
      expect(reply.candidates?.[0]?.finishReason).toBe("MAX_TOKENS");
      return { content: reply.candidates?.[0]?.finishReason, usage: usageOf(reply) };
    });

    const thinking: Expected = { model: `${provider}/${providers[provider].thinkingModel}` };
    const thinkingConfig = { includeThoughts: true, thinkingBudget: 1_024 };
    if (provider !== "openai") {
      own(
        "reasoning",
        async ({ thinkingModel: model, lastSent }, client) => {
          const contents: Content[] = [{ role: "user", parts: [{ text: plainQuestion }] }];
          const first = await client.models.generateContent({ model, contents, config: { thinkingConfig } });
          const parts = partsOf(first);
          expect(parts.find(({ thought }) => thought === true)?.text).toMatch(/\w/);
          const proof = parts.find((part) => part.thoughtSignature !== undefined)?.thoughtSignature;
          expect(proof).toBeTruthy();
          contents.push(
            { role: "model", parts: [...parts] },
            { role: "user", parts: [{ text: "And to those who are late?" }] },
          );
          const reply = await client.models.generateContent({ model, contents, config: { thinkingConfig } });
          expect(lastSent().body, "the proof goes back byte for byte").toContain(proof);
          return { content: reply.text, usage: usageOf(reply) };
        },
        thinking,
      );

      streamed(
        "streamed reasoning",
        async ({ thinkingModel: model }, client) => {
          const stream = await client.models.generateContentStream({
            model,
            contents: plainQuestion,
            config: { thinkingConfig },
          });
          const { parts, last } = await gather(stream);
          const thought = parts.filter((part) => part.thought === true).map(({ text }) => text ?? "");
          expect(parts.some(({ thoughtSignature }) => thoughtSignature !== undefined)).toBe(true);
          return { content: thought.join(""), usage: last === null ? null : usageOf(last) };
        },
        thinking,
      );
    }

    for (const refusal of refusalsOf(provider)) {
      own(
        refusal.feature,
        async (trial, client) => {
          const call = client.models.generateContent({ model: trial.at(refusal.scenario), contents: shortQuestion });
          const error = (await call.catch((thrown: unknown) => thrown)) as ApiError;
          expect(error).toBeInstanceOf(ApiError);
          // Google's clients know no 529: they may get its nearest relative.
          const statuses = refusal.status === 529 ? [529, 503] : [refusal.status];
          expect(statuses).toContain(error.status);
          const told = JSON.parse(error.message) as {
            readonly error: { readonly code: number; readonly status: string };
          };
          expect(told.error).toMatchObject({ code: error.status, status: expect.stringMatching(/^[A-Z_]+$/) });
          if (refusal.status === 429) {
            if (provider === "google") expect(error.message).toContain('"7s"');
            else expect(trial.got().at(-1)?.headers.get("retry-after")).toBe("7");
          }
          return { content: error.message, usage: null };
        },
        {
          outcome: "error",
          status: [refusal.status, 503],
          usage: "unknown",
          endpointId: `${provider}-${refusal.scenario}`,
        },
      );
    }

    streamed(
      "error in stream",
      async (trial, client) => {
        let text = "";
        const reading = (async () => {
          const stream = await client.models.generateContentStream({
            model: trial.at("breaks"),
            contents: longQuestion,
          });
          for await (const chunk of stream) text += chunk.text ?? "";
        })();
        await expect(reading).rejects.toBeInstanceOf(Error);
        return { content: [text], usage: null };
      },
      { outcome: "error", usage: "estimated", endpointId: `${provider}-breaks` },
    );

    streamed(
      "abort",
      async (trial, client) => {
        const controller = new AbortController();
        const config = { abortSignal: controller.signal };
        const stream = await client.models.generateContentStream({
          model: trial.at("stall"),
          contents: longQuestion,
          config,
        });
        let text = "";
        for await (const chunk of stream) {
          text += chunk.text ?? "";
          if (text !== "") break;
        }
        controller.abort();
        return { content: text, usage: null };
      },
      { outcome: "aborted", usage: "estimated", endpointId: `${provider}-stall` },
    );
  });
}

describe("genai, the provider's prompt cache", () => {
  for (const provider of ["google", "openai"] as const) {
    square("prompt cache", provider, async ({ model, row }, client) => {
      const question = { model, contents: shortQuestion, config: { systemInstruction: longPrompt } };
      await client.models.generateContent(question);
      const reply = await client.models.generateContent(question);
      const cached = reply.usageMetadata?.cachedContentTokenCount;
      expect(cached).toBeGreaterThan(1_000);
      expect((await row()).usage.tokens.cacheRead).toBe(cached);
      return { content: reply.text, usage: usageOf(reply) };
    });
  }
});

describe("genai, an agent's loop at a model whose calls are signed", () => {
  square(
    "tool loop",
    "google",
    async ({ thinkingModel: model, lastSent }, client) => {
      const contents: Content[] = [{ role: "user", parts: [{ text: toolQuestion }] }];
      const first = await client.models.generateContent({ model, contents, config: { tools } });
      const [call] = callsOf(first);
      const asked = first.candidates?.[0]?.content;
      if (asked === undefined || call === undefined) throw new Error("no call");
      const id = call.id === undefined ? {} : { id: call.id };
      contents.push(asked, {
        role: "user",
        parts: [{ functionResponse: { ...id, name: "weather", response: { output: "Sunny." } } }],
      });
      const reply = await client.models.generateContent({ model, contents, config: { tools } });
      expect(lastSent().body).toMatch(/"thoughtSignature":"[A-Za-z0-9+/=]{20,}"/);
      return { content: reply.text, usage: usageOf(reply) };
    },
    { model: `google/${providers.google.thinkingModel}` },
  );
});

describe("genai, other endpoints", () => {
  const model = "gemini-2.5-flash";
  square(
    "own key",
    "google",
    async ({ lastSent }) => {
      const own = new GoogleGenAI({ apiKey: "AIzaOfTheCaller", httpOptions: { baseUrl: stack.current.origin } });
      const reply = await own.models.generateContent({ model, contents: shortQuestion });
      expect(lastSent().headers.get("x-goog-api-key")).toBe("AIzaOfTheCaller");
      return { content: reply.text, usage: usageOf(reply) };
    },
    { model },
  );

  square(
    "token count",
    "google",
    async (_trial, client) => {
      const count = await client.models.countTokens({ model, contents: longQuestion });
      const reply = await client.models.generateContent({ model, contents: longQuestion });
      expect(count.totalTokens).toBe(reply.usageMetadata?.promptTokenCount);
      return { content: String(count.totalTokens).padStart(4), usage: usageOf(reply) };
    },
    { model },
    "/v1/models/{model}:countTokens",
  );

  square(
    "models",
    "google",
    async (_trial, client) => {
      const names: string[] = [];
      for await (const { name } of await client.models.list()) names.push(name ?? "");
      expect(names.some((name) => name.endsWith(model))).toBe(true);
      return { content: names, usage: null };
    },
    { noRow: true },
    "/v1/models",
  );

  square(
    "embeddings",
    "google",
    async ({ stack: { relay } }, client) => {
      // The fake provider has no vectors of Google's.
      relay.script(
        ({ path }) => path.includes(":batchEmbedContents"),
        (_exchange, response) => {
          response.writeHead(200, { "content-type": "application/json" });
          response.end(JSON.stringify({ embeddings: [{ values: [0.25, -0.5, 0.125] }] }));
        },
      );
      const embedding = { model: "gemini-embedding-001" };
      const reply = await client.models.embedContent({ ...embedding, contents: "The printer is on fire." });
      expect(reply.embeddings?.[0]?.values).toEqual([0.25, -0.5, 0.125]);
      return { content: reply.embeddings, usage: null };
    },
    { model: "gemini-embedding-001", usage: "unknown" },
    "/v1/models/{model}:batchEmbedContents",
  );
});
