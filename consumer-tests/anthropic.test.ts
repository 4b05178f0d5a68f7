import Anthropic, { APIUserAbortError, BadRequestError, NotFoundError } from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStack, type Stack } from "./start-stack.ts";

const model = "claude-haiku-4-5";
const base = {
  model,
  max_tokens: 400,
  messages: [{ role: "user" as const, content: "Classify this ticket: the printer is on fire." }],
};
let stack: Stack;
let client: Anthropic;

beforeAll(async () => {
  stack = await startStack();
  client = new Anthropic({ apiKey: "sk-ant-consumer", baseURL: stack.origin, maxRetries: 0 });
});
afterAll(() => stack.stop());

const requestIdOf = (response: Response): string => response.headers.get("x-farthing-request-id") ?? "";
const textOf = (message: Anthropic.Message): string =>
  message.content.map((block) => (block.type === "text" ? block.text : "")).join("");

describe("the official @anthropic-ai/sdk client", () => {
  it("text and usage, and the ledger row says the same", async () => {
    const { data, response } = await client.messages.create(base).withResponse();
    expect(textOf(data)).toMatch(/\w/);
    expect(data.usage.output_tokens).toBeGreaterThan(0);
    expect(Number(response.headers.get("x-farthing-cost"))).toBeGreaterThan(0);
    const record = await stack.record(requestIdOf(response));
    expect(record).toMatchObject({ requestedModel: model, outcome: "ok", status: 200 });
  });

  it("streams the same message as a whole reply holds", async () => {
    const whole = await client.messages.create(base);
    const stream = client.messages.stream(base);
    const { response } = await stream.withResponse();
    const final = await stream.finalMessage();
    expect(textOf(final)).toBe(textOf(whole));
    expect(final.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(final.stop_reason).toBe(whole.stop_reason);
    await expect
      .poll(async () => (await stack.record(requestIdOf(response)))["usage"])
      .toMatchObject({ source: "provider" });
  });

  it("tools, whole and streamed, with equal input", async () => {
    const input_schema = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
    const options = {
      ...base,
      tools: [{ name: "weather", input_schema }],
      tool_choice: { type: "tool" as const, name: "weather" },
    };
    const whole = await client.messages.create(options);
    const final = await client.messages.stream(options).finalMessage();
    const use = whole.content.find((block) => block.type === "tool_use");
    expect(use?.name).toBe("weather");
    expect(final.content.find((block) => block.type === "tool_use")?.input).toEqual(use?.input);
    expect(whole.stop_reason).toBe("tool_use");
  });

  it("structured output", async () => {
    const schema = {
      type: "object",
      properties: { label: { type: "string" } },
      required: ["label"],
      additionalProperties: false,
    };
    const reply = await client.messages.create({ ...base, output_config: { format: { type: "json_schema", schema } } });
    expect(JSON.parse(textOf(reply))).toHaveProperty("label");
  });

  it("an upstream error arrives as the client's own class, with the provider's wording", async () => {
    const call = client.messages.create({ ...base, model: "no-such-model" });
    await expect(call).rejects.toBeInstanceOf(NotFoundError);
    await expect(call).rejects.toThrow(/no-such-model/);
  });

  it("an error of ours has the vendor's shape", async () => {
    const call = client.messages.create({ ...base, model: 7 as never });
    await expect(call).rejects.toBeInstanceOf(BadRequestError);
    await expect(call).rejects.toMatchObject({ error: { type: "error", error: { type: "invalid_request_error" } } });
  });

  it("an abort in the middle of a stream leaves a row", async () => {
    const stream = client.messages.stream({
      ...base,
      messages: [{ role: "user", content: "Write a long essay about ships." }],
    });
    const { response } = await stream.withResponse();
    stream.abort();
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
    await expect.poll(async () => (await stack.record(requestIdOf(response)))["requestId"]).toBe(requestIdOf(response));
  });

  it("lists models", async () => {
    const models = await client.models.list();
    expect(models.data.length).toBeGreaterThan(0);
  });
});
