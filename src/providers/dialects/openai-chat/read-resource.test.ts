import { describe, expect, test } from "vitest";
import { readResource } from "./read-resource.ts";

const usageOf = (document: object) => readResource(Buffer.from(JSON.stringify(document))).usage;
const provider = (rest: object) => ({ source: "provider", tokens: {}, ...rest });

// Bodies as the vendor documents them: developers.openai.com/api/reference, audio and images, and the types of openai-node 7.57.
describe("what a reply of another resource was", () => {
  test.each([
    ["whisper-1", { text: "Hello.", usage: { type: "duration", seconds: 9 } }, { audioInputSecond: 9 }],
    ["part of a second", { text: "Hi.", usage: { type: "duration", seconds: 12.34 } }, { audioInputSecond: 12.34 }],
    [
      "verbose_json without a usage",
      { task: "transcribe", language: "english", duration: 8.470000267028809, text: "The beach", segments: [] },
      { audioInputSecond: 8.470000267028809 },
    ],
    ["two pictures by address", { created: 1, data: [{ url: "https://a/1" }, { url: "https://a/2" }] }, { image: 2 }],
    ["a picture in the reply", { created: 1, data: [{ b64_json: "iVBO" }] }, { image: 1 }],
  ])("%s", (_, document, units) => {
    expect(usageOf(document)).toEqual(provider({ units }));
  });

  test("transcriptions by tokens tell sound and text apart", () => {
    const usage = {
      type: "tokens",
      input_tokens: 14,
      input_token_details: { text_tokens: 10, audio_tokens: 4 },
      output_tokens: 101,
      total_tokens: 115,
    };
    expect(usageOf({ text: "Imagine", usage })).toEqual(
      provider({ tokens: { input: 10, audioInput: 4, output: 101 } }),
    );
  });

  test("pictures by tokens are not counted as pictures too", () => {
    const usage = {
      total_tokens: 100,
      input_tokens: 50,
      output_tokens: 50,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
    };
    expect(usageOf({ created: 1, data: [{ b64_json: "iVBO" }], usage })).toEqual(
      provider({ tokens: { input: 10, imageInput: 40, output: 50 } }),
    );
  });

  test.each([
    ["seconds below zero", { usage: { type: "duration", seconds: -1 } }],
    ["seconds as a text", { usage: { type: "duration", seconds: "9" } }],
    ["no usage at all", { text: "Hello." }],
    ["a list that holds no picture", { object: "list", data: [{ id: "file-1" }] }],
    ["a usage that counts nothing", { usage: {} }],
  ])("nobody knows it of %s", (_, document) => {
    expect(usageOf(document).source).toBe("unknown");
  });

  test("and of what is no JSON", () => {
    expect(readResource(Buffer.from("1\n00:00:00,000 --> 00:00:05,000\nHello\n")).usage.source).toBe("unknown");
  });
});
