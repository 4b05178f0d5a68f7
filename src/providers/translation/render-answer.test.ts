import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Asked, Codec } from "../../spec/codec.ts";
import type { Answer } from "../../spec/conversation.ts";
import type { JsonObject } from "../../spec/json.ts";
import { noQuirks } from "../../spec/quirks.ts";
import { type DialectName, translatedDialects } from "../../spec/request.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import type { AnswerBytes, RenderedAnswer } from "../../spec/translation.ts";
import type { Usage } from "../../spec/usage.ts";
import { decodeSse } from "../../kit/sse-decode.ts";
import { allDialects } from "../dialects/all-dialects.ts";
import { renderAnswer } from "./render-answer.ts";
import { answerOfEvents } from "./test-answer-of-events.ts";
import { eventsArbitrary } from "./test-answers.ts";
import { carriedBetween } from "./test-round-trip.ts";
import { shapeOfPair } from "./test-shapes.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const seed = Number(process.env["FARTHING_SEED"] ?? 1);

function codecOf(dialect: DialectName): Codec {
  const { codec } = allDialects[dialect];
  if (codec === null) throw new Error(`${dialect} has no codec`);
  return codec;
}

interface Form {
  readonly dialect: DialectName;
  readonly stream: boolean;
  readonly streamUsage?: boolean;
}

function askedIn({ dialect, stream, streamUsage = true }: Form): Asked {
  const turns = { role: "user", content: "hi", parts: [{ text: "hi" }] };
  const options = dialect === "openai-chat" && stream ? { stream_options: { include_usage: streamUsage } } : {};
  const body = { model: "m", messages: [turns], input: "hi", contents: [turns], max_tokens: 9, stream, ...options };
  const request = allDialects[dialect].readRequest(body, 0, { model: "m", stream });
  return { request, requestId: "fr_1", nowS: 1_000 };
}

/** An answer as a provider of this dialect and form would have sent it. */
function bytesOf(answer: Answer, events: readonly StreamEvent[], form: Form): AnswerBytes {
  const { dialect, stream, streamUsage = true } = form;
  const { usage } = answer;
  const codec = codecOf(dialect);
  const asked = askedIn(form);
  if (!stream) {
    const body = utf8(JSON.stringify(codec.writeAnswer(answer, asked)));
    return { dialect, kind: "whole", pieces: [body], streamUsage, usage };
  }
  const writer = codec.openWriter(asked);
  const pieces = events.slice(0, -1).map((event) => utf8(writer.write([event])));
  return { dialect, kind: "stream", pieces: [...pieces, utf8(writer.end())], streamUsage, usage };
}

function readAgain({ dialect, kind, pieces }: RenderedAnswer): Answer {
  const codec = codecOf(dialect);
  const bytes = Buffer.concat(pieces);
  if (kind === "whole") {
    const answer = codec.readAnswer(bytes, noQuirks);
    if (answer === null) throw new Error("no answer");
    return answer;
  }
  const reader = codec.openReader(noQuirks);
  const events = decodeSse(bytes).flatMap(({ event, data }) => reader.read(event, data));
  return answerOfEvents([...events, ...reader.finish()]);
}

const sum = (usage: Usage): number => Object.values(usage.tokens).reduce((total, count) => total + (count ?? 0), 0);
/** Times that counts stand in a stream of chat completions. */
const usageReports = ({ dialect, pieces }: RenderedAnswer | AnswerBytes): number =>
  dialect === "openai-chat" ? Buffer.concat(pieces).toString().split('"prompt_tokens":').length - 1 : 1;
const textOf = ({ parts }: Answer): string => parts.map((part) => ("text" in part ? part.text : "")).join("");
const callsOf = ({ parts }: Answer): unknown =>
  parts.flatMap((part) =>
    part.type === "tool-call" ? [[part.id, part.name, JSON.parse(part.argumentsText || "{}") as unknown]] : [],
  );

const pairs: readonly (readonly [DialectName, DialectName])[] = translatedDialects.flatMap((from) =>
  translatedDialects.map((to) => [from, to] as const),
);
const modes: readonly (readonly [boolean, boolean])[] = [false, true].flatMap((wasStream) =>
  [false, true].map((stream) => [wasStream, stream] as const),
);

describe.each(pairs)("an answer of %s, given to a caller of %s", (from, to) => {
  it.each(modes)("says the same (streamed before: %s, now: %s)", (wasStream, stream) => {
    let rendered = 0;
    let all = 0;
    const told = eventsArbitrary(carriedBetween(from, to), shapeOfPair(from, to));
    const law = fc.property(told, ({ answer, events }) => {
      all++;
      const stored = bytesOf(answer, events, { dialect: from, stream: wasStream });
      const given = renderAnswer(allDialects, stored, askedIn({ dialect: to, stream }));
      if (given === null) return;
      rendered++;
      expect(given).toMatchObject({ dialect: to, kind: stream ? "stream" : "whole" });
      const again = readAgain(given);
      expect(textOf(again)).toBe(textOf(answer));
      expect(callsOf(again)).toEqual(callsOf(answer));
      expect(again.finish).toBe(answer.finish);
      expect(again.model).toBe(answer.model || "m");
      expect(again.id === answer.id || from !== to || answer.id === "").toBe(true);
      expect(sum(again.usage)).toBe(sum(answer.usage));
      expect(usageReports(given)).toBeLessThanOrEqual(1);
    });
    fc.assert(law, { numRuns: 25, seed });
    // What the dialects cannot both say is refused; what they can, as it is generated here, hardly ever.
    expect(rendered / all).toBeGreaterThan(0.8);
  });
});

const noted = { system_fingerprint: "fp_1", service_tier: "default" };
const details = {
  prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, accepted_prediction_tokens: 0 },
};
const counts = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, ...details };
const message = { role: "assistant", content: "Two words.", refusal: null, annotations: [] };
const choice = { index: 0, message, logprobs: null, finish_reason: "stop" };
const chat = {
  id: "c1",
  object: "chat.completion",
  created: 5,
  model: "m-1",
  choices: [choice],
  usage: counts,
  ...noted,
};
const block = { type: "text", text: "Two words.", citations: null };
const spent = { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 3, service_tier: "standard" };
const note = { id: "m1", type: "message", role: "assistant", model: "m-1", content: [block], stop_reason: "end_turn" };
const claude = { ...note, stop_sequence: null, usage: spent, container: null };
const piece = { type: "output_text", text: "Two words.", annotations: [], logprobs: [] };
const output = [
  { id: "rs_1", type: "reasoning", summary: [] },
  { id: "msg_1", type: "message", status: "completed", role: "assistant", content: [piece] },
];
const billed = { input_tokens: 7, output_tokens: 3, total_tokens: 10, output_tokens_details: { reasoning_tokens: 1 } };
const response = {
  id: "r1",
  object: "response",
  created_at: 5,
  status: "completed",
  model: "m-1",
  output,
  usage: billed,
  error: null,
  incomplete_details: null,
  instructions: null,
  tools: [],
  store: true,
  temperature: 1,
  text: { format: { type: "text" }, verbosity: "medium" },
  reasoning: { effort: "medium", summary: null },
};
const candidate = { content: { role: "model", parts: [{ text: "Two words." }] }, finishReason: "STOP", index: 0 };
const measured = { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 };
const google = { candidates: [candidate], usageMetadata: measured, modelVersion: "m-1", responseId: "g1" };
const usage: Usage = { source: "provider", tokens: { input: 5, cacheRead: 2, output: 3 } };
const bodies: Readonly<Record<string, JsonObject>> = {
  "openai-chat": chat,
  "anthropic-messages": claude,
  "openai-responses": response,
  gemini: google,
};

function wholeOf(dialect: DialectName, document: JsonObject): AnswerBytes {
  return { dialect, kind: "whole", pieces: [utf8(JSON.stringify(document))], streamUsage: false, usage };
}

describe.each(translatedDialects)("an answer as %s's vendor sends it", (dialect) => {
  it("becomes a stream with words for pieces, and the stream the same answer again", () => {
    const stored = wholeOf(dialect, bodies[dialect] ?? {});
    const streamed = renderAnswer(allDialects, stored, askedIn({ dialect, stream: true }));
    const text = Buffer.concat(streamed?.pieces ?? []).toString();
    expect(text).toContain('"Two"');
    expect(text).toContain('" words."');
    expect(streamed?.headers).toEqual(["content-type", "text/event-stream"]);
    const again = streamed === null ? null : { ...stored, ...streamed };
    const whole = again && renderAnswer(allDialects, again, askedIn({ dialect, stream: false }));
    expect(whole && textOf(readAgain(whole))).toBe("Two words.");
    expect(whole && sum(readAgain(whole).usage)).toBe(10);
  });

  it("goes to callers of every other dialect", () => {
    for (const other of translatedDialects) {
      const given = renderAnswer(
        allDialects,
        wholeOf(dialect, bodies[dialect] ?? {}),
        askedIn({ dialect: other, stream: false }),
      );
      expect(given).not.toBeNull();
    }
  });
});

const choices = (change: object): JsonObject => ({ ...chat, choices: [{ ...choice, ...change }] });
const blocks = (change: object): JsonObject => ({ ...claude, content: [{ ...block, ...change }] });
const items = (change: object): JsonObject => ({ ...response, output: [{ ...output[1], ...change }] });
const candidates = (change: object): JsonObject => ({ ...google, candidates: [{ ...candidate, ...change }] });

describe("what another form would not have is a miss", () => {
  const losses: readonly (readonly [string, DialectName, JsonObject])[] = [
    ["log probabilities", "openai-chat", choices({ logprobs: { content: [{ token: "a", logprob: -1 }] } })],
    [
      "citations of a search",
      "openai-chat",
      choices({ message: { ...message, annotations: [{ type: "url_citation" }] } }),
    ],
    ["citations beside the answer", "openai-chat", { ...chat, citations: ["https://a.test"] }],
    ["several answers", "openai-chat", { ...chat, choices: [choice, { ...choice, index: 1 }] }],
    ["sound", "openai-chat", choices({ message: { ...message, audio: { id: "a" } } })],
    [
      "a text in parts of its own",
      "openai-chat",
      choices({ message: { ...message, content: [{ type: "text", text: "a" }] } }),
    ],
    ["a member of tomorrow", "openai-chat", choices({ verdict: "true" })],
    ["citations", "anthropic-messages", blocks({ citations: [{ cited_text: "a" }] })],
    [
      "a tool of the vendor",
      "anthropic-messages",
      blocks({ type: "server_tool_use", id: "s", name: "web_search", input: {} }),
    ],
    ["why it was refused", "anthropic-messages", { ...claude, stop_details: { type: "refusal" } }],
    ["annotations", "openai-responses", items({ content: [{ ...piece, annotations: [{ type: "file_citation" }] }] })],
    ["probabilities", "openai-responses", items({ content: [{ ...piece, logprobs: [{ token: "a" }] }] })],
    ["a search", "openai-responses", items({ type: "web_search_call" })],
    ["commentary", "openai-responses", items({ phase: "commentary" })],
    ["where it was seen before", "gemini", candidates({ citationMetadata: { citationSources: [{ uri: "u" }] } })],
    [
      "code that was run",
      "gemini",
      candidates({ content: { role: "model", parts: [{ executableCode: { code: "1" } }] } }),
    ],
    ["grounding", "gemini", candidates({ groundingMetadata: { webSearchQueries: ["q"] } })],
    ["nothing", "gemini", {}],
  ];
  it.each(losses)("%s of %s", (_name, dialect, document) => {
    expect(renderAnswer(allDialects, wholeOf(dialect, document), askedIn({ dialect, stream: true }))).toBeNull();
  });

  it.each([
    [
      "probabilities in a chunk",
      'data: {"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}]}}]}',
    ],
    ["an error", 'data: {"error":{"message":"m"}}'],
    ["no end", "data: {}"],
  ])("%s of a stream", (name, event) => {
    const start = 'data: {"id":"c","model":"m","choices":[{"delta":{"role":"assistant","content":"a"}}]}';
    const end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}';
    const done = name === "no end" ? "" : "data: [DONE]\n\n";
    const text = `${start}\n\n${event}\n\n${end}\n\n${done}`;
    const stored: AnswerBytes = {
      dialect: "openai-chat",
      kind: "stream",
      pieces: [utf8(text)],
      streamUsage: false,
      usage,
    };
    expect(renderAnswer(allDialects, stored, askedIn({ dialect: "openai-chat", stream: false }))).toBeNull();
  });
});

describe("the usage chunk", () => {
  const stored = wholeOf("openai-chat", chat);
  const streamed = (streamUsage: boolean, from: AnswerBytes = stored): AnswerBytes => {
    const asked = askedIn({ dialect: "openai-chat", stream: true, streamUsage });
    const given = renderAnswer(allDialects, from, asked);
    if (given === null) throw new Error("not rendered");
    return { ...from, ...given };
  };

  it("stands in a stream once where it was asked for, and else not", () => {
    expect(usageReports(streamed(true))).toBe(1);
    expect(usageReports(streamed(false))).toBe(0);
  });

  it("is left out of stored bytes, and all others stay", () => {
    const withChunk = streamed(true);
    const kept = Buffer.concat(streamed(false, withChunk).pieces).toString();
    const events = Buffer.concat(withChunk.pieces).toString().split("\n\n");
    expect(kept).toBe(events.filter((event) => !event.includes("prompt_tokens")).join("\n\n"));
  });

  it("is added where the stream was stored without it", () => {
    expect(usageReports(streamed(true, streamed(false)))).toBe(1);
  });

  it("is not made of an estimate", () => {
    const estimated: AnswerBytes = { ...stored, usage: { source: "estimated", tokens: { input: 1, output: 1 } } };
    expect(usageReports(streamed(true, estimated))).toBe(0);
  });
});
