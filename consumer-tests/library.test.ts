import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic, {
  APIUserAbortError as AnthropicAbortError,
  BadRequestError,
  NotFoundError as AnthropicNotFoundError,
} from "@anthropic-ai/sdk";
import OpenAI, { APIError, APIUserAbortError, AuthenticationError, NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFarthing, type Farthing } from "../src/index.ts";
import { startFakeProvider } from "../src/testing/fake-provider/start-fake-provider.ts";

// Clients that are told nothing but `fetch`: their base URLs stay the vendors' own, and no call may get there.
let provider: Awaited<ReturnType<typeof startFakeProvider>>;
let farthing: Farthing;
let openai: OpenAI;
let anthropic: Anthropic;
const directory = mkdtempSync(join(tmpdir(), "farthing-library-consumer-"));

beforeAll(async () => {
  provider = await startFakeProvider({ latency: "none" });
  const config = join(directory, "farthing.yaml");
  const baseUrl = JSON.stringify(provider.origin);
  writeFileSync(
    config,
    `dataDirectory: .
providers: { openai: { baseUrl: ${baseUrl} }, anthropic: { baseUrl: ${baseUrl} } }
routes: [{ name: cached, match: { task: classification }, exactCache: { enabled: true } }]
`,
  );
  farthing = await createFarthing({ config, env: {}, log: () => {} });
  openai = new OpenAI({ apiKey: "sk-consumer", fetch: farthing.fetch, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey: "sk-ant-consumer", fetch: farthing.fetch, maxRetries: 0 });
});
afterAll(async () => {
  await farthing.close();
  await provider.stop();
  rmSync(directory, { recursive: true, force: true });
});

const question = [{ role: "user" as const, content: "Classify this ticket: the printer is on fire." }];
const essay = [{ role: "user" as const, content: "Write a long essay about ships." }];
const textOf = (message: Anthropic.Message): string =>
  message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
const requestIdOf = (response: Response): string => response.headers.get("x-farthing-request-id") ?? "";

/** The record of a request, as its own caller may read it. */
async function record(requestId: string, key: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await farthing.fetch(`/v1/farthing/requests/${requestId}`, { headers });
  return (await response.json()) as Record<string, unknown>;
}

describe("the official openai client over the library", () => {
  const model = "gpt-4o-mini";

  it("text and usage, and the ledger row says the same", async () => {
    const { data, response } = await openai.chat.completions.create({ model, messages: question }).withResponse();
    expect(data.choices[0]?.message.content).toMatch(/\w/);
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    expect(Number(response.headers.get("x-farthing-cost"))).toBeGreaterThan(0);
    const row = { requestedModel: model, outcome: "ok", status: 200 };
    expect(await record(requestIdOf(response), "sk-consumer")).toMatchObject(row);
  });

  it("streams the same text as a whole reply holds", async () => {
    const whole = await openai.chat.completions.create({ model, messages: question });
    const stream = await openai.chat.completions.create({ model, messages: question, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe(whole.choices[0]?.message.content);
  });

  it("is served from the cache the second time", async () => {
    const options = { headers: { "x-farthing-task": "classification" } };
    const body = { model, messages: question, temperature: 0 };
    const first = await openai.chat.completions.create(body, options).withResponse();
    const second = await openai.chat.completions.create(body, options).withResponse();
    expect(second.response.headers.get("x-farthing-cache")).toBe("hit");
    expect(second.data).toEqual(first.data);
  });

  it("errors of the provider and of ours arrive as the client's own classes", async () => {
    const unknown = openai.chat.completions.create({ model: "no-such-model", messages: question });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
    await expect(unknown).rejects.toThrow(/no-such-model/);
    const wrong = openai.chat.completions.create({ model: 7 as never, messages: question });
    await expect(wrong).rejects.toBeInstanceOf(APIError);
    await expect(wrong).rejects.toMatchObject({ status: 400, type: "invalid_request_error", param: "model" });
    const stranger = new OpenAI({ apiKey: "fk_abcd_wrong", fetch: farthing.fetch, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError);
  });

  it("an abort in the middle of a stream leaves a row", async () => {
    const leave = new AbortController();
    const { data, response } = await openai.chat.completions
      .create({ model, messages: essay, stream: true }, { signal: leave.signal })
      .withResponse();
    await data[Symbol.asyncIterator]().next();
    leave.abort();
    const id = requestIdOf(response);
    await expect.poll(async () => (await record(id, "sk-consumer"))["requestId"]).toBe(id);
    const before = openai.chat.completions.create({ model, messages: essay }, { signal: AbortSignal.abort() });
    await expect(before).rejects.toBeInstanceOf(APIUserAbortError);
  });

  it("lists models", async () => {
    expect((await openai.models.list()).data.length).toBeGreaterThan(0);
  });
});

describe("the official @anthropic-ai/sdk client over the library", () => {
  const base = { model: "claude-haiku-4-5", max_tokens: 400, messages: question };

  it("text and usage, and the ledger row says the same", async () => {
    const { data, response } = await anthropic.messages.create(base).withResponse();
    expect(textOf(data)).toMatch(/\w/);
    expect(data.usage.output_tokens).toBeGreaterThan(0);
    const row = { requestedModel: base.model, outcome: "ok", status: 200 };
    expect(await record(requestIdOf(response), "sk-ant-consumer")).toMatchObject(row);
  });

  it("streams the same message as a whole reply holds", async () => {
    const whole = await anthropic.messages.create(base);
    const final = await anthropic.messages.stream(base).finalMessage();
    expect(textOf(final)).toBe(textOf(whole));
    expect(final.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(final.stop_reason).toBe(whole.stop_reason);
  });

  it("errors of the provider and of ours arrive as the client's own classes", async () => {
    const unknown = anthropic.messages.create({ ...base, model: "no-such-model" });
    await expect(unknown).rejects.toBeInstanceOf(AnthropicNotFoundError);
    await expect(anthropic.messages.create({ ...base, model: 7 as never })).rejects.toBeInstanceOf(BadRequestError);
  });

  it("an abort in the middle of a stream leaves a row", async () => {
    const stream = anthropic.messages.stream({ ...base, messages: essay });
    const { response } = await stream.withResponse();
    stream.abort();
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(AnthropicAbortError);
    const id = requestIdOf(response);
    await expect.poll(async () => (await record(id, "sk-ant-consumer"))["requestId"]).toBe(id);
  });
});

it("a path that the gateway does not know is the gateway's 404, wherever it points", async () => {
  const client = new OpenAI({ apiKey: "sk-consumer", fetch: farthing.fetch, maxRetries: 0 });
  await expect(client.get("/no-such-thing")).rejects.toMatchObject({ status: 404, code: "unknown_path" });
});
