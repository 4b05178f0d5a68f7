import { afterAll, beforeAll, describe, expect, test } from "vitest";
import documented from "../fixtures/openai-responses.json" with { type: "json" };
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

interface Item {
  readonly id: string;
  readonly type: string;
  readonly status?: string;
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly encrypted_content?: string;
  readonly summary?: readonly unknown[];
  readonly content?: readonly { readonly text: string }[];
}

interface Response {
  readonly id: string;
  readonly status: string;
  readonly incomplete_details: { readonly reason: string } | null;
  readonly output: readonly Item[];
  readonly usage: {
    readonly input_tokens: number;
    readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
    readonly output_tokens: number;
    readonly output_tokens_details: { readonly reasoning_tokens: number };
    readonly total_tokens: number;
  };
}

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly output_index?: number;
  readonly delta?: string;
  readonly arguments?: string;
  readonly item?: Item;
  readonly response?: Response;
}

const ask = (input: unknown, more: object = {}): object => ({ model: "gpt-4o", input, ...more });
const post = (body: unknown, key = "k", path = "/v1/responses"): Promise<RawReply> =>
  sendRaw(server.port, { path, key, body });
const whole = async (body: unknown, key = "k"): Promise<Response> =>
  JSON.parse(bodyOf(await post(body, key))) as Response;
const stream = async (body: object, key = "k"): Promise<Event[]> => {
  const events = eventsOf(bodyOf(await post({ ...body, stream: true }, key)));
  const parsed = events.map((event) => JSON.parse(event.data) as Event);
  expect(events.map((event) => event.name)).toEqual(parsed.map((event) => event.type));
  expect(parsed.map((event) => event.sequence_number)).toEqual(parsed.map((_, index) => index));
  return parsed;
};
const textOf = (response: Response): string => response.output.at(-1)?.content?.[0]?.text ?? "";
const errorOf = (
  reply: RawReply,
): { readonly message: string; readonly param: string | null; readonly code: unknown } =>
  (JSON.parse(bodyOf(reply)) as { readonly error: ReturnType<typeof errorOf> }).error;

describe("a whole response", () => {
  test("has the documented shape, usage that adds up, and is invoiced by hand-worked lines", async () => {
    const response = await whole(ask("What is the refund period?"));
    expect(shapeDifference(response, documented.whole)).toBeNull();
    // 3 a message + 3 a prompt + What, is, the, refund, period, ?
    expect(response.usage.input_tokens).toBe(12);
    expect(response.usage.total_tokens).toBe(12 + response.usage.output_tokens);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ end: "complete", responseId: response.id, usageDelivered: true });
    expect(ended.invoicePicoUsd).toBe(String(12n * 2_500_000n + BigInt(response.usage.output_tokens) * 10_000_000n));
  });

  test("counts instructions as a message more", async () => {
    // 3 + Be, brief, .
    expect((await whole(ask("hi", { instructions: "Be brief." }))).usage.input_tokens).toBe(3 + 3 + 3 + 1 + 3);
  });

  test("thinking is an item of its own, its tokens inside the output", async () => {
    const body = ask("What is up?", {
      model: "gpt-5-mini",
      reasoning: { effort: "high", summary: "auto" },
      include: ["reasoning.encrypted_content"],
    });
    const { output, usage } = await whole(body);
    expect(output.map((item) => item.type)).toEqual(["reasoning", "message"]);
    expect(shapeDifference(output[0], documented.reasoning)).toBeNull();
    const thought = usage.output_tokens_details.reasoning_tokens;
    expect(thought).toBeGreaterThan(0);
    const ended = await lastEnded(server.port);
    expect(ended.tokens).toMatchObject({ reasoning: thought, output: usage.output_tokens - thought });
    const plain = (await whole({ ...body, include: [], reasoning: { effort: "low" } })).output[0];
    expect(plain).toEqual({ id: plain?.id, type: "reasoning", summary: [] });
  });

  test("a limit that is reached makes it incomplete", async () => {
    const response = await whole(ask("Summarise: a policy", { max_output_tokens: 16 }));
    expect([response.status, response.incomplete_details, response.usage.output_tokens]).toEqual([
      "incomplete",
      { reason: "max_output_tokens" },
      16,
    ]);
    expect(response.output[0]?.status).toBe("incomplete");
  });

  test("structured output conforms", async () => {
    const schema = { type: "object", properties: { label: { enum: ["x", "y"] } }, required: ["label"] };
    const response = await whole(ask("Rate it", { text: { format: { type: "json_schema", name: "rating", schema } } }));
    expect(["x", "y"]).toContain((JSON.parse(textOf(response)) as { label: string }).label);
  });

  test("long prompts are read from the cache, and newer models write it", async () => {
    const long = "policy text ".repeat(600).trim();
    await whole(ask(long), "cache");
    expect((await whole(ask(long), "cache")).usage.input_tokens_details.cached_tokens).toBe(1_152);
    const newer = ask(long, { model: "gpt-5.6-luna" });
    expect((await whole(newer, "cache")).usage.input_tokens_details).toEqual({
      cached_tokens: 0,
      cache_write_tokens: 1_203,
    });
  });
});

const tools = ["get_weather", "get_time"].map((name) => ({
  type: "function",
  name,
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
}));

describe("tools", () => {
  test("two named are two calls; one forced is one", async () => {
    const { output } = await whole(ask("get weather and get time for Oslo", { tools }));
    expect(output.map((item) => item.name)).toEqual(["get_weather", "get_time"]);
    expect(shapeDifference(output[0], documented.functionCall)).toBeNull();
    expect(new Set(output.flatMap((item) => [item.id, item.call_id])).size).toBe(4);
    const forced = await whole(ask("hi", { tools, tool_choice: { type: "function", name: "get_time" } }));
    expect(forced.output.map((item) => item.name)).toEqual(["get_time"]);
    const allowed = { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "get_time" }] };
    expect((await whole(ask("get weather", { tools, tool_choice: allowed }))).output[0]?.name).toBe("get_time");
  });

  test("streamed arguments come in pieces and are the whole ones", async () => {
    const body = ask("get weather and get time for Oslo", { tools });
    const { output } = await whole(body);
    const events = await stream(body);
    for (const [index, item] of output.entries()) {
      const own = events.filter((event) => event.output_index === index);
      expect(own.map((event) => event.type).filter((type, at, all) => type !== all[at - 1])).toEqual([
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
      ]);
      expect(own.map((event) => event.delta ?? "").join("")).toBe(item.arguments);
      expect(own.at(-2)?.arguments).toBe(item.arguments);
    }
  });

  test("calls need their outputs, outputs their calls, thinking what follows it, and ids their beginnings", async () => {
    const call = { type: "function_call", call_id: "call_1", name: "get_time", arguments: "{}" };
    const output = { type: "function_call_output", call_id: "call_1", output: "noon" };
    expect(statusOf(await post(ask([{ role: "user", content: "hi" }, call, output], { tools })))).toBe(200);
    const wrong = async (input: unknown): Promise<string> => errorOf(await post(ask(input, { tools }))).message;
    expect(await wrong([call])).toBe("No tool output found for function call call_1.");
    expect(await wrong([output])).toBe("No tool call found for function call output with call_id call_1.");
    expect(
      await wrong([
        { type: "reasoning", id: "rs_1", summary: [] },
        { role: "user", content: "hi" },
      ]),
    ).toContain("without its required following item");
    expect(await wrong([{ ...call, id: "toolu_1" }, output])).toContain("Expected an ID that begins with 'fc'");
    expect(await wrong([{ role: "tool", content: "x" }])).toContain("Invalid value: 'tool'");
  });
});

describe("a stream", () => {
  test("has the documented events in the documented order, numbered", async () => {
    const events = await stream(ask("What is the refund period?"));
    expect(events.map((event) => event.type).filter((type, at, all) => type !== all[at - 1])).toEqual(
      documented.textEvents,
    );
    expect(shapeDifference(events[4], documented.delta)).toBeNull();
    expect(events[0]?.response).toMatchObject({ status: "in_progress", output: [], usage: null });
  });

  test("is the same response as the whole one", async () => {
    const body = ask("Explain how refunds work?", { model: "gpt-5-mini", reasoning: { summary: "auto" } });
    const response = await whole(body);
    const events = await stream(body);
    const last = events.at(-1)?.response;
    expect(last?.usage).toEqual(response.usage);
    expect(last === undefined ? null : textOf(last)).toBe(textOf(response));
    const text = events.filter((event) => event.type === "response.output_text.delta").map((event) => event.delta);
    expect(text.join("")).toBe(textOf(response));
    const done = events.filter((event) => event.type === "response.output_item.done").map((event) => event.item);
    expect(done).toEqual(last?.output);
    expect(await lastEnded(server.port)).toMatchObject({ usageDelivered: true, end: "complete" });
  });

  test("what stands for the thinking is final only when its item is done", async () => {
    const more = { model: "gpt-5-mini", include: ["reasoning.encrypted_content"] };
    const events = await stream(ask("What is up?", more));
    const [added, done] = events.filter((event) => event.item?.type === "reasoning").map((event) => event.item);
    expect(added?.encrypted_content).not.toBe(done?.encrypted_content);
    expect(events.at(-1)?.response?.output[0]).toEqual(done);
  });

  test("obfuscation can be switched off", async () => {
    const events = await stream(ask("hi", { stream_options: { include_obfuscation: false } }));
    for (const event of events) expect("obfuscation" in event).toBe(false);
  });
});

describe("faults", () => {
  test("an error after 200: the event, the failed response, and nothing behind them", async () => {
    const events = await stream(ask("What is it?"), "sk-fake-error-event-after:3-x");
    expect(shapeDifference(events.at(-2), documented.error)).toBeNull();
    expect(events.at(-1)).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code: "server_error" }, usage: null },
    });
    expect(await lastEnded(server.port)).toMatchObject({ end: "error-event", tokens: { output: 3 } });
  });

  test("truncated, without usage, with nonsense", async () => {
    const cut = await stream(ask("What is it?"), "sk-fake-truncate-after:2-x");
    expect(cut.at(-1)?.type).toBe("response.output_text.delta");
    expect((await lastEnded(server.port)).usageDelivered).toBe(false);
    expect(await whole(ask("hi"), "sk-fake-no-usage-x")).toMatchObject({ usage: null });
    expect((await stream(ask("hi"), "sk-fake-no-usage-x")).at(-1)?.response?.usage).toBeNull();
    expect(bodyOf(await post(ask("hi"), "sk-fake-bad-usage:negative-x"))).toContain('"input_tokens":-7');
  });

  test("429 with OpenAI's hints, and its limits on success", async () => {
    const limited = await post(ask("hi"), "sk-fake-error:429:retry-after-ms=250-x");
    expect([statusOf(limited), headOf(limited).includes("\r\nretry-after-ms: 250")]).toEqual([429, true]);
    expect(errorOf(limited).code).toBe("rate_limit_exceeded");
    expect(headOf(await post(ask("hi")))).toContain("x-ratelimit-remaining-tokens: ");
  });
});

test("counts the input as a call would, for nothing", async () => {
  const body = ask("What is the refund period?", { tools });
  const counted: unknown = JSON.parse(bodyOf(await post(body, "k", "/v1/responses/input_tokens")));
  expect(shapeDifference(counted, documented.inputTokens)).toBeNull();
  expect((await lastEnded(server.port)).invoicePicoUsd).toBe("0");
  expect(counted).toMatchObject({ input_tokens: (await whole(body)).usage.input_tokens });
});

test.each([
  ["chat's messages", { model: "gpt-4o", messages: [] }, null, "unsupported_parameter", "has moved to 'input'"],
  ["chat's limit", ask("hi", { max_tokens: 5 }), null, "unsupported_parameter", "has moved to 'max_output_tokens'"],
  ["chat's format", ask("hi", { response_format: {} }), null, "unsupported_parameter", "has moved to 'text.format'"],
  ["stop", ask("hi", { stop: ["x"] }), "stop", "unknown_parameter", "Unknown parameter: 'stop'."],
  ["no model", { input: "hi" }, "model", "missing_required_parameter", "'model'"],
  ["no input", { model: "gpt-4o" }, "input", "missing_required_parameter", "must be provided"],
  ["a number", ask(7), "input", "invalid_type", "Invalid type for 'input'"],
  ["too small a limit", ask("hi", { max_output_tokens: 5 }), "max_output_tokens", "integer_below_min_value", ">= 16"],
  ["effort", ask("hi", { reasoning: { effort: "low" } }), "reasoning.effort", "unsupported_parameter", "not supported"],
  [
    "chat's tools",
    ask("hi", { tools: [{ type: "function", function: { name: "f" } }] }),
    "tools[0].name",
    "missing_required_parameter",
    "tools[0].name",
  ],
  [
    "a schema without a name",
    ask("hi", { text: { format: { type: "json_schema", schema: {} } } }),
    "text.format.name",
    "missing_required_parameter",
    "text.format.name",
  ],
  ["JSON unsaid", ask("hi", { text: { format: { type: "json_object" } } }), "input", null, "the word 'json'"],
  ["an unknown model", ask("hi", { model: "gpt-nope" }), null, "model_not_found", "does not exist"],
])("refuses %s in the vendor's words", async (_, body, param, code, message) => {
  const reply = await post(body);
  expect(statusOf(reply)).toBe(code === "model_not_found" ? 404 : 400);
  const error = errorOf(reply);
  expect([error.param, error.code]).toEqual([param, code]);
  expect(error.message).toContain(message);
  expect(await lastEnded(server.port)).toMatchObject({ end: "refused", invoicePicoUsd: "0" });
});
