import { openDataDirectory } from "../assembly/data-directory.ts";
import { createKeyedDigests } from "../assembly/access/keyed-digests.ts";
import { addLocalKey } from "../assembly/access/local-keys.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chatRequest, messagesReply, send, startTestGateway, type TestGateway, usualAnswer } from "./test-gateway.ts";

let stack: TestGateway;
let key: string;
beforeAll(async () => {
  stack = await startTestGateway({ endpoint: { serverKey: "sk-server" } });
  key = /fk_[\w-]+/.exec(stack.gateway.firstStartNotices.join(" "))?.[0] ?? "";
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.upstream.calls.length = 0;
  stack.upstream.answer = usualAnswer;
});

const ask = (body: object, path = "/v1/chat/completions"): ReturnType<typeof send> =>
  send(stack.port, { path, headers: ["authorization", `Bearer ${key}`], body: JSON.stringify(body) });
const claude = "anthropic/claude-sonnet-4-5";
const sentBody = (): unknown => JSON.parse(stack.upstream.calls[0]?.body.toString() ?? "null");

describe("a chat caller that names a provider of another dialect", () => {
  it("gets a chat completion, and the provider gets a message of its own dialect", async () => {
    const answer = await ask(chatRequest({ model: claude, max_tokens: 50, user: "u-1" }));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      object: "chat.completion",
      model: "claude-sonnet-4-5",
      choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
    });
    const [call] = stack.upstream.calls;
    expect(call?.url).toBe("/v1/messages");
    expect(call?.headers).toContain("anthropic-version");
    expect(sentBody()).toMatchObject({ model: "claude-sonnet-4-5", max_tokens: 50, metadata: { user_id: "u-1" } });
    const record = stack.ledger.records.at(-1);
    expect(record).toMatchObject({
      requestedModel: claude,
      dialect: "openai-chat",
      cost: { state: "priced" },
      attempts: [{ vendor: "anthropic", model: "claude-sonnet-4-5" }],
    });
    expect(record?.cost).toEqual(record?.baseline);
    expect(record?.journal.find(({ stage }) => stage === "call-provider")).toMatchObject({
      reason: "answered-translated",
      note: expect.stringContaining("as anthropic-messages"),
    });
  });

  it("is told by name what cannot be said there; nothing is sent", async () => {
    const answer = await ask(chatRequest({ model: claude, logprobs: true }));
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: "untranslatable", param: "logprobs" } });
    expect(stack.upstream.calls).toHaveLength(0);
  });

  it("gets the provider's error in its own shape, the wording kept", async () => {
    stack.upstream.answer = (_, response) => {
      const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
      response.writeHead(529, { "content-type": "application/json", "retry-after": "3" }).end(JSON.stringify(error));
    };
    const answer = await ask(chatRequest({ model: claude, max_tokens: 5 }));
    expect(answer.status).toBe(529);
    expect(answer.headers["retry-after"]).toBe("3");
    expect(answer.json()).toMatchObject({ error: { message: "Overloaded", type: "overloaded_error" } });
  });

  it("gets a stream of its own dialect, and a broken one ends with its error and without [DONE]", async () => {
    const events = [
      {
        type: "message_start",
        message: { ...messagesReply, content: [], usage: { input_tokens: 9, output_tokens: 1 } },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hé✓" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "max_tokens" }, usage: { output_tokens: 7 } },
      { type: "message_stop" },
    ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    const streamed = async (count: number): Promise<string> => {
      stack.upstream.answer = (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(events.slice(0, count).join(""));
      };
      const options = { stream: true, stream_options: { include_usage: true } };
      return (await ask(chatRequest({ model: claude, max_tokens: 5, ...options }))).text;
    };
    const whole = await streamed(events.length);
    expect(whole).toContain('"content":"hé✓"');
    expect(whole).toContain('"finish_reason":"length"');
    expect(whole).toContain('"total_tokens":16');
    expect(whole.trimEnd().endsWith("data: [DONE]")).toBe(true);
    expect(stack.ledger.records.at(-1)).toMatchObject({ outcome: "ok", usage: { tokens: { input: 9, output: 7 } } });
    const broken = await streamed(3);
    expect(broken).not.toContain("[DONE]");
    expect(broken).toContain('"error"');
    expect(stack.ledger.records.at(-1)).toMatchObject({ outcome: "truncated", cost: { state: "estimated" } });
  });
});

it("an answer that is none of the provider's dialect is an error, and its cost stays known", async () => {
  stack.upstream.answer = (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"odd":true}');
  };
  const answer = await ask(chatRequest({ model: claude, max_tokens: 5 }));
  expect(answer.status).toBe(502);
  expect(answer.json()).toMatchObject({ error: { code: "upstream_broken" } });
  expect(stack.ledger.records.at(-1)?.attempts).toHaveLength(1);
});

it("an own key never leaves for a provider of another dialect", async () => {
  const body = JSON.stringify(chatRequest({ model: claude }));
  const answer = await send(stack.port, { headers: ["authorization", "Bearer sk-own"], body });
  expect(stack.upstream.calls[0]?.url).toBe("/v1/chat/completions");
  expect(answer.status).toBe(200);
});

describe("counts and resources", () => {
  it("pass to the provider as they are, cost nothing, and have a row", async () => {
    stack.upstream.answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"input_tokens":12}');
    };
    const answer = await ask({ model: "claude-sonnet-4-5", messages: [] }, "/v1/messages/count_tokens?beta=true");
    expect(answer.json()).toEqual({ input_tokens: 12 });
    expect(stack.upstream.calls[0]?.url).toBe("/v1/messages/count_tokens?beta=true");
    expect(stack.ledger.records.at(-1)).toMatchObject({ cost: { state: "free" }, requestedModel: "claude-sonnet-4-5" });
  });

  it("take bodies of any kind, and are unpriced where the vendor charges without counting", async () => {
    stack.upstream.answer = (_, response) => {
      response.writeHead(200, { "content-type": "audio/mpeg" }).end(Buffer.from([255, 0, 1]));
    };
    const answer = await send(stack.port, {
      path: "/v1/audio/transcriptions",
      headers: ["authorization", `Bearer ${key}`, "content-type", "multipart/form-data; boundary=x"],
      body: Buffer.from([0, 159, 146, 150]),
    });
    expect([...answer.body]).toEqual([255, 0, 1]);
    expect([...(stack.upstream.calls[0]?.body ?? [])]).toEqual([0, 159, 146, 150]);
    expect(stack.ledger.records.at(-1)).toMatchObject({ cost: { state: "unpriced", picoUsd: null } });
  });

  it("are priced by the length of the sound, at the model that a form names", async () => {
    stack.upstream.answer = (_, response) => {
      const body = JSON.stringify({ text: "Hello.", usage: { type: "duration", seconds: 90 } });
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    };
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array([1, 13, 10, 2])]), "a.wav");
    form.set("model", "whisper-1");
    const request = new Request("http://127.0.0.1", { method: "POST", body: form });
    const type = request.headers.get("content-type") ?? "";
    const body = Buffer.from(await request.arrayBuffer());
    const headers = ["authorization", `Bearer ${key}`, "content-type", type];
    await send(stack.port, { path: "/v1/audio/transcriptions", headers, body });
    expect(stack.upstream.calls[0]?.body).toEqual(body);
    expect(stack.ledger.records.at(-1)).toMatchObject({
      requestedModel: "whisper-1",
      // 90 seconds at $0.006 a minute
      cost: { state: "priced", picoUsd: 9_000_000_000n },
      usage: { source: "provider", tokens: {}, units: { audioInputSecond: 90 } },
    });
  });

  it("are priced where the vendor counts", async () => {
    stack.upstream.answer = (_, response) => {
      const usage = {
        input_tokens: 50,
        output_tokens: 10,
        total_tokens: 60,
        input_tokens_details: { image_tokens: 0 },
      };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data: [], usage }));
    };
    await ask({ model: "gpt-4o-mini", prompt: "a cat" }, "/v1/images/generations");
    expect(stack.ledger.records.at(-1)).toMatchObject({
      cost: { state: "priced" },
      usage: { source: "provider", tokens: { input: 50, output: 10 } },
    });
  });

  it("keep their method", async () => {
    const answer = await send(stack.port, {
      method: "DELETE",
      path: "/v1/files/file-1",
      headers: ["authorization", `Bearer ${key}`],
    });
    expect(answer.status).toBe(200);
    expect(stack.upstream.calls[0]).toMatchObject({ method: "DELETE", url: "/v1/files/file-1" });
    const refused = await send(stack.port, { method: "PUT", path: "/v1/files/file-1", headers: ["x-api-key", key] });
    expect([refused.status, refused.headers["allow"]]).toEqual([405, "GET, DELETE"]);
  });

  it("about what the provider keeps are refused once several tenants share its key", async () => {
    const { gateway, config } = stack;
    const files = { method: "GET", path: "/v1/files", headers: ["authorization", `Bearer ${key}`] };
    expect((await send(stack.port, files)).status).toBe(200);
    const { keysFile, secret } = openDataDirectory(config.dataDirectory);
    addLocalKey(keysFile, createKeyedDigests(secret), { tenant: "another" });
    gateway.reload(config);
    stack.upstream.calls.length = 0;
    const refused = await send(stack.port, files);
    expect([refused.status, refused.json()]).toMatchObject([403, { error: { code: "shared_state" } }]);
    expect(stack.upstream.calls).toHaveLength(0);
    const own = await send(stack.port, { ...files, headers: ["authorization", "Bearer sk-own"] });
    expect(own.status).toBe(200);
    expect((await ask(chatRequest())).status).toBe(200);
  });

  it("under the prefix of the models are no models", async () => {
    const answer = await ask({ contents: [] }, "/v1/models/gemini-2.5-flash:countTokens");
    expect(answer.headers["x-farthing-estimated"]).toBe("true");
  });

  it("are counted here, marked as an estimate, where no provider of the dialect is reached", async () => {
    const path = "/v1beta/models/gemini-2.5-flash:countTokens";
    const answer = await ask({ contents: [{ role: "user", parts: [{ text: "How long is this?" }] }] }, path);
    expect(answer.status).toBe(200);
    expect(answer.headers["x-farthing-estimated"]).toBe("true");
    expect(answer.json()["totalTokens"]).toBeGreaterThan(0);
    expect(stack.upstream.calls).toHaveLength(0);
  });
});
