import { afterAll, beforeAll, describe, expect, test } from "vitest";
import documented from "../fixtures/gemini.json" with { type: "json" };
import { bodyOf, eventsOf, headOf, lastEnded, sendRaw, statusOf, type RawReply } from "../test-raw-client.ts";
import { shapeDifference } from "../test-shape.ts";
import { startServer, type RunningServer } from "../server.ts";
import { readSettings } from "../settings.ts";

let server: RunningServer;
const settings = readSettings(["--latency", "none", "--seed", "3"]);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly name: string; readonly args: Record<string, unknown>; readonly id?: string };
}

interface Usage {
  readonly promptTokenCount: number;
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly cachedContentTokenCount?: number;
  readonly totalTokenCount: number;
}

interface Reply {
  readonly candidates: readonly {
    readonly content: { readonly parts?: readonly Part[] };
    readonly finishReason?: string;
  }[];
  readonly usageMetadata: Usage;
  readonly responseId: string;
}

const flash = "gemini-2.5-flash";
const lite = "gemini-2.5-flash-lite";
const ask = (text: string, more: object = {}): object => ({ contents: [{ role: "user", parts: [{ text }] }], ...more });
const post = (model: string, action: string, body: unknown, key = "k"): Promise<RawReply> =>
  sendRaw(server.port, { path: `/v1beta/models/${model}:${action}`, headers: [`x-goog-api-key: ${key}`], body });
const whole = async (body: unknown, model = lite, key = "k"): Promise<Reply> =>
  JSON.parse(bodyOf(await post(model, "generateContent", body, key))) as Reply;
/** The chunks of an event stream. Google ends its lines with CR and LF. */
const stream = async (body: unknown, model = lite, key = "k"): Promise<Reply[]> => {
  const text = bodyOf(await post(model, "streamGenerateContent?alt=sse", body, key));
  expect(text.replaceAll("\r\n", "")).not.toContain("\n");
  return eventsOf(text.replaceAll("\r\n", "\n")).map((event) => JSON.parse(event.data) as Reply);
};
const partsOf = (reply: Reply | undefined): readonly Part[] => reply?.candidates[0]?.content.parts ?? [];
const textOf = (reply: Reply | undefined): string =>
  partsOf(reply)
    .map((part) => (part.thought === true ? "" : (part.text ?? "")))
    .join("");
const messageOf = (reply: RawReply): string =>
  (JSON.parse(bodyOf(reply)) as { readonly error: { readonly message: string } }).error.message;

const thinkingAs = (thinkingConfig: object): object => ask("What is up?", { generationConfig: { thinkingConfig } });

describe("a whole reply", () => {
  test("has the documented shape; thinking is beside the candidates, and all of it is invoiced", async () => {
    const reply = await whole(ask("What is the refund period?"), flash);
    expect(shapeDifference(reply, documented.whole)).toBeNull();
    const { promptTokenCount, candidatesTokenCount = 0, thoughtsTokenCount = 0, totalTokenCount } = reply.usageMetadata;
    // Six letters a token: What, is, the, refund, period, ?
    expect(promptTokenCount).toBe(6);
    expect(totalTokenCount).toBe(6 + candidatesTokenCount + thoughtsTokenCount);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({
      model: flash,
      responseId: reply.responseId,
      usageDelivered: true,
      tokens: { input: 6, output: candidatesTokenCount, reasoning: thoughtsTokenCount },
    });
    // $0.30 and $2.50 per million.
    const output = BigInt(candidatesTokenCount + thoughtsTokenCount);
    expect(ended.invoicePicoUsd).toBe(String(6n * 300_000n + output * 2_500_000n));
  });

  test("what is zero is left out", async () => {
    const plain = await whole(ask("hi"));
    expect(Object.keys(plain.usageMetadata)).toEqual([
      "promptTokenCount",
      "candidatesTokenCount",
      "totalTokenCount",
      "promptTokensDetails",
    ]);
    const cut = await whole(ask("What is up?", { generationConfig: { maxOutputTokens: 20 } }), flash);
    expect(cut.candidates[0]).toEqual({ content: { role: "model" }, finishReason: "MAX_TOKENS", index: 0 });
    expect("candidatesTokenCount" in cut.usageMetadata).toBe(false);
  });

  test("thinking is shown, signed, bounded and switched off as asked", async () => {
    const shown = await whole(thinkingAs({ includeThoughts: true, thinkingBudget: 512 }), flash);
    expect(shapeDifference(partsOf(shown)[0], documented.thought)).toBeNull();
    expect(partsOf(shown)[1]?.thoughtSignature).toMatch(/^[\w+/=]+$/);
    expect((await whole(thinkingAs({ thinkingBudget: 0 }), flash)).usageMetadata.thoughtsTokenCount).toBeUndefined();
    expect((await whole(thinkingAs({ thinkingBudget: -1 }), lite)).usageMetadata.thoughtsTokenCount).toBeGreaterThan(0);
    expect(partsOf(await whole(ask("What is up?"), flash))[0]?.thoughtSignature).toBeUndefined();
    expect(partsOf(await whole(ask("What is up?"), "gemini-3.8-flash"))[0]?.thoughtSignature).toMatch(/^\w/);
    const refused = async (thinkingConfig: object, model: string): Promise<string> =>
      messageOf(await post(model, "generateContent", thinkingAs(thinkingConfig)));
    expect(await refused({ thinkingBudget: 0 }, "gemini-2.5-pro")).toContain("only works in thinking mode");
    expect(await refused({ thinkingLevel: "LOW" }, flash)).toContain("Thinking level is not supported");
    expect(await refused({ thinkingLevel: "LOW", thinkingBudget: 5 }, "gemini-3.8-flash")).toContain("only one of");
    expect(await refused({ thinkingBudget: 5 }, "gemini-2.0-flash")).toContain("Thinking is not enabled");
  });

  test("structured output conforms, in Google's schema and in JSON Schema", async () => {
    const own = { type: "OBJECT", properties: { label: { type: "STRING", enum: ["x", "y"] } }, required: ["label"] };
    const json = { type: "object", properties: { label: { enum: ["x", "y"] } }, additionalProperties: false };
    for (const schema of [{ responseSchema: own }, { responseJsonSchema: json }]) {
      const generationConfig = { responseMimeType: "application/json", ...schema };
      const reply = await whole(ask("Rate it", { generationConfig }));
      expect(["x", "y"]).toContain((JSON.parse(textOf(reply)) as { label: string }).label);
    }
  });

  test("members may have their name of the .proto file", async () => {
    const body = {
      contents: [{ parts: [{ text: "Summarise: a policy" }] }],
      generation_config: { max_output_tokens: 5 },
    };
    expect((await whole(body)).usageMetadata.candidatesTokenCount).toBe(5);
  });

  test("several candidates, pictures and sound are counted", async () => {
    const two = await whole(ask("Tell me", { generationConfig: { candidateCount: 2 } }));
    expect(two.candidates).toHaveLength(2);
    const parts = [
      { text: "hi" },
      { inlineData: { mimeType: "image/png", data: "AA" } },
      { inline_data: { mime_type: "audio/wav", data: Buffer.alloc(20_000).toString("base64") } },
    ];
    const reply = await whole({ contents: [{ parts }] }, lite);
    // One word, a picture of 258, two seconds of 32.
    expect(reply.usageMetadata).toMatchObject({
      promptTokenCount: 1 + 258 + 64,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 1 },
        { modality: "IMAGE", tokenCount: 258 },
        { modality: "AUDIO", tokenCount: 64 },
      ],
    });
    const ended = await lastEnded(server.port);
    expect(ended.tokens).toMatchObject({ input: 259, inputAudio: 64 });
    // $0.10, $0.30 for sound, $0.40.
    const output = BigInt(ended.tokens.output) * 400_000n;
    expect(ended.invoicePicoUsd).toBe(String(259n * 100_000n + 64n * 300_000n + output));
  });

  test("a long prefix is read from the implicit cache, from the model's minimum on", async () => {
    const long = ask("policy text ".repeat(1_000).trim());
    await whole(long, flash, "cache");
    const again = await whole(long, flash, "cache");
    // 2,000 words; the last step below is 1,920.
    expect(again.usageMetadata).toMatchObject({ promptTokenCount: 2_000, cachedContentTokenCount: 1_920 });
    expect((await lastEnded(server.port)).tokens).toMatchObject({ input: 80, cacheRead: 1_920 });
    await whole(long, "gemini-2.5-pro", "cache");
    expect("cachedContentTokenCount" in (await whole(long, "gemini-2.5-pro", "cache")).usageMetadata).toBe(false);
  });
});

const declarations = ["get_weather", "get_time"].map((name) => ({
  name,
  parameters: { type: "OBJECT", properties: { city: { type: "STRING" } }, required: ["city"] },
}));
const tools = [{ functionDeclarations: declarations }];

const turn = (role: string, ...parts: object[]): object => ({ role, parts });
const sendTurns = (...contents: object[]): Promise<RawReply> => post(flash, "generateContent", { contents, tools });

describe("functions", () => {
  test("two named are two calls, with a signature on the first and no id before the third generation", async () => {
    const reply = await whole(ask("get weather and get time", { tools }), flash);
    const [first, second] = partsOf(reply);
    expect(shapeDifference(first, documented.call)).toBeNull();
    expect(second).toEqual({ functionCall: second?.functionCall });
    expect([first, second].map((part) => part?.functionCall?.name)).toEqual(["get_weather", "get_time"]);
    expect(reply.candidates[0]?.finishReason).toBe("STOP");
    const newer = partsOf(await whole(ask("get weather and get time", { tools }), "gemini-3.8-flash"));
    expect(shapeDifference(newer[0], documented.callWithId)).toBeNull();
    expect(newer[0]?.functionCall?.id).not.toBe(newer[1]?.functionCall?.id);
  });

  test("forced, forbidden, streamed whole", async () => {
    const config = (functionCallingConfig: object): object =>
      ask("get weather", { tools, toolConfig: { functionCallingConfig } });
    const forced = await whole(config({ mode: "ANY", allowedFunctionNames: ["get_time"] }));
    expect(partsOf(forced).map((part) => part.functionCall?.name)).toEqual(["get_time"]);
    expect(partsOf(await whole(config({ mode: "NONE" })))[0]?.functionCall).toBeUndefined();
    const body = ask("get weather and get time", { tools });
    const chunks = await stream(body);
    expect(chunks.flatMap((chunk) => partsOf(chunk).map((part) => part.functionCall?.args))).toEqual(
      partsOf(await whole(body)).map((part) => part.functionCall?.args),
    );
    expect(chunks).toHaveLength(2);
  });

  test("the third generation wants its signatures back, and only its own", async () => {
    const model = "gemini-3.8-flash";
    const called = await whole(ask("get weather", { tools }), model);
    const [part] = partsOf(called);
    const answer = { functionResponse: { name: "get_weather", response: { degrees: 12 } } };
    const replay = (sent: object): object => ({
      contents: [
        { role: "user", parts: [{ text: "get weather" }] },
        { role: "model", parts: [sent] },
        { role: "user", parts: [answer] },
      ],
      tools,
    });
    expect(textOf(await whole(replay(part ?? {}), model))).not.toBe("");
    const without = { functionCall: part?.functionCall };
    const refused = async (sent: object): Promise<string> =>
      messageOf(await post(model, "generateContent", replay(sent)));
    expect(await refused(without)).toContain("missing a thought_signature in functionCall parts");
    expect(await refused({ ...without, thoughtSignature: "EqQBfromelsewhere" })).toBe("Corrupted thought signature.");
    expect(
      statusOf(
        await post(
          model,
          "generateContent",
          replay({ ...without, thoughtSignature: "skip_thought_signature_validator" }),
        ),
      ),
    ).toBe(200);
    expect(statusOf(await post(flash, "generateContent", replay(without)))).toBe(200);
  });

  test("calls and answers stand in turns of their own, one behind the other", async () => {
    const call = { functionCall: { name: "get_weather", args: {} } };
    const answer = { functionResponse: { name: "get_weather", response: {} } };
    const user = turn("user", { text: "hi" });
    expect(statusOf(await sendTurns(user, turn("model", call, call), turn("user", answer, answer)))).toBe(200);
    expect(messageOf(await sendTurns(user, turn("model", call, call), turn("user", answer)))).toContain(
      "number of function response parts",
    );
    expect(messageOf(await sendTurns(user, turn("user", answer)))).toContain(
      "function response turn comes immediately after",
    );
    expect(
      messageOf(await sendTurns(user, turn("model", { text: "so" }), turn("model", call), turn("user", answer))),
    ).toContain("function call turn comes immediately after");
  });
});

describe("a stream", () => {
  const thinking = { generationConfig: { thinkingConfig: { includeThoughts: true } } };

  test("of events: the documented chunks, growing counts, the text of the whole reply", async () => {
    const body = ask("Explain how refunds work?");
    const chunks = await stream(body, flash);
    expect(shapeDifference(chunks[0], documented.chunk)).toBeNull();
    expect(shapeDifference(chunks.at(-1), documented.whole)).toBeNull();
    const reply = await whole(body, flash);
    expect(chunks.map(textOf).join("")).toBe(textOf(reply));
    const counts = chunks.map((chunk) => chunk.usageMetadata.candidatesTokenCount ?? 0);
    expect(counts).toEqual(counts.toSorted((left, right) => left - right));
    expect(chunks.at(-1)?.usageMetadata).toEqual(reply.usageMetadata);
    expect(new Set(chunks.map((chunk) => chunk.responseId)).size).toBe(1);
    await stream(body, flash);
    expect(await lastEnded(server.port)).toMatchObject({ end: "complete", usageDelivered: true, stream: true });
  });

  test("thoughts come first, the signature last, in a part without words", async () => {
    const chunks = await stream(ask("What is up?", thinking), flash);
    expect(partsOf(chunks[0])[0]?.thought).toBe(true);
    const [last] = partsOf(chunks.at(-1));
    expect(last?.text).toBe("");
    expect(last?.thoughtSignature).toMatch(/^\w/);
  });

  test("of array elements, without alt=sse", async () => {
    const raw = await post(flash, "streamGenerateContent", ask("Explain how refunds work?"));
    expect(headOf(raw)).toContain("content-type: application/json; charset=UTF-8");
    const chunks = JSON.parse(bodyOf(raw)) as Reply[];
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.map(textOf).join("")).toBe(textOf(await whole(ask("Explain how refunds work?"), flash)));
    expect(bodyOf(raw)).toMatch(/^\[\{\n/);
    expect(bodyOf(raw)).toContain("\n,\r\n{\n");
  });
});

describe("faults", () => {
  test("429 tells in its body when to come back, and which quota it was", async () => {
    const reply = await post(flash, "generateContent", ask("hi"), "sk-fake-error:429:retry-after=22-x");
    expect([statusOf(reply), headOf(reply).includes("retry-after")]).toEqual([429, false]);
    const error: unknown = JSON.parse(bodyOf(reply));
    expect(shapeDifference(error, documented.quota)).toBeNull();
    expect(error).toMatchObject({
      error: {
        details: [
          {},
          { violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel-PaidTier" }] },
          { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "22s" },
        ],
      },
    });
    const parts = await post(flash, "generateContent", ask("hi"), "sk-fake-error:429:retry-after-ms=250-x");
    expect(bodyOf(parts)).toContain('"retryDelay": "0.250s"');
    const daily = bodyOf(await post(flash, "generateContent", ask("hi"), "sk-fake-error:429:insufficient_quota-x"));
    expect(daily).toContain("GenerateRequestsPerDayPerProjectPerModel");
    expect(daily).not.toContain("RetryInfo");
  });

  test("an overload is a 503, a wrong key a 400, others have Google's names", async () => {
    const overloaded = await post(flash, "generateContent", ask("hi"), "sk-fake-529-x");
    expect(statusOf(overloaded)).toBe(503);
    expect(shapeDifference(JSON.parse(bodyOf(overloaded)), documented.overloaded)).toBeNull();
    const key = await post(flash, "generateContent", ask("hi"), "sk-fake-error:401-x");
    expect([statusOf(key), bodyOf(key).includes('"API_KEY_INVALID"')]).toEqual([400, true]);
    for (const [status, name] of [
      [403, "PERMISSION_DENIED"],
      [500, "INTERNAL"],
      [504, "DEADLINE_EXCEEDED"],
    ] as const) {
      const reply = await post(flash, "generateContent", ask("hi"), `sk-fake-error:${status}-x`);
      expect([statusOf(reply), bodyOf(reply).includes(`"status": "${name}"`)]).toEqual([status, true]);
    }
    const long = await post(flash, "generateContent", ask("hi"), "sk-fake-error:400:context_length_exceeded-x");
    expect(messageOf(long)).toContain("exceeds the maximum number of tokens allowed");
  });

  test("an error after 200 stands where a chunk would, in either form", async () => {
    const body = ask("Explain how refunds work?");
    const chunks = await stream(body, flash, "sk-fake-error-event-after:2-x");
    expect(chunks).toHaveLength(3);
    expect(shapeDifference(chunks[2], documented.overloaded)).toBeNull();
    expect(await lastEnded(server.port)).toMatchObject({ end: "error-event", tokens: { output: 24 } });
    const raw = bodyOf(await post(flash, "streamGenerateContent", body, "sk-fake-error-event-after:2-x"));
    expect((JSON.parse(raw) as unknown[])[2]).toMatchObject({ error: { code: 503, status: "UNAVAILABLE" } });
  });

  test("truncated: no last chunk; and of an array no end", async () => {
    const body = ask("Explain how refunds work?");
    const chunks = await stream(body, flash, "sk-fake-truncate-after:2-x");
    expect(chunks.map((chunk) => chunk.candidates[0]?.finishReason)).toEqual([undefined, undefined]);
    expect(await lastEnded(server.port)).toMatchObject({ end: "truncated", usageDelivered: false });
    const raw = bodyOf(await post(flash, "streamGenerateContent", body, "sk-fake-truncate-after:2-x"));
    expect(() => JSON.parse(raw) as unknown).toThrow(SyntaxError);
  });

  test("without usage, with nonsense", async () => {
    expect("usageMetadata" in (await whole(ask("hi"), flash, "sk-fake-no-usage-x"))).toBe(false);
    const chunks = await stream(ask("hi"), flash, "sk-fake-no-usage-x");
    expect(chunks.some((chunk) => "usageMetadata" in chunk)).toBe(false);
    expect((await lastEnded(server.port)).usageDelivered).toBe(false);
    const nonsense = bodyOf(await post(flash, "generateContent", ask("hi"), "sk-fake-bad-usage:infinite-x"));
    expect(nonsense).toContain('"promptTokenCount": 1e999');
  });
});

const get = async (path: string): Promise<unknown> =>
  JSON.parse(bodyOf(await sendRaw(server.port, { method: "GET", path, headers: ["x-goog-api-key: k"] }))) as unknown;

describe("keys, counts, models", () => {
  test("the key comes in a header or in the query, and is not in the log", async () => {
    const path = `/v1beta/models/${lite}:generateContent`;
    const inQuery = await sendRaw(server.port, { path: `${path}?key=very-secret`, body: ask("hi") });
    expect(statusOf(inQuery)).toBe(200);
    const ended = await lastEnded(server.port);
    expect([ended.path, JSON.stringify(ended).includes("very-secret")]).toEqual([path, false]);
    const keyless = await sendRaw(server.port, { path, body: ask("hi") });
    expect([statusOf(keyless), messageOf(keyless)]).toEqual([403, expect.stringContaining("unauthenticated callers")]);
    const versionOne = await sendRaw(server.port, { path: path.replace("v1beta", "v1"), key: "k", body: ask("hi") });
    expect(statusOf(versionOne)).toBe(200);
  });

  test("counts as a call would, for nothing", async () => {
    const body = ask("What is the refund period?");
    const counted: unknown = JSON.parse(bodyOf(await post(flash, "countTokens", body)));
    expect(shapeDifference(counted, documented.count)).toBeNull();
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe("0");
    expect(counted).toMatchObject({ totalTokens: (await whole(body)).usageMetadata.promptTokenCount });
    const nested = { generateContentRequest: { model: `models/${flash}`, ...body, tools } };
    const all = JSON.parse(bodyOf(await post(flash, "countTokens", nested))) as { readonly totalTokens: number };
    expect(all.totalTokens).toBe((await whole({ ...body, tools }, flash)).usageMetadata.promptTokenCount);
  });

  test("lists models in pages, and one of them", async () => {
    expect(shapeDifference(await get(`/v1beta/models/${flash}`), documented.model)).toBeNull();
    const first = (await get("/v1beta/models?pageSize=3")) as { models: unknown[]; nextPageToken: string };
    expect(first.models).toHaveLength(3);
    const next = await get(`/v1/models?pageSize=3&pageToken=${first.nextPageToken}`);
    expect(next).toMatchObject({ models: [{ name: expect.not.stringContaining("1.5-flash") as unknown }, {}, {}] });
    expect(await get("/v1beta/models/gemini-nope")).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } });
  });
});

test.each([
  ["an unknown model", "gemini-nope", ask("hi"), 404, "is not found for API version v1beta"],
  ["no contents", lite, {}, 400, "contents is not specified"],
  ["no parts", lite, { contents: [{ role: "user", parts: [] }] }, 400, "contents.parts must not be empty"],
  [
    "a strange role",
    lite,
    { contents: [{ role: "assistant", parts: [{ text: "x" }] }] },
    400,
    "Please use a valid role: user, model.",
  ],
  ["an unknown member", lite, ask("hi", { messages: [] }), 400, 'Unknown name "messages": Cannot find field.'],
  [
    "an unknown setting",
    lite,
    ask("hi", { generationConfig: { max_tokens: 5 } }),
    400,
    "Unknown name \"max_tokens\" at 'generation_config'",
  ],
  [
    "an unknown part",
    lite,
    { contents: [{ parts: [{ type: "text", text: "x" }] }] },
    400,
    "Unknown name \"type\" at 'contents[0].parts[0]'",
  ],
  [
    "JSON Schema's own words in a declaration",
    lite,
    ask("hi", {
      tools: [
        {
          functionDeclarations: [
            {
              name: "f",
              parameters: { type: "OBJECT", properties: { a: { type: "OBJECT", additionalProperties: false } } },
            },
          ],
        },
      ],
    }),
    400,
    "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters.properties[0].value'",
  ],
  [
    "a name that is none",
    lite,
    ask("hi", { tools: [{ functionDeclarations: [{ name: "1 f" }] }] }),
    400,
    "Invalid function name",
  ],
  [
    "functions beside JSON",
    flash,
    ask("hi", { tools, generationConfig: { responseMimeType: "application/json" } }),
    400,
    "Function calling with a response mime type",
  ],
])("refuses %s in Google's words", async (_, model, body, status, message) => {
  const reply = await post(model, "generateContent", body);
  expect(statusOf(reply)).toBe(status);
  expect(messageOf(reply)).toContain(message);
  expect(await lastEnded(server.port)).toMatchObject({ end: "refused", invoicePicoUsd: "0" });
});
