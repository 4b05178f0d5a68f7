import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../spec/json.ts";
import { noQuirks, type Quirks } from "../../spec/quirks.ts";
import { type DialectName, translatedDialects } from "../../spec/request.ts";
import { inputTokenClasses, type Usage } from "../../spec/usage.ts";
import { allDialects } from "../dialects/all-dialects.ts";
import { saysOf } from "./carried-fields.ts";
import { createTranslator } from "./translator.ts";

/** A usage block as a vendor documents it, with what it says itself of its sums. */
interface UsageFixture {
  readonly name: string;
  readonly dialect: DialectName;
  readonly usage: JsonObject;
  readonly quirks?: Quirks;
  readonly input: number;
  readonly read: number;
  readonly written: number;
  readonly total: number;
}

/*
 * platform.openai.com/docs/guides/prompt-caching and reasoning, docs.claude.com/en/docs/build-with-claude/prompt-caching,
 * ai.google.dev/gemini-api/docs/caching and thinking, docs.x.ai/docs/guides/reasoning; read 2026-11-21.
 */
const fixtures: readonly UsageFixture[] = [
  {
    name: "chat, cached",
    dialect: "openai-chat",
    usage: {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    input: 2006,
    read: 1920,
    written: 0,
    total: 2306,
  },
  {
    name: "chat, written, with thinking and sound",
    dialect: "openai-chat",
    usage: {
      prompt_tokens: 3000,
      completion_tokens: 900,
      total_tokens: 3900,
      prompt_tokens_details: { cached_tokens: 1024, cache_write_tokens: 1500, audio_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 512, audio_tokens: 80 },
    },
    input: 3000,
    read: 1024,
    written: 1500,
    total: 3900,
  },
  {
    name: "chat, thinking outside the completion (xAI)",
    dialect: "openai-chat",
    usage: {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      completion_tokens_details: { reasoning_tokens: 94 },
    },
    quirks: { ...noQuirks, reasoningTokensOutside: true },
    input: 32,
    read: 0,
    written: 0,
    total: 135,
  },
  {
    name: "responses",
    dialect: "openai-responses",
    usage: {
      input_tokens: 75,
      input_tokens_details: { cached_tokens: 60 },
      output_tokens: 1186,
      output_tokens_details: { reasoning_tokens: 1024 },
      total_tokens: 1261,
    },
    input: 75,
    read: 60,
    written: 0,
    total: 1261,
  },
  {
    name: "messages, read and written with two lifetimes",
    dialect: "anthropic-messages",
    usage: {
      input_tokens: 2048,
      cache_read_input_tokens: 1800,
      cache_creation_input_tokens: 248,
      output_tokens: 503,
      cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
    },
    input: 4096,
    read: 1800,
    written: 248,
    total: 4599,
  },
  {
    name: "gemini, cached, thinking and tool prompts outside",
    dialect: "gemini",
    usage: {
      promptTokenCount: 1000,
      cachedContentTokenCount: 600,
      toolUsePromptTokenCount: 50,
      candidatesTokenCount: 120,
      thoughtsTokenCount: 300,
      totalTokenCount: 1470,
    },
    input: 1050,
    read: 600,
    written: 0,
    total: 1470,
  },
];

const replyOf: Readonly<Record<string, (usage: JsonObject) => JsonObject>> = {
  "openai-chat": (usage) => ({
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "a" }, finish_reason: "stop" }],
    usage,
  }),
  "openai-responses": (usage) => ({
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    model: "m",
    output: [
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "a", annotations: [] }],
      },
    ],
    usage,
  }),
  "anthropic-messages": (usage) => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "a" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage,
  }),
  gemini: (usageMetadata) => ({
    candidates: [{ content: { role: "model", parts: [{ text: "a" }] }, finishReason: "STOP", index: 0 }],
    usageMetadata,
    modelVersion: "m",
    responseId: "x",
  }),
};

const bytesOf = ({ dialect, usage }: UsageFixture): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(replyOf[dialect]?.(usage)));
const sumOf = (usage: Usage, wanted: (name: string) => boolean): number =>
  Object.entries(usage.tokens).reduce((sum, [name, count]) => sum + (wanted(name) ? count : 0), 0);
const isInput = (name: string): boolean => inputTokenClasses.some((token) => token === name);
const translator = createTranslator(allDialects, saysOf);

describe.each(fixtures)("$name", (fixture) => {
  const { dialect, quirks = noQuirks, input, read, written, total } = fixture;
  const { usage } = allDialects[dialect].readReply(bytesOf(fixture), quirks);

  it("uncached + read + written is the input, and all classes are the vendor's total", () => {
    expect(usage.tokens.cacheRead ?? 0).toBe(read);
    expect(sumOf(usage, (name) => name.startsWith("cacheWrite"))).toBe(written);
    expect(sumOf(usage, isInput)).toBe(input);
    expect(sumOf(usage, () => true)).toBe(total);
  });

  it.each(translatedDialects.filter((name) => name !== dialect))("counts the same in %s", (caller) => {
    const body = { model: "m", messages: [], input: "", contents: [], max_tokens: 1 };
    const request = allDialects[caller].readRequest(body, 0, { model: "m", stream: false });
    const translation = translator.between(caller, dialect);
    const answer = translation?.answer(bytesOf(fixture), { request, requestId: "fr_1", nowS: 1 }, quirks);
    const told = allDialects[caller].readReply(answer ?? new Uint8Array(0), noQuirks).usage;
    expect(told.source).toBe("provider");
    expect(told.tokens.cacheRead ?? 0).toBe(read);
    expect(sumOf(told, isInput)).toBe(input);
    expect(sumOf(told, () => true)).toBe(total);
  });
});
