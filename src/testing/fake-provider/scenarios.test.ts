import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import documented from "./fixtures/anthropic-messages.json" with { type: "json" };
import documentedErrors from "./fixtures/openai-errors.json" with { type: "json" };
import { monotonicMs } from "./call-log.ts";
import { bodyOf, eventsOf, lastEnded, sendRaw, settledLog, type RawReply } from "./test-raw-client.ts";
import { shapeDifference } from "./test-shape.ts";
import { startServer, type RunningServer } from "./server.ts";
import { readSettings } from "./settings.ts";

let server: RunningServer;
const settings = readSettings(["--latency", "none"]);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Explain how refunds work?" }] };
const chatStream = { ...chat, stream: true, stream_options: { include_usage: true } };
const messages = { model: "claude-haiku-4-5", max_tokens: 500, messages: chat.messages };

const openai = (key: string, body: object = chat, leaveAfterBytes?: number): Promise<RawReply> =>
  sendRaw(server.port, {
    path: "/v1/chat/completions",
    key,
    body,
    ...(leaveAfterBytes === undefined ? {} : { leaveAfterBytes }),
  });
const anthropic = (key: string, body: object = messages): Promise<RawReply> =>
  sendRaw(server.port, { path: "/v1/messages", key, body });
const statusOf = (reply: RawReply): number => Number(/^HTTP\/1\.1 (\d+)/.exec(reply.bytes.toString())?.[1]);
const headOf = (reply: RawReply): string => reply.bytes.toString().split("\r\n\r\n")[0] ?? "";

describe("errors", () => {
  test("429 with retry-after, in OpenAI's shape, for nothing", async () => {
    const reply = await openai("sk-fake-error:429:retry-after=1-x");
    expect(statusOf(reply)).toBe(429);
    expect(headOf(reply)).toContain("\r\nretry-after: 1");
    expect(shapeDifference(JSON.parse(bodyOf(reply)), documentedErrors.rateLimit)).toBeNull();
    expect(await lastEnded(server.port)).toMatchObject({
      end: "refused",
      status: 429,
      invoicePicoUsd: "0",
      responseId: null,
    });
  });

  test("quota, context length, 500, 503", async () => {
    expect(bodyOf(await openai("sk-fake-error:429:insufficient_quota-x"))).toContain('"code": "insufficient_quota"');
    expect(bodyOf(await openai("sk-fake-error:400:context_length_exceeded-x"))).toContain("maximum context length");
    expect(bodyOf(await openai("sk-fake-error:500-x"))).toContain('"type": "server_error"');
    expect(statusOf(await openai("sk-fake-error:503-x"))).toBe(503);
  });

  test.each([
    ["sk-ant-fake-529-x", 529, "overloaded_error", "Overloaded"],
    ["sk-ant-fake-error:429:retry-after-ms=30-x", 429, "rate_limit_error", "rate limit of"],
    ["sk-ant-fake-error:401-x", 401, "authentication_error", "invalid x-api-key"],
    ["sk-ant-fake-error:500-x", 500, "api_error", "Internal server error"],
  ])("Anthropic: %s", async (key, status, type, message) => {
    const reply = await anthropic(key);
    expect(statusOf(reply)).toBe(status);
    const error = JSON.parse(bodyOf(reply)) as { error: { type: string; message: string } };
    expect(shapeDifference(error, documented.error)).toBeNull();
    expect(error.error.type).toBe(type);
    expect(error.error.message).toContain(message);
  });

  test("a proxy's page, a redirect and where it leads", async () => {
    const page = await openai("sk-fake-html-502-x");
    expect([statusOf(page), headOf(page).includes("content-type: text/html")]).toEqual([502, true]);
    const redirect = await openai("sk-fake-redirect:302-x");
    expect(statusOf(redirect)).toBe(302);
    expect(headOf(redirect)).toContain("location: http://127.0.0.1/fake/redirect-target");
    await sendRaw(server.port, { path: "/fake/redirect-target", key: "leaked", body: {} });
    const arrived = (await settledLog(server.port)).findLast((line) => line.event === "arrived");
    expect(arrived).toMatchObject({
      path: "/fake/redirect-target",
      headerNames: expect.arrayContaining(["authorization"]) as unknown,
    });
  });
});

describe("broken at a byte", () => {
  test("reset at any byte of a whole reply: so many bytes, then RST", async () => {
    const full = (await openai("plain")).bytes.length;
    for (const offset of [0, 1, 17, 200, full - 400, full - 1]) {
      const reply = await openai(`sk-fake-reset-at-byte:${offset}-x`);
      expect([reply.bytes.length, reply.closed]).toEqual([offset, "reset"]);
      const ended = await lastEnded(server.port);
      expect(ended).toMatchObject({
        end: "reset",
        bytesSent: offset,
        usageDelivered: false,
        cutAtMs: null,
        status: offset === 0 ? 0 : 200,
      });
      // The whole answer was generated before its first byte left.
      expect(ended.tokens.output).toBeGreaterThan(0);
    }
    expect((await openai(`sk-fake-reset-at-byte:${full + 1}-x`)).closed).toBe("ended");
    expect((await lastEnded(server.port)).end).toBe("complete");
  });

  test("a stream that is reset is billed for its prompt and what was generated until then", async () => {
    const { bytes } = await openai("plain", chatStream);
    const completed = await lastEnded(server.port);
    // Into the event that carries the 10th token: the head, the role's event, nine of content before it.
    let tenth = -1;
    for (let event = 0; event <= 10; event++) tenth = bytes.indexOf("data: ", tenth + 1);
    await openai(`sk-fake-reset-at-byte:${tenth + 20}-x`, chatStream);
    const ended = await lastEnded(server.port);
    expect(ended.tokens).toEqual({ ...completed.tokens, output: 10 });
    // The prompt at $2.50 and ten tokens of output at $10 per million.
    expect(ended.invoicePicoUsd).toBe(String(BigInt(completed.tokens.input) * 2_500_000n + 100_000_000n));
    expect(ended.usageDelivered).toBe(false);
  });

  test("a reset inside the head of a stream bills the prompt alone; behind the usage it was delivered", async () => {
    await openai("sk-fake-reset-at-byte:30-x", chatStream);
    expect((await lastEnded(server.port)).tokens.output).toBe(0);
    const total = (await openai("plain", chatStream)).bytes.length;
    await openai(`sk-fake-reset-at-byte:${total - 3}-x`, chatStream);
    expect(await lastEnded(server.port)).toMatchObject({ end: "reset", usageDelivered: true });
  });

  test("an early end is clean: no length, no chunks, the connection ends it", async () => {
    const reply = await openai("sk-fake-end-early-at-byte:900-x", chatStream);
    expect([reply.bytes.length, reply.closed]).toEqual([900, "ended"]);
    expect(headOf(reply)).not.toMatch(/transfer-encoding|content-length/);
    expect(await lastEnded(server.port)).toMatchObject({ end: "ended-early", usageDelivered: false });
  });

  test("a stall lasts until the client leaves, and the cut is seen at once", async () => {
    const before = monotonicMs();
    const reply = await openai("sk-fake-stall-after-bytes:700-x", chatStream, 700);
    const left = monotonicMs();
    expect(reply.bytes.length).toBe(700);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ end: "peer-cut", bytesSent: 700, usageDelivered: false });
    expect(ended.cutAtMs).toBeGreaterThanOrEqual(before);
    expect((ended.cutAtMs ?? Infinity) - left).toBeLessThan(1_000);
  });

  test("a stall before the head bills the prompt", async () => {
    const controller = new AbortController();
    const call = fetch(`http://127.0.0.1:${server.port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-fake-stall-before-headers-x" },
      body: JSON.stringify(chat),
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toThrow(/abort/);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ end: "peer-cut", status: 0, bytesSent: 0, tokens: { output: 0 } });
    expect(ended.tokens.input).toBeGreaterThan(0);
    expect(ended.cutAtMs).not.toBeNull();
  });
});

describe("broken streams that end properly", () => {
  test("an error event after N content events, and nothing behind it", async () => {
    const events = eventsOf(bodyOf(await openai("sk-fake-error-event-after:3-x", chatStream)));
    // The role's chunk, three of content, the error.
    expect(events).toHaveLength(5);
    expect(JSON.parse(events[4]?.data ?? "")).toHaveProperty("error.type", "server_error");
    expect(await lastEnded(server.port)).toMatchObject({
      end: "error-event",
      tokens: { output: 3 },
      usageDelivered: false,
    });
    const own = eventsOf(bodyOf(await anthropic("sk-ant-fake-error-event-after:2-x", { ...messages, stream: true })));
    expect(own.at(-1)?.name).toBe("error");
    expect(shapeDifference(JSON.parse(own.at(-1)?.data ?? ""), documented.errorEvent)).toBeNull();
    expect(own.some((event) => event.name === "message_stop")).toBe(false);
  });

  test("truncated: the HTTP body is whole, the terminal event is missing", async () => {
    const reply = await openai("sk-fake-truncate-after:2-x", chatStream);
    expect(reply.bytes.toString().endsWith("0\r\n\r\n")).toBe(true);
    expect(eventsOf(bodyOf(reply))).toHaveLength(3);
    expect(bodyOf(reply)).not.toContain("[DONE]");
    expect((await lastEnded(server.port)).end).toBe("truncated");
  });

  test("later than the stream is long, nothing happens", async () => {
    expect(bodyOf(await openai("sk-fake-error-event-after:99999-x", chatStream))).toContain("[DONE]");
    expect((await lastEnded(server.port)).end).toBe("complete");
  });
});

describe("usage", () => {
  test("left out, and still invoiced", async () => {
    expect(JSON.parse(bodyOf(await openai("sk-fake-no-usage-x")))).not.toHaveProperty("usage");
    const ended = await lastEnded(server.port);
    expect(ended.usageDelivered).toBe(false);
    expect(BigInt(ended.invoicePicoUsd ?? "0")).toBeGreaterThan(0n);
    expect(bodyOf(await openai("sk-fake-no-usage-x", chatStream))).not.toContain("prompt_tokens");
    expect(bodyOf(await anthropic("sk-ant-fake-no-usage-x", { ...messages, stream: true }))).not.toContain(
      "output_tokens",
    );
  });

  test.each([
    ["negative", '"prompt_tokens":-7'],
    ["fraction", '"prompt_tokens":12.5'],
    ["text", '"prompt_tokens":"many"'],
    ["infinite", '"prompt_tokens":1e999'],
    ["above-2-53", '"prompt_tokens":9007199254740993000'],
  ])("nonsense: %s", async (kind, text) => {
    expect(bodyOf(await openai(`sk-fake-bad-usage:${kind}-x`))).toContain(text);
    expect(bodyOf(await openai(`sk-fake-bad-usage:${kind}-x`, chatStream))).toContain(text);
  });
});

const strip = (text: string): string => text.replace(/chatcmpl-\w+|"created":\d+/g, "");

describe("pace and size", () => {
  test("a slow first token delays the head", async () => {
    const startedMs = performance.now();
    await openai("sk-fake-slow-first-token:120-x", chatStream);
    expect(performance.now() - startedMs).toBeGreaterThan(115);
  });

  test("slices and drips are the same bytes", async () => {
    const plain = bodyOf(await openai("plain", { ...chat, max_tokens: 4 }));
    expect(strip(bodyOf(await openai("sk-fake-slice:3-x", { ...chat, max_tokens: 4 })))).toBe(strip(plain));
    expect(strip(bodyOf(await openai("sk-fake-drip:0-x", { ...chat, max_tokens: 4 })))).toBe(strip(plain));
  });

  test("huge answers are as large as said", async () => {
    expect((await openai("sk-fake-huge:2-x")).bytes.length).toBeGreaterThan(2 * 1_024 * 1_024);
    expect((await openai("sk-fake-huge:1-x", chatStream)).bytes.length).toBeGreaterThan(1_024 * 1_024);
    expect((await lastEnded(server.port)).tokens.output).toBe(64);
  });
});

test("steps follow the number of the key's request, the last one stays", async () => {
  const statuses: number[] = [];
  for (let call = 0; call < 4; call++) statuses.push(statusOf(await openai("sk-fake-error:500,error:429,ok-steps")));
  expect(statuses).toEqual([500, 429, 200, 200]);
  const arrived = (await settledLog(server.port)).flatMap((line) => (line.event === "arrived" ? [line.keyNumber] : []));
  expect(arrived.slice(-4)).toEqual([1, 2, 3, 4]);
});

test("scenarios can be added while it runs", async () => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/fake/scenarios`, {
    method: "POST",
    body: '{"my-key":["529","ok"]}',
  });
  expect(answer.status).toBe(200);
  expect([statusOf(await openai("my-key")), statusOf(await openai("my-key"))]).toEqual([529, 200]);
  const refused = await fetch(`http://127.0.0.1:${server.port}/fake/scenarios`, {
    method: "POST",
    body: '{"x":["nope"]}',
  });
  expect(refused.status).toBe(400);
});

test("one connection answers many requests, pipelined ones in order", async () => {
  const body = JSON.stringify({ ...chat, max_tokens: 2 });
  const request = (connection: string): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\nconnection: ${connection}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const text = await new Promise<string>((resolve) => {
    let received = "";
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write(request("keep-alive").repeat(3) + request("close")),
    );
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    socket.on("close", () => resolve(received));
  });
  const numbers = [...text.matchAll(/x-request-id: req_[0-9a-f]{24}([0-9a-f]{8})/g)].map((match) =>
    Number.parseInt(match[1] ?? "", 16),
  );
  expect(numbers).toHaveLength(4);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

test("after close-after the connection is gone without a word", async () => {
  const reply = await openai("sk-fake-close-after-x");
  expect([statusOf(reply), reply.closed]).toEqual([200, "ended"]);
});
