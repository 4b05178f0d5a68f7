import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

const post = (path: string, body: unknown, key = "k"): Promise<RawReply> =>
  sendRaw(server.port, { path: `/v1/${path}`, key, body });
const json = async (path: string, body: unknown, key = "k"): Promise<unknown> =>
  JSON.parse(bodyOf(await post(path, body, key))) as unknown;
const on = (method: string, path: string, key = "k"): Promise<RawReply> =>
  sendRaw(server.port, { method, path: `/v1/${path}`, key });

/** A form of text fields and one file of so many bytes. */
function upload(
  path: string,
  fields: Readonly<Record<string, string>>,
  fileBytes: number | null,
  key = "k",
): Promise<RawReply> {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--B0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = '--B0\r\nContent-Disposition: form-data; name="file"; filename="call.wav"\r\n\r\n';
  const file = fileBytes === null ? [] : [Buffer.from(head), Buffer.alloc(fileBytes), Buffer.from("\r\n")];
  const body = Buffer.concat([Buffer.from(parts.join("")), ...file, Buffer.from("--B0--\r\n")]);
  const headers = ["content-type: multipart/form-data; boundary=B0"];
  return sendRaw(server.port, { path: `/v1/${path}`, key, headers, body });
}

describe("moderations", () => {
  test("a result for each text, with every category, for nothing", async () => {
    const reply = (await json("moderations", { input: ["I will kill time", "hello"] })) as {
      readonly results: readonly { readonly flagged: boolean; readonly categories: Record<string, boolean> }[];
    };
    expect(reply.results.map((result) => result.flagged)).toEqual([true, false]);
    expect(Object.keys(reply.results[0]?.categories ?? {})).toHaveLength(13);
    expect(reply.results[0]?.categories["violence"]).toBe(true);
    expect(await lastEnded(server.port)).toMatchObject({ end: "complete", invoicePicoUsd: "0" });
    const parts = [
      { type: "text", text: "kill" },
      { type: "image_url", image_url: { url: "https://a.invalid/b.png" } },
    ];
    expect((await json("moderations", { input: parts })) as typeof reply).toMatchObject({
      results: [{ flagged: true }],
    });
    expect(bodyOf(await post("moderations", {}))).toContain("Missing required parameter: 'input'.");
  });
});

describe("images", () => {
  test("GPT image models send bytes and tokens by kind", async () => {
    const reply = await json("images/generations", { model: "gpt-image-1", prompt: "a red cat", quality: "low", n: 2 });
    /** platform.openai.com/docs/api-reference/images/object, transcribed by hand on 2026-05-02. */
    expect(
      shapeDifference(reply, {
        created: 1_713_833_628,
        background: "opaque",
        output_format: "png",
        quality: "high",
        size: "1024x1024",
        data: [{ b64_json: "..." }],
        usage: {
          input_tokens: 50,
          input_tokens_details: { image_tokens: 40, text_tokens: 10 },
          output_tokens: 50,
          total_tokens: 100,
        },
      }),
    ).toBeNull();
    // Three words at $5, two pictures of 272 tokens at $40 per million.
    expect(await lastEnded(server.port)).toMatchObject({
      usageDelivered: true,
      invoicePicoUsd: String(3n * 5_000_000n + 544n * 40_000_000n),
    });
  });

  test("dall-e-3 sends a link, no usage, and is sold by the picture", async () => {
    const reply = await json("images/generations", {
      model: "dall-e-3",
      prompt: "a cat",
      size: "1792x1024",
      quality: "hd",
    });
    expect(Object.keys(reply as object)).toEqual(["created", "data"]);
    // Three units of $0.04.
    const ended = await lastEnded(server.port);
    expect([ended.invoicePicoUsd, ended.usageDelivered]).toEqual([String(3n * 40_000_000_000n), false]);
  });

  test("refuse sizes that there are not", async () => {
    expect(statusOf(await post("images/generations", { model: "gpt-image-1", prompt: "x", size: "1x1" }))).toBe(400);
  });
});

const speak = (more: object = {}, key = "k"): Promise<RawReply> =>
  post("audio/speech", { model: "gpt-4o-mini-tts", input: "Hello there, how are you?", voice: "alloy", ...more }, key);

describe("speech", () => {
  test("is bytes of the format asked for, counted and without usage", async () => {
    const wav = await speak({ response_format: "wav" });
    expect(headOf(wav)).toContain("content-type: audio/wav");
    const bytes = wav.bytes.subarray(wav.bytes.indexOf("\r\n\r\n") + 4);
    expect(bytes.toString("latin1", 0, 4)).toBe("RIFF");
    // 25 letters are two seconds of 24,000 samples of 2 bytes.
    expect([bytes.length, bytes.readUInt32LE(40)]).toEqual([44 + 96_000, 96_000]);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ usageDelivered: false, tokens: { input: 7, output: 40 } });
    // $0.60 and $12 per million.
    expect(ended.invoicePicoUsd).toBe(String(7n * 600_000n + 40n * 12_000_000n));
    expect(headOf(await speak())).toContain("content-type: audio/mpeg");
  });

  test("older models are sold by the letter", async () => {
    await speak({ model: "tts-1" });
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe(String(25n * 15_000_000n));
  });

  test("as events it ends with its usage", async () => {
    const events = eventsOf(bodyOf(await speak({ stream_format: "sse", response_format: "pcm" })));
    const parsed = events.map((event) => JSON.parse(event.data) as { type: string; audio?: string });
    const sound = Buffer.concat(parsed.map((event) => Buffer.from(event.audio ?? "", "base64")));
    expect(sound).toHaveLength(96_000);
    expect(parsed.at(-1)).toEqual({
      type: "speech.audio.done",
      usage: { input_tokens: 7, output_tokens: 40, total_tokens: 47 },
    });
    expect((await lastEnded(server.port)).usageDelivered).toBe(true);
    const failing = { stream_format: "sse", response_format: "pcm" };
    const failed = eventsOf(bodyOf(await speak(failing, "sk-fake-error-event-after:3-x")));
    expect([failed.length, failed[3]?.data.includes("server_error")]).toEqual([4, true]);
    // Three events of twelve.
    expect((await lastEnded(server.port)).tokens.output).toBe(Math.ceil((40 * 3 * 8_192) / 96_000));
  });

  test("bytes can be broken off like any other reply", async () => {
    const reply = await speak({ response_format: "pcm" }, "sk-fake-reset-at-byte:5000-x");
    expect([reply.bytes.length, reply.closed]).toEqual([5_000, "reset"]);
    expect(bodyOf(await speak({ voice: undefined }))).toContain("'voice'");
    expect(bodyOf(await speak({ input: "x".repeat(4_097) }))).toContain("string_above_max_length");
  });
});

const transcribeAs = async (format: string): Promise<string> =>
  bodyOf(await upload("audio/transcriptions", { model: "whisper-1", response_format: format }, 160_000));

describe("transcriptions", () => {
  test("by token: sound and text apart, in the usage and in the invoice", async () => {
    const fields = { model: "gpt-4o-transcribe", prompt: "a parcel" };
    const reply = JSON.parse(bodyOf(await upload("audio/transcriptions", fields, 40_000))) as {
      readonly text: string;
      readonly usage: { readonly output_tokens: number };
    };
    // Three seconds begun.
    expect(reply.usage).toMatchObject({
      type: "tokens",
      input_tokens: 32,
      input_token_details: { text_tokens: 2, audio_tokens: 30 },
      total_tokens: 32 + reply.usage.output_tokens,
    });
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ model: "gpt-4o-transcribe", tokens: { input: 2, inputAudio: 30 } });
    const output = BigInt(reply.usage.output_tokens) * 10_000_000n;
    expect(ended.invoicePicoUsd).toBe(String(2n * 2_500_000n + 30n * 6_000_000n + output));
  });

  test("by the second, in every form of text", async () => {
    expect(JSON.parse(await transcribeAs("json"))).toMatchObject({ usage: { type: "duration", seconds: 10 } });
    // $0.006 a minute.
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe(String(1_000_000_000n));
    expect(JSON.parse(await transcribeAs("verbose_json"))).toMatchObject({ duration: 10, task: "transcribe" });
    expect(await transcribeAs("vtt")).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:10\.000\n/);
    expect(await transcribeAs("srt")).toMatch(/^1\n00:00:00,000 --> 00:00:10,000\n/);
    expect(await transcribeAs("text")).toMatch(/^The caller asks/);
    expect((await lastEnded(server.port)).usageDelivered).toBe(false);
  });

  test("streamed: the same text, and the usage at the end", async () => {
    const fields = { model: "gpt-4o-mini-transcribe", stream: "true" };
    const events = eventsOf(bodyOf(await upload("audio/transcriptions", fields, 20_000)));
    const parsed = events.map((event) => JSON.parse(event.data) as { type: string; delta?: string; text?: string });
    expect(parsed.map((event) => event.delta ?? "").join("")).toBe(parsed.at(-1)?.text);
    expect(parsed.at(-1)).toMatchObject({ type: "transcript.text.done", usage: { type: "tokens" } });
    expect(await lastEnded(server.port)).toMatchObject({ stream: true, usageDelivered: true });
  });

  test("refuse what they need and do not get", async () => {
    expect(bodyOf(await upload("audio/transcriptions", { model: "whisper-1" }, null))).toContain("'file'");
    expect(bodyOf(await upload("audio/transcriptions", {}, 10))).toContain("'model'");
    const srt = { model: "gpt-4o-transcribe", response_format: "srt" };
    expect(bodyOf(await upload("audio/transcriptions", srt, 10))).toContain("not compatible");
    expect(statusOf(await post("audio/transcriptions", { model: "whisper-1" }))).toBe(400);
  });
});

describe("files", () => {
  test("are taken, listed newest first, read and deleted, by their owner only", async () => {
    const file = JSON.parse(bodyOf(await upload("files", { purpose: "batch" }, 123, "owner"))) as {
      readonly id: string;
    };
    /** platform.openai.com/docs/api-reference/files/object, transcribed by hand on 2026-05-02. */
    const shape = {
      object: "file",
      id: "file-abc123",
      purpose: "batch",
      filename: "salesOverview.pdf",
      bytes: 120_000,
      created_at: 1_677_610_602,
      expires_at: null,
      status: "processed",
      status_details: null,
    };
    expect(shapeDifference(file, shape)).toBeNull();
    expect(file).toMatchObject({ bytes: 123, filename: "call.wav" });
    const second = JSON.parse(bodyOf(await upload("files", { purpose: "vision" }, 5, "owner"))) as {
      readonly id: string;
    };
    expect(JSON.parse(bodyOf(await on("GET", "files", "owner")))).toMatchObject({
      object: "list",
      data: [{ id: second.id }, { id: file.id }],
      has_more: false,
    });
    expect(JSON.parse(bodyOf(await on("GET", "files", "other")))).toMatchObject({ data: [] });
    expect(JSON.parse(bodyOf(await on("GET", `files/${file.id}`, "owner")))).toEqual(file);
    expect(JSON.parse(bodyOf(await on("DELETE", `files/${file.id}`, "owner")))).toEqual({
      object: "file",
      deleted: true,
      id: file.id,
    });
    expect(statusOf(await on("GET", `files/${file.id}`, "owner"))).toBe(404);
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe("0");
  });

  test("need a purpose that there is, and bytes", async () => {
    expect(bodyOf(await upload("files", {}, 5))).toContain("'purpose'");
    expect(bodyOf(await upload("files", { purpose: "fun" }, 5))).toContain("is not one of");
    expect(bodyOf(await upload("files", { purpose: "batch" }, null))).toContain("'file'");
  });
});
