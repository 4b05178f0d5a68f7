import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatRequest, send, sendRaw, startTestGateway, type TestGateway, type TestRequest } from "./test-gateway.ts";

let stack: TestGateway;
beforeAll(async () => {
  stack = await startTestGateway();
});
afterAll(() => stack.stop());

const chat = JSON.stringify(chatRequest());
const messages = (body: object): TestRequest => ({ path: "/v1/messages", body: JSON.stringify(body) });
const ask = [{ role: "user", content: "hi" }];

/** Name, request, status, code. */
const refused: readonly (readonly [string, TestRequest, number, string])[] = [
  ["an empty body", { body: "" }, 400, "invalid_json"],
  ["text that is not JSON", { body: "model=gpt-4o" }, 400, "invalid_json"],
  ["JSON cut short", { body: chat.slice(0, -1) }, 400, "invalid_json"],
  ["JSON with something behind it", { body: `${chat} {}` }, 400, "invalid_json"],
  ["a byte order mark", { body: `\uFEFF${chat}` }, 400, "invalid_json"],
  ["bytes that are no UTF-8", { body: Buffer.from(chat.replace("hi", "\xff"), "latin1") }, 400, "invalid_json"],
  ["a nesting bomb", { body: `{"model":"m","messages":${"[".repeat(60_000)}` }, 400, "json_too_deep"],
  ["65 levels where 64 are allowed", { body: `{"a":${"[".repeat(64)}${"]".repeat(64)}}` }, 400, "json_too_deep"],
  ["two models", { body: `{"model":"a","messages":[],"model":"b"}` }, 400, "duplicate_field"],
  ["two models, one escaped", { body: `{"model":"a","messages":[],"mod\\u0065l":"b"}` }, 400, "duplicate_field"],
  ["two systems", { body: `{"model":"a","messages":[],"system":"a","system":"b"}` }, 400, "duplicate_field"],
  ["two limits", { body: `{"max_tokens":1,"model":"a","messages":[],"max_tokens":9}` }, 400, "duplicate_field"],
  ["a body over the limit", { body: JSON.stringify(chatRequest({ a: "x".repeat(66_000) })) }, 413, "body_too_large"],
  ["an array", { body: "[]" }, 400, "invalid_request"],
  ["null", { body: "null" }, 400, "invalid_request"],
  ["a number", { body: "1" }, 400, "invalid_request"],
  ["no model", { body: JSON.stringify({ messages: ask }) }, 400, "invalid_request"],
  ["a model of the wrong type", { body: JSON.stringify(chatRequest({ model: 7 })) }, 400, "invalid_request"],
  ["an empty model", { body: JSON.stringify(chatRequest({ model: "" })) }, 400, "invalid_request"],
  ["messages of the wrong type", { body: JSON.stringify(chatRequest({ messages: "hi" })) }, 400, "invalid_request"],
  ["stream of the wrong type", { body: JSON.stringify(chatRequest({ stream: "yes" })) }, 400, "invalid_request"],
  [
    "an Anthropic body without messages",
    messages({ model: "claude-sonnet-4-5", max_tokens: 5 }),
    400,
    "invalid_request",
  ],
  ["a form", { headers: ["content-type", "application/x-www-form-urlencoded"] }, 415, "unsupported_media_type"],
  ["another charset", { headers: ["content-type", "application/json; charset=latin1"] }, 415, "unsupported_media_type"],
  ["a compressed body", { headers: ["content-encoding", "gzip"] }, 415, "unsupported_media_type"],
  ["no key", { headers: ["authorization", ""] }, 401, "missing_key"],
  ["a scheme without a key", { headers: ["authorization", "Bearer"] }, 401, "missing_key"],
  ["an empty key", { headers: ["x-api-key", ""] }, 401, "missing_key"],
  ["another kind of credential", { headers: ["authorization", "Basic abc"] }, 400, "invalid_header"],
  ["two keys that differ", { headers: ["authorization", "Bearer a", "x-api-key", "b"] }, 400, "invalid_header"],
  ["a key twice", { headers: ["x-api-key", "a", "x-api-key", "a"] }, 400, "invalid_header"],
  ["a key with a space", { headers: ["x-api-key", "a b"] }, 400, "invalid_header"],
  ["a key beyond ASCII", { headers: ["x-api-key", "a\u00e9"] }, 400, "invalid_header"],
  ["an unknown local key", { headers: ["x-api-key", `fk_abcdef_${"a".repeat(43)}`] }, 401, "invalid_key"],
  ["a local key's beginning", { headers: ["x-api-key", "fk_"] }, 401, "invalid_key"],
  ["a claim too long", { headers: ["x-farthing-user", "u".repeat(129)] }, 400, "invalid_header"],
  ["a claim with a control character", { headers: ["x-farthing-user", "a\tb"] }, 400, "invalid_header"],
  ["a claim twice", { headers: ["x-farthing-user", "a", "x-farthing-user", "b"] }, 400, "invalid_header"],
  ["nine tags", { headers: ["x-farthing-tags", "1,2,3,4,5,6,7,8,9"] }, 400, "invalid_header"],
  ["an empty tag", { headers: ["x-farthing-tags", "a,,b"] }, 400, "invalid_header"],
  ["GET on a path of POST", { method: "GET" }, 405, "wrong_method"],
  ["DELETE on a path of POST", { method: "DELETE", path: "/v1/messages" }, 405, "wrong_method"],
  ["an unknown path", { path: "/v1/chat/completion" }, 404, "unknown_path"],
  ["a path behind a path", { path: "/v1/chat/completions/" }, 404, "unknown_path"],
  ["metrics on this listener", { method: "GET", path: "/metrics" }, 404, "unknown_path"],
  ["a record of nobody", { method: "GET", path: "/v1/farthing/requests/fr_1" }, 404, "not_found"],
  ["an absolute target", { path: "http://127.0.0.1/v1/chat/completions" }, 400, "bad_target"],
  ["an asterisk", { path: "*" }, 400, "bad_target"],
  ["two slashes", { path: "//v1/chat/completions" }, 400, "bad_target"],
  ["slashes inside", { path: "/v1//chat/completions" }, 400, "bad_target"],
  ["dot segments", { path: "/v1/models/../chat/completions" }, 400, "bad_target"],
  ["a dot segment at the end", { path: "/v1/chat/completions/." }, 400, "bad_target"],
  ["escaped dots", { path: "/v1/%2e%2E/chat/completions" }, 400, "bad_target"],
  ["an escaped slash", { path: "/v1%2fchat/completions" }, 400, "bad_target"],
  ["a backslash", { path: "/v1\\chat/completions" }, 400, "bad_target"],
  ["a fragment", { path: "/v1/chat/completions#x" }, 400, "bad_target"],
];

describe("bad input", () => {
  it.each(refused)("refuses %s", async (_name, request, status, code) => {
    const answer = await send(stack.port, request);
    expect(answer.status).toBe(status);
    const { error } = answer.json() as { error: { code?: string; type: string; message: string } };
    expect(`${error.code} ${error.message}`).toContain(request.path === "/v1/messages" ? error.message : code);
    expect(answer.headers["content-type"]).toContain("application/json");
    expect(answer.headers["x-farthing-request-id"]).toMatch(/^fr_/);
  });

  it("calls no provider, writes no row and counts each refusal", async () => {
    expect(stack.upstream.calls).toHaveLength(0);
    expect(stack.ledger.records).toHaveLength(0);
    const { ledger, configGeneration } = stack.gateway.engine.status();
    const text = stack.gateway.engine.metrics.render({ ledger, configGeneration, inFlight: 0 });
    const counts = [...text.matchAll(/^farthing_rejected_total\{code="\w+"\} (\d+)$/gm)].map((match) =>
      Number(match[1]),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(refused.length);
  });

  it("leaves prototypes alone", async () => {
    const body = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${chat.slice(1)}`;
    expect((await send(stack.port, { body })).status).toBe(200);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("puts neither key nor body into answers and log", async () => {
    const secret = "canary-9b1d";
    for (const [, request] of refused.slice(0, 30)) {
      const answer = await send(stack.port, {
        ...request,
        headers: [...(request.headers ?? ["authorization", `Bearer ${secret}`])],
        body: typeof request.body === "string" ? request.body.replace("hi", secret) : `{"${secret}":`,
      });
      expect(answer.text).not.toContain(secret);
    }
    expect(JSON.stringify(stack.log)).not.toContain(secret);
    expect(stack.log.length).toBeGreaterThan(0);
  });
});

describe("bad framing", () => {
  const head = "content-type: application/json\r\nauthorization: Bearer sk-own\r\n";
  const withBody = `${head}content-length: ${chat.length}\r\n\r\n${chat}`;
  const line = "POST /v1/chat/completions HTTP/1.1\r\n";

  it.each([
    ["two Host headers", `${line}host: a\r\nhost: a\r\n${withBody}`, "bad_host"],
    ["no Host header", `${line}${withBody}`, "bad_host"],
    ["a Host with a path", `${line}host: a/healthz?x=\r\n${withBody}`, "bad_host"],
    ["a Host with a user", `${line}host: b@a\r\n${withBody}`, "bad_host"],
    ["an empty Host", `${line}host:\r\n${withBody}`, "bad_host"],
    [
      "a foreign absolute target",
      `POST http://evil/v1/chat/completions HTTP/1.1\r\nhost: a\r\n${withBody}`,
      "bad_target",
    ],
    ["a target without a slash", `POST v1/chat/completions HTTP/1.1\r\nhost: a\r\n${withBody}`, "invalid_request"],
    ["two lengths", `${line}host: a\r\ncontent-length: 1\r\n${withBody}`, "invalid_request"],
    ["a length and chunks", `${line}host: a\r\ntransfer-encoding: chunked\r\n${withBody}`, "invalid_request"],
    ["no HTTP at all", "hello\r\n\r\n", "invalid_request"],
  ])("refuses %s", async (_name, text, code) => {
    const calls = stack.upstream.calls.length;
    const answer = await sendRaw(stack.port, text, 300);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toContain(code);
    expect(stack.upstream.calls).toHaveLength(calls);
  });

  it.each([
    ["an absolute target", "POST http://a/v1/messages?x=1 HTTP/1.1\r\nhost: a\r\n"],
    ["two slashes", "POST //v1//messages HTTP/1.1\r\nhost: a\r\n"],
    ["escaped dots", "POST /v1/%2e%2fmessages/count_tokens HTTP/1.1\r\nhost: a\r\n"],
    ["two Host headers", "POST /v1/messages HTTP/1.1\r\nhost: a\r\nhost: a\r\n"],
    ["two lengths", "POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n"],
    ["a bare path", "POST v1/messages HTTP/1.1\r\nhost: a\r\n"],
  ])("refuses %s of a messages call in Anthropic's shape", async (_name, start) => {
    const answer = await sendRaw(stack.port, `${start}${withBody}`, 300);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toContain('{"type":"error"');
  });

  it("answers a chat call in OpenAI's shape, whatever its query and headers say", async () => {
    const start = "POST http://a/v1/chat/completions?x=/v1/messages HTTP/1.1\r\nhost: a\r\nanthropic-version: 1\r\n";
    expect(await sendRaw(stack.port, `${start}${withBody}`, 300)).not.toContain('"type":"error"');
  });

  it("refuses headers beyond the limit with 431", async () => {
    const answer = await sendRaw(stack.port, `${line}host: a\r\nx-long: ${"x".repeat(40_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("answers a body over its announced limit before it came, and lets the caller read the answer", async () => {
    const answer = await sendRaw(stack.port, `${line}host: a\r\n${head}content-length: 99999999\r\n\r\n{"model":`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain("body_too_large");
  });

  it("stops reading an unannounced body at the limit", async () => {
    const chunk = `1000\r\n${"x".repeat(4096)}\r\n`;
    const text = `${line}host: a\r\n${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(20)}`;
    const answer = await sendRaw(stack.port, text);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("body_too_large");
  });

  it("lets a caller ask first whether its body is wanted", async () => {
    const expecting = `${line}host: a\r\nexpect: 100-continue\r\n${head}`;
    expect(await sendRaw(stack.port, `${expecting}content-length: 99999999\r\n\r\n`, 500)).toMatch(/^HTTP\/1\.1 413 /);
    const accepted = await sendRaw(stack.port, `${expecting}content-length: ${chat.length}\r\n\r\n${chat}`, 500);
    expect(accepted).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  it("serves the next call on a connection whose last one was refused", async () => {
    const bad = `${line}host: a\r\n${head}content-length: 2\r\n\r\n[]`;
    const answer = await sendRaw(stack.port, `${bad}${line}host: a\r\n${withBody}`, 300);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400", "HTTP/1.1 200"]);
  });
});
