import OpenAI, { APIError, APIUserAbortError, NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStack, type Stack } from "./start-stack.ts";

const model = "gpt-4o-mini";
const question = [{ role: "user" as const, content: "Classify this ticket: the printer is on fire." }];
let stack: Stack;
let client: OpenAI;

beforeAll(async () => {
  stack = await startStack();
  client = new OpenAI({ apiKey: "sk-consumer", baseURL: `${stack.origin}/v1`, maxRetries: 0 });
});
afterAll(() => stack.stop());

const requestIdOf = (response: Response): string => response.headers.get("x-farthing-request-id") ?? "";

describe("the official openai client", () => {
  it("text and usage, and the ledger row says the same", async () => {
    const { data, response } = await client.chat.completions.create({ model, messages: question }).withResponse();
    expect(data.choices[0]?.message.content).toMatch(/\w/);
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    expect(Number(response.headers.get("x-farthing-cost"))).toBeGreaterThan(0);
    const record = await stack.record(requestIdOf(response));
    expect(record).toMatchObject({ requestedModel: model, outcome: "ok", status: 200 });
  });

  it("streams the same text as a whole reply holds, without a usage chunk nobody asked for", async () => {
    const whole = await client.chat.completions.create({ model, messages: question });
    const { data, response } = await client.chat.completions
      .create({ model, messages: question, stream: true })
      .withResponse();
    let text = "";
    let usageChunks = 0;
    for await (const chunk of data) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.usage) usageChunks += 1;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usageChunks).toBe(0);
    const record = await stack.record(requestIdOf(response));
    expect(record["usage"]).toMatchObject({ source: "provider" });
  });

  it("hands over the usage chunk to who asks for it", async () => {
    const options = { model, messages: question, stream: true, stream_options: { include_usage: true } } as const;
    const stream = await client.chat.completions.create(options);
    let total = 0;
    for await (const chunk of stream) total += chunk.usage?.total_tokens ?? 0;
    expect(total).toBeGreaterThan(0);
  });

  it("tools, whole and streamed, with equal arguments", async () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [{ type: "function" as const, function: { name: "weather", parameters } }];
    const base = {
      model,
      messages: [{ role: "user" as const, content: "Weather in Oslo?" }],
      tools,
      tool_choice: "required" as const,
    };
    const whole = await client.chat.completions.create(base);
    const call = whole.choices[0]?.message.tool_calls?.[0];
    if (call?.type !== "function") throw new Error("no function call in the whole reply");
    const final = await client.chat.completions.stream(base).finalChatCompletion();
    const streamed = final.choices[0]?.message.tool_calls?.[0];
    expect(call.function.name).toBe("weather");
    expect(streamed?.type === "function" ? streamed.function.arguments : null).toBe(call.function.arguments);
    expect(() => JSON.parse(call.function.arguments) as unknown).not.toThrow();
  });

  it("structured output", async () => {
    const schema = {
      type: "object",
      properties: { label: { type: "string" } },
      required: ["label"],
      additionalProperties: false,
    };
    const reply = await client.chat.completions.create({
      model,
      messages: question,
      response_format: { type: "json_schema", json_schema: { name: "label", strict: true, schema } },
    });
    expect(JSON.parse(reply.choices[0]?.message.content ?? "")).toHaveProperty("label");
  });

  it("an upstream error arrives as the client's own class, with the provider's wording", async () => {
    const call = client.chat.completions.create({ model: "no-such-model", messages: question });
    await expect(call).rejects.toBeInstanceOf(NotFoundError);
    await expect(call).rejects.toThrow(/no-such-model/);
  });

  it("an error of ours has the vendor's shape", async () => {
    const call = client.chat.completions.create({ model: 7 as never, messages: question });
    await expect(call).rejects.toMatchObject({ status: 400, type: "invalid_request_error", param: "model" });
    await expect(call).rejects.toBeInstanceOf(APIError);
  });

  it("an abort in the middle of a stream leaves an estimated row", async () => {
    const controller = new AbortController();
    const messages = [{ role: "user" as const, content: "Write a long essay about ships." }];
    const options = { model, messages, stream: true as const };
    const { data, response } = await client.chat.completions
      .create(options, { signal: controller.signal })
      .withResponse();
    await data[Symbol.asyncIterator]().next();
    controller.abort();
    await expect.poll(async () => (await stack.record(requestIdOf(response)))["requestId"]).toBe(requestIdOf(response));
    const before = new AbortController();
    before.abort();
    await expect(client.chat.completions.create(options, { signal: before.signal })).rejects.toBeInstanceOf(
      APIUserAbortError,
    );
  });

  it("lists models", async () => {
    const models = await client.models.list();
    expect(models.data.length).toBeGreaterThan(0);
  });
});
