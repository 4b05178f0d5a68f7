import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguredBodies } from "../assembly/open-bodies.ts";
import type { ExportedBody } from "../spec/body-store.ts";
import { ListBodyStore } from "../testing/list-body-store.ts";
import {
  chatRequest,
  send,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  until,
} from "./test-gateway.ts";

const bodies = { key: "a-key-of-a-test-with-more-than-32-characters", retentionDays: 365 };
let opened: TestGateway[];
beforeEach(() => (opened = []));
afterEach(async () => {
  for (const stack of opened) await stack.stop();
});

async function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const route = { name: "legal", compliance: true, storeBodies: true, ...options.route };
  const stack = await startTestGateway({ ...options, route });
  opened.push(stack);
  return stack;
}

async function kept({ config }: TestGateway): Promise<(ExportedBody & { readonly text: string | null })[]> {
  const all: (ExportedBody & { readonly text: string | null })[] = [];
  for await (const body of readConfiguredBodies(config).read({}))
    all.push({ ...body, text: body.body === null ? null : new TextDecoder().decode(body.body) });
  return all;
}

const stream = [
  'data: {"id":"c1","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n',
  'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}\n\n',
  "data: [DONE]\n\n",
];
const streamBody = JSON.stringify(chatRequest({ stream: true, stream_options: { include_usage: true } }));

function answerWithStream(stack: TestGateway): void {
  stack.upstream.answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(stream.join(""));
  };
}

describe("a compliance route of a gateway", () => {
  it("keeps what callers send and get, byte for byte: whole, streamed, an error, of a user", async () => {
    const stack = await start({ config: { bodies } });
    const whole = await send(stack.port, { headers: ["x-farthing-user", "ada"] });
    stack.upstream.answer = (_, response) => void response.writeHead(429).end('{"error":{"message":"slow down"}}');
    await send(stack.port);
    answerWithStream(stack);
    const streamed = await send(stack.port, { body: streamBody });
    expect([whole.status, streamed.text]).toEqual([200, stream.join("")]);
    const all = await kept(stack);
    expect(all.map(({ part, status, complete, text }) => [part, status, complete, text])).toEqual([
      ["request", null, null, JSON.stringify(chatRequest())],
      ["reply", 200, true, whole.text],
      ["request", null, null, JSON.stringify(chatRequest())],
      ["reply", 429, false, '{"error":{"message":"slow down"}}'],
      ["request", null, null, streamBody],
      ["reply", 200, true, streamed.text],
    ]);
    expect(all[0]).toMatchObject({ route: "legal", called: "gpt-4o-mini" });
    expect((await readConfiguredBodies(stack.config).verify()).brokenAt).toBeNull();
  });

  it("keeps a call of another resource, a bypassed one, and what is asked while everything is off", async () => {
    const stack = await start({ config: { bodies } });
    await send(stack.port, { method: "GET", path: "/v1/files/file-1" });
    await send(stack.port, { headers: ["x-farthing-bypass", "1"] });
    writeFileSync(join(stack.config.dataDirectory, "off"), "");
    await until(() => stack.log.some((line) => "event" in line && line.event === "off-switch"));
    await send(stack.port);
    const all = await kept(stack);
    expect(all.map(({ part }) => part)).toEqual(["request", "reply", "request", "reply", "request", "reply"]);
    expect(all[0]).toMatchObject({ called: "GET /v1/files/file-1", text: "" });
  });
});

const failing = (fails: ListBodyStore["fails"]): TestGatewayOptions => ({
  engine: { bodies: Object.assign(new ListBodyStore(), { fails }) },
});

describe("a gateway that cannot keep", () => {
  it("refuses a request with 503 in its dialect, to be tried again, and sends nothing", async () => {
    const stack = await start(failing("requests"));
    const answer = await send(stack.port);
    expect(answer.status).toBe(503);
    expect(answer.json()["error"]).toMatchObject({ code: "body_store_unavailable", type: "api_error" });
    expect(answer.headers["x-should-retry"]).toBeUndefined();
    const body = JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 5,
      messages: [{ role: "user", content: "x" }],
    });
    const other = await send(stack.port, { path: "/v1/messages", body });
    expect(other.json()["error"]).toMatchObject({ type: "overloaded_error" });
    expect(stack.upstream.calls).toHaveLength(0);
    expect(stack.ledger.records).toMatchObject([{ status: 503, attempts: [] }, { status: 503 }]);
  });

  it("hands out no reply that is not kept; a stream ends with an error event", async () => {
    const stack = await start(failing("replies"));
    const answer = await send(stack.port);
    expect([answer.status, answer.text.includes("chatcmpl")]).toEqual([503, false]);
    answerWithStream(stack);
    const streamed = await send(stack.port, { body: streamBody });
    expect(streamed.text).toContain("body_store_unavailable");
    expect(streamed.text).not.toContain("[DONE]");
    expect(stack.ledger.records).toMatchObject([
      { status: 503, cost: { state: "priced" } },
      { status: 200, outcome: "error", cost: { state: "priced" } },
    ]);
  });

  it("refuses where there is no store at all", async () => {
    const stack = await start();
    expect((await send(stack.port)).status).toBe(503);
    expect(stack.upstream.calls).toHaveLength(0);
  });

  it("serves on a route that only keeps, with an alarm", async () => {
    const stack = await start({ ...failing("both"), route: { compliance: false } });
    expect((await send(stack.port)).status).toBe(200);
    expect(stack.log).toContainEqual(expect.objectContaining({ event: "alarm", code: "bodies-unavailable" }));
  });
});
