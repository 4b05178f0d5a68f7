import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, headOf, lastEnded, sendRaw, statusOf, type RawReply } from "../test-raw-client.ts";
import { shapeDifference } from "../test-shape.ts";
import { startServer, type RunningServer } from "../server.ts";
import { readSettings } from "../settings.ts";
import { embedText } from "./embed-text.ts";

/** platform.openai.com/docs/api-reference/embeddings/create, transcribed by hand on 2025-06-16. */
const documented = {
  object: "list",
  data: [{ object: "embedding", index: 0, embedding: [0.0023064255] }],
  model: "text-embedding-ada-002",
  usage: { prompt_tokens: 8, total_tokens: 8 },
};

let server: RunningServer;
const settings = readSettings(["--latency", "none", "--seed", "3"]);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

interface Embeddings<Vector> {
  readonly data: readonly { readonly index: number; readonly embedding: Vector }[];
  readonly usage: { readonly prompt_tokens: number };
}

const small = "text-embedding-3-small";
const post = (body: object, key = "k"): Promise<RawReply> =>
  sendRaw(server.port, { path: "/v1/embeddings", key, body: { model: small, ...body } });
const embed = async (body: object): Promise<Embeddings<number[]>> =>
  JSON.parse(bodyOf(await post(body))) as Embeddings<number[]>;
const dot = (left: ArrayLike<number>, right: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
};

const vector = (text: string, dimensions = 1_536): Float32Array => embedText(text, small, 1_536, dimensions);

describe("vectors", () => {
  test("are of length 1, the same for the same text, and no other text's", () => {
    for (const text of ["refund policy", "", "漢字"]) {
      expect(dot(vector(text), vector(text))).toBeCloseTo(1, 5);
    }
    expect(vector("refund policy")).toEqual(vector("refund policy"));
    expect(vector("refund policy")).not.toEqual(vector("Refund policy"));
    expect(embedText("hi", "other", 1_536, 1_536)).not.toEqual(vector("hi"));
  });

  test("of texts that share words are near each other", () => {
    const near = dot(vector("how long does a refund take"), vector("how long does the refund take"));
    const far = dot(vector("how long does a refund take"), vector("quarterly server maintenance"));
    expect(near).toBeGreaterThan(0.6);
    expect(Math.abs(far)).toBeLessThan(0.3);
  });

  test("are shortened by their first places", () => {
    const short = vector("refund policy", 256);
    const long = vector("refund policy");
    expect(short).toHaveLength(256);
    expect(dot(short, short)).toBeCloseTo(1, 5);
    const ratio = (short[0] ?? 0) / (long[0] ?? 1);
    for (let at = 0; at < 256; at++) expect(short[at]).toBeCloseTo((long[at] ?? 0) * ratio, 5);
  });
});

describe("POST /v1/embeddings", () => {
  test("one text: the documented shape, counted and invoiced", async () => {
    const reply = await embed({ input: "What is the refund period?" });
    expect(shapeDifference(reply, documented)).toBeNull();
    expect(reply.data[0]?.embedding).toHaveLength(1_536);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ servedModel: small, usageDelivered: true, tokens: { input: 6, output: 0 } });
    // $0.02 per million.
    expect(ended.invoicePicoUsd).toBe(String(6n * 20_000n));
    expect(headOf(await post({ input: "hi" }))).toContain("x-ratelimit-remaining-tokens: 29999999");
  });

  test("its models are in the list", async () => {
    const headers = { authorization: "Bearer k" };
    const list = await (await fetch(`http://127.0.0.1:${server.port}/v1/models`, { headers })).text();
    for (const name of [small, "gpt-4o", "gpt-3.5-turbo-instruct", "gpt-image-1", "tts-1", "whisper-1"]) {
      expect(list).toContain(`"id":"${name}"`);
    }
  });

  test("several texts and token numbers keep their order", async () => {
    const texts = await embed({ input: ["one", "two", "one"] });
    expect(texts.data.map((entry) => entry.index)).toEqual([0, 1, 2]);
    expect(texts.data[2]?.embedding).toEqual(texts.data[0]?.embedding);
    expect(texts.data[1]?.embedding).not.toEqual(texts.data[0]?.embedding);
    expect((await embed({ input: [11, 12, 13] })).usage.prompt_tokens).toBe(3);
    const lists = await embed({ input: [[11, 12], [13]] });
    expect([lists.data.length, lists.usage.prompt_tokens]).toEqual([2, 3]);
  });

  test("base64 is the same numbers", async () => {
    const input = "refund policy";
    const floats = (await embed({ input, dimensions: 64 })).data[0]?.embedding ?? [];
    const reply = await post({ input, dimensions: 64, encoding_format: "base64" });
    const text = (JSON.parse(bodyOf(reply)) as Embeddings<string>).data[0]?.embedding ?? "";
    const bytes = Buffer.from(text, "base64");
    expect(bytes).toHaveLength(256);
    expect(floats.map((_, at) => bytes.readFloatLE(at * 4))).toEqual(floats.map((value) => Math.fround(value)));
  });

  test.each([
    ["an empty text", { input: "" }, "'$.input' is invalid"],
    ["no input", {}, "Missing required parameter: 'input'."],
    ["a number", { input: 7 }, "'$.input' is invalid"],
    ["too many places", { input: "hi", dimensions: 9_000 }, "Must be less than or equal to 1536"],
    ["an old model's places", { input: "hi", model: "text-embedding-ada-002", dimensions: 5 }, "does not support"],
    ["a strange form", { input: "hi", encoding_format: "int8" }, "encoding_format"],
    ["too long a text", { input: "word ".repeat(9_000) }, "maximum context length is 8192 tokens"],
    ["a chat model", { input: "hi", model: "gpt-4o" }, "does not exist"],
  ])("refuses %s", async (_, body, message) => {
    const reply = await post(body);
    expect(statusOf(reply)).toBeGreaterThanOrEqual(400);
    expect(bodyOf(reply)).toContain(message);
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe("0");
  });

  test("faults: an error, no usage, nonsense, a model without a price", async () => {
    expect(statusOf(await post({ input: "hi" }, "sk-fake-error:429:retry-after=1-x"))).toBe(429);
    expect(bodyOf(await post({ input: "hi" }, "sk-fake-no-usage-x"))).not.toContain("prompt_tokens");
    expect((await lastEnded(server.port)).usageDelivered).toBe(false);
    expect(bodyOf(await post({ input: "hi" }, "sk-fake-bad-usage:text-x"))).toContain('"prompt_tokens":"many"');
    await post({ input: "hi", model: "text-embedding-fake-unpriced" });
    expect((await lastEnded(server.port)).invoicePicoUsd).toBeNull();
  });
});
