import { describe, expect, test } from "vitest";
import { decodeSse } from "../../../kit/sse-decode.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Asked } from "../../../spec/codec.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { objectOf } from "../json-fields.ts";
import { codec } from "./codec.ts";
import { foldStream } from "./fold-stream.ts";
import { readRequest } from "./read-request.ts";

const sse = (...documents: JsonObject[]): string =>
  documents.map((document) => `event: ${String(document["type"])}\ndata: ${JSON.stringify(document)}\n\n`).join("");

function readStream(text: string): readonly StreamEvent[] {
  const reader = codec.openReader(noQuirks);
  return decodeSse(Buffer.from(text)).flatMap(({ event, data }) => reader.read(event, data));
}

const asked: Asked = {
  request: readRequest(
    { model: "asked", input: "Hi", instructions: "Be brief.", tools: [], temperature: 0.5, metadata: { a: "b" } },
    1,
  ),
  requestId: "fr_1",
  nowS: 1_700_000_000,
};

interface Written {
  readonly types: readonly string[];
  readonly documents: readonly JsonObject[];
}

function writtenOf(events: readonly StreamEvent[]): Written {
  const writer = codec.openWriter(asked);
  const text = events.map((event) => writer.write([event])).join("") + writer.end();
  const decoded = decodeSse(Buffer.from(text));
  const documents = decoded.map(({ data }) => JSON.parse(data) as JsonObject);
  // The event line repeats the type, and the numbers go up by one.
  expect(decoded.map(({ event }) => event)).toEqual(documents.map(({ type }) => type));
  expect(documents.map(({ sequence_number: number }) => number)).toEqual(documents.map((_document, index) => index));
  return { types: decoded.map(({ event }) => event.replace("response.", "")), documents };
}

const responseOf = ({ documents }: Written): JsonObject => documents.at(-1)?.["response"] as JsonObject;
const start: StreamEvent = {
  type: "reply-start",
  responseId: "msg_9",
  servedModel: "served",
  createdAtS: 1_600_000_000,
};

describe("reading a recorded stream", () => {
  // vercel/ai packages/openai/src/responses/__fixtures__/openai-reasoning-encrypted-content.1.chunks.txt (recorded from
  // OpenAI, December 2025), shortened: ids, texts and the echo of the request are cut.
  const response = { id: "resp_1", object: "response", created_at: 1_765_552_659, model: "gpt-5.1", output: [] };
  const at = { item_id: "rs_1", output_index: 0, summary_index: 0 };
  const summary = [{ type: "summary_text", text: "**Plan**\n\nAdd." }];
  const thought = { id: "rs_1", type: "reasoning", encrypted_content: "gAAA-done", summary };
  const call = { id: "fc_1", type: "function_call", call_id: "call_1", name: "calculator" };
  const usage = {
    input_tokens: 134,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 81,
    output_tokens_details: { reasoning_tokens: 32 },
    total_tokens: 215,
  };
  const text = sse(
    { type: "response.created", sequence_number: 0, response: { ...response, status: "in_progress" } },
    { type: "response.in_progress", sequence_number: 1, response: { ...response, status: "in_progress" } },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { id: "rs_1", type: "reasoning", encrypted_content: "gAAA-begun", summary: [] },
    },
    { type: "response.reasoning_summary_part.added", ...at, part: { type: "summary_text", text: "" } },
    { type: "response.reasoning_summary_text.delta", ...at, delta: "**Plan**", obfuscation: "2ajSAGID" },
    { type: "response.reasoning_summary_text.delta", ...at, delta: "\n\nAdd.", obfuscation: "xX" },
    { type: "response.reasoning_summary_text.done", ...at, text: "**Plan**\n\nAdd." },
    { type: "response.reasoning_summary_part.done", ...at, part: summary[0] ?? null },
    { type: "response.output_item.done", output_index: 0, item: thought },
    {
      type: "response.output_item.added",
      output_index: 1,
      item: { ...call, status: "in_progress", arguments: "" },
    },
    { type: "response.function_call_arguments.delta", item_id: "fc_1", output_index: 1, delta: `{"a"` },
    { type: "response.function_call_arguments.delta", item_id: "fc_1", output_index: 1, delta: ":12}" },
    { type: "response.function_call_arguments.done", item_id: "fc_1", output_index: 1, arguments: `{"a":12}` },
    {
      type: "response.output_item.done",
      output_index: 1,
      item: { ...call, status: "completed", arguments: `{"a":12}` },
    },
    {
      type: "response.completed",
      response: { ...response, status: "completed", service_tier: "default", output: [thought], usage },
    },
  );

  test("gives the answer's events", () => {
    const events: readonly StreamEvent[] = [
      { type: "reply-start", responseId: "resp_1", servedModel: "gpt-5.1", createdAtS: 1_765_552_659 },
      { type: "reasoning-delta", text: "**Plan**" },
      { type: "reasoning-delta", text: "\n\nAdd." },
      { type: "reasoning-end", signature: "gAAA-done", redacted: null, id: "rs_1" },
      { type: "tool-call-start", index: 0, id: "call_1", name: "calculator" },
      { type: "tool-call-delta", index: 0, argumentsText: `{"a"` },
      { type: "tool-call-delta", index: 0, argumentsText: ":12}" },
      {
        type: "usage-report",
        usage: {
          source: "provider",
          serviceTier: "default",
          tokens: { input: 134, cacheRead: 0, output: 49, reasoning: 32 },
        },
      },
      { type: "finish", reason: "tool-calls" },
      { type: "reply-end" },
    ];
    expect(readStream(text)).toEqual(events);
    expect(foldStream(Buffer.from(text))).toEqual(events);
  });
});

const itemDone = (item: JsonObject, place: number): JsonObject => ({
  type: "response.output_item.done",
  output_index: place,
  item,
});

const completed = (output: JsonObject[]): JsonObject => ({
  type: "response.completed",
  response: { id: "resp_1", model: "m", output },
});

const summaryPart = (index: number): JsonObject => ({
  type: "response.reasoning_summary_part.added",
  output_index: 0,
  summary_index: index,
});

const pieceOf = (kind: string, text: string): JsonObject => ({
  type: `response.${kind}.delta`,
  output_index: 0,
  delta: text,
});

describe("reading odd streams", () => {
  const created: JsonObject = { type: "response.created", response: { id: "resp_1", model: "m", output: [] } };
  const message = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] };
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };

  // openai/codex codex-rs codex-api/src/sse/responses.rs (tests): servers may send whole items only.
  test("items that come whole", () => {
    expect(readStream(sse(itemDone(message, 0), itemDone(call, 1), completed([])))).toEqual([
      { type: "text-delta", text: "Hello" },
      { type: "tool-call-start", index: 0, id: "c", name: "f" },
      { type: "tool-call-delta", index: 0, argumentsText: "{}" },
      { type: "reply-start", responseId: "resp_1", servedModel: "m" },
      { type: "finish", reason: "tool-calls" },
      { type: "reply-end" },
    ]);
  });

  test("an answer that comes with the end only, and the rest of one that was begun", () => {
    const begun: JsonObject = { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hel" };
    expect(readStream(sse(created, begun, itemDone(message, 0), completed([message, call]))).slice(1, -2)).toEqual([
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      { type: "tool-call-start", index: 0, id: "c", name: "f" },
      { type: "tool-call-delta", index: 0, argumentsText: "{}" },
    ]);
  });

  test("two summaries are set apart, and a server that shows both summary and thinking is heard once", () => {
    const text = sse(
      summaryPart(0),
      pieceOf("reasoning_summary_text", "One."),
      summaryPart(1),
      pieceOf("reasoning_text", "Hidden."),
      pieceOf("reasoning_summary_text", "Two."),
      itemDone({ type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Hidden. And more." }] }, 0),
    );
    expect(readStream(text)).toEqual([
      ...["One.", "\n\n", "Two."].map((piece) => ({ type: "reasoning-delta", text: piece })),
      { type: "reasoning-end", signature: null, redacted: null, id: null },
    ]);
  });

  test("calls of the vendor's own tools are facts, but nothing to translate", () => {
    const text = sse(
      { type: "response.output_item.added", output_index: 0, item: { type: "web_search_call", id: "ws_1" } },
      { type: "response.code_interpreter_call_code.delta", output_index: 1, delta: "print()" },
    );
    expect(readStream(text)).toEqual([]);
    expect(foldStream(Buffer.from(text))).toEqual([
      { type: "tool-call-start", index: 0, id: "ws_1", name: "web_search_call" },
      { type: "tool-call-delta", index: 1, argumentsText: "print()" },
    ]);
  });

  // vercel/ai packages/openai/src/responses/__fixtures__/openai-error.1.chunks.txt and openai-response-failed-only.1,
  // shortened; the flat form is that of the schema (openai-node 7.57, ResponseErrorEvent).
  test.each<[string, JsonObject[], string | undefined]>([
    [
      "nested, then failed",
      [
        { type: "error", error: { type: "insufficient_quota", code: "insufficient_quota", message: "Quota." } },
        {
          type: "response.failed",
          response: { id: "resp_1", error: { code: "insufficient_quota", message: "Quota." } },
        },
      ],
      "insufficient_quota",
    ],
    ["flat", [{ type: "error", code: "server_error", message: "Quota.", param: null }], "server_error"],
    ["failed only", [{ type: "response.failed", response: { error: { code: "c", message: "Quota." } } }], "c"],
    ["without a kind", [{ type: "error", message: "Quota." }], undefined],
  ])("an error, %s, is told once", (_name, documents, kind) => {
    const errors = readStream(sse(created, ...documents)).filter(({ type }) => type === "stream-error");
    expect(errors).toEqual([{ type: "stream-error", message: "Quota.", ...(kind === undefined ? {} : { kind }) }]);
  });

  test("a failed response ends the stream without a reason to finish, and nothing follows the end", () => {
    const events = readStream(sse(created, { type: "response.failed", response: { error: null } }, created));
    expect(events.map(({ type }) => type)).toEqual(["reply-start", "stream-error", "reply-end"]);
  });

  test("nonsense is passed over", () => {
    const text = `data: <html>\n\ndata: []\n\ndata: {"type":7}\n\n${sse({ type: "response.novel" }, { type: "response.created", response: 7 })}`;
    expect(readStream(text)).toEqual([]);
  });
});

describe("writing a stream", () => {
  test("one message: the events in the vendor's order", () => {
    const written = writtenOf([
      start,
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      { type: "usage-report", usage: { source: "provider", tokens: { input: 3, output: 2 } } },
      { type: "finish", reason: "stop" },
      { type: "reply-end" },
    ]);
    expect(written.types).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    const part = { type: "output_text", annotations: [], logprobs: [], text: "Hello" };
    const item = { id: "msg_fr_1_0", type: "message", status: "completed", content: [part], role: "assistant" };
    expect(written.documents.at(-2)).toEqual({
      type: "response.output_item.done",
      sequence_number: 8,
      output_index: 0,
      item,
    });
    // What Codex and openai-node want of the end: id, whole output, whole usage, the request's settings.
    expect(responseOf(written)).toMatchObject({
      id: "msg_9",
      object: "response",
      created_at: 1_600_000_000,
      status: "completed",
      error: null,
      incomplete_details: null,
      model: "served",
      output: [item],
      instructions: "Be brief.",
      temperature: 0.5,
      top_p: 1,
      tool_choice: "auto",
      tools: [],
      parallel_tool_calls: true,
      metadata: { a: "b" },
      store: false,
      usage: {
        input_tokens: 3,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 5,
      },
    });
  });

  test("thinking, texts, refusals and interleaved calls: deltas add up to what the done events say", () => {
    const written = writtenOf([
      start,
      { type: "reasoning-delta", text: "Th" },
      { type: "reasoning-delta", text: "ink" },
      { type: "reasoning-end", signature: "sig", redacted: null, id: "other" },
      { type: "text-delta", text: "Hi" },
      { type: "refusal-delta", text: "No" },
      { type: "tool-call-start", index: 4, id: "c4", name: "f" },
      { type: "tool-call-start", index: 7, id: "c7", name: "g" },
      { type: "tool-call-delta", index: 7, argumentsText: `{"a"` },
      { type: "tool-call-delta", index: 4, argumentsText: "{ }" },
      { type: "tool-call-delta", index: 7, argumentsText: ":1}" },
      { type: "reasoning-end", signature: null, redacted: "blob", id: "rs_9" },
      { type: "text-delta", text: "Bye" },
      { type: "finish", reason: "tool-calls" },
    ]);
    expect(written.types).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "content_part.added",
      "refusal.delta",
      "refusal.done",
      "content_part.done",
      "output_item.done",
      "output_item.added",
      "output_item.added",
      "function_call_arguments.delta",
      "function_call_arguments.delta",
      "function_call_arguments.delta",
      "output_item.added",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "function_call_arguments.done",
      "output_item.done",
      "function_call_arguments.done",
      "output_item.done",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    const output = responseOf(written)["output"] as JsonObject[];
    const ended = written.documents.filter(({ type }) => type === "response.output_item.done");
    expect(ended.map(({ item }) => item)).toEqual(ended.map(({ output_index: place }) => output[Number(place)]));
    expect(output.map(({ type, id, call_id: callId, arguments: given }) => [type, id, callId, given])).toEqual([
      ["reasoning", "rs_fr_1_0", undefined, undefined],
      ["message", "msg_fr_1_1", undefined, undefined],
      ["function_call", "fc_fr_1_2", "c4", "{ }"],
      ["function_call", "fc_fr_1_3", "c7", `{"a":1}`],
      ["reasoning", "rs_9", undefined, undefined],
      ["message", "msg_fr_1_5", undefined, undefined],
    ]);
    expect(complaintsAbout(written.documents)).toEqual([]);
  });

  test("calls that say little: no arguments, no id, a name that comes late, one number for two calls", () => {
    const written = writtenOf([
      { type: "tool-call-start", index: 0, id: "a", name: "" },
      { type: "tool-call-start", index: 0, id: "a", name: "f" },
      { type: "tool-call-start", index: 0, id: "b", name: "g" },
      { type: "tool-call-delta", index: 0, argumentsText: "{}" },
      { type: "tool-call-start", index: 1, id: "", name: "h" },
      { type: "tool-call-delta", index: 9, argumentsText: "[1]" },
    ]);
    const output = responseOf(written)["output"] as JsonObject[];
    expect(output.map(({ call_id: callId, name, arguments: given }) => [callId, name, given])).toEqual([
      ["a", "f", "{}"],
      ["b", "g", "{}"],
      ["call_fr_1_2", "h", "{}"],
      ["call_fr_1_3", "", "[1]"],
    ]);
    expect(complaintsAbout(written.documents)).toEqual([]);
  });

  test("without a start, the request and the clock name the response", () => {
    const written = writtenOf([{ type: "finish", reason: "stop" }]);
    expect(responseOf(written)).toMatchObject({
      id: "resp_fr_1",
      model: "asked",
      created_at: 1_700_000_000,
      output: [],
    });
    expect(responseOf(written)["usage"]).toBeNull();
  });

  test.each([
    ["length", "incomplete", "max_output_tokens", "incomplete"],
    ["content-filter", "incomplete", "content_filter", "incomplete"],
    ["refusal", "incomplete", "content_filter", "incomplete"],
    ["pause", "incomplete", undefined, "incomplete"],
    ["unknown", "completed", undefined, "completed"],
    ["stop", "completed", undefined, "completed"],
  ] as const)("an answer that ended for %s is %s", (reason, status, why, itemStatus) => {
    const written = writtenOf([start, { type: "text-delta", text: "Hi" }, { type: "finish", reason }]);
    expect(written.types.at(-1)).toBe(status);
    expect(responseOf(written)).toMatchObject({
      status,
      incomplete_details: why === undefined ? null : { reason: why },
      output: [{ status: itemStatus }],
    });
  });

  test("a refusal in words is a completed response", () => {
    const written = writtenOf([start, { type: "refusal-delta", text: "No." }, { type: "finish", reason: "refusal" }]);
    expect(responseOf(written)).toMatchObject({ status: "completed", output: [{ content: [{ type: "refusal" }] }] });
  });

  test("an error is told at once, and an end after it is a failed response", () => {
    const written = writtenOf([
      start,
      { type: "text-delta", text: "Hi" },
      { type: "stream-error", message: "Overloaded", kind: "overloaded_error" },
    ]);
    expect(written.types.at(5)).toBe("error");
    expect(written.documents.at(5)).toMatchObject({ error: { type: "overloaded_error", message: "Overloaded" } });
    expect(written.types.at(-1)).toBe("failed");
    expect(responseOf(written)).toMatchObject({ status: "failed", error: { code: "overloaded_error" } });
  });
});

/**
 * What openai-node 7.57 checks while it gathers a stream (internal/responses/response-accumulator), as complaints: an item
 * is added at the end, ended once, named by its id in between; deltas add up; no id stands twice.
 */
function complaintsAbout(documents: readonly JsonObject[]): readonly string[] {
  const complaints: string[] = [];
  const begun: { id: string; done: boolean; text: string }[] = [];
  for (const { type, item_id: itemId, output_index: place, item, delta, arguments: whole } of documents) {
    const id = String(itemId ?? objectOf(item)?.["id"]);
    if (type === "response.output_item.added") {
      if (place !== begun.length) complaints.push(`${id} added at ${String(place)}`);
      if (begun.some((other) => other.id === id)) complaints.push(`${id} twice`);
      begun.push({ id, done: false, text: "" });
      continue;
    }
    const known = typeof place === "number" ? begun[place] : undefined;
    if (known === undefined) continue;
    if (known.done) complaints.push(`${String(type)} after the end of ${id}`);
    if (known.id !== id) complaints.push(`${id} at the place of ${known.id}`);
    if (typeof delta === "string") known.text += delta;
    if (typeof whole === "string" && whole !== known.text) complaints.push(`${id} does not add up`);
    const ended = objectOf(item)?.["arguments"];
    if (typeof ended === "string" && ended !== known.text) complaints.push(`${id} ends with other arguments`);
    known.done = type === "response.output_item.done";
  }
  return [...complaints, ...begun.filter(({ done }) => !done).map(({ id }) => `${id} never ended`)];
}
