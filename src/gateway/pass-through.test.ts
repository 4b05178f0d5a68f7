import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chatReply, chatRequest, send, startTestGateway, type TestGateway, usualAnswer } from "./test-gateway.ts";

let stack: TestGateway;
beforeAll(async () => {
  stack = await startTestGateway();
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.upstream.calls.length = 0;
  stack.upstream.answer = usualAnswer;
});

/** The value of a header in a list of names and values. */
function valueOf(headers: readonly string[], name: string): string | undefined {
  const index = headers.findIndex((header, at) => at % 2 === 0 && header.toLowerCase() === name);
  return index === -1 ? undefined : headers[index + 1];
}

const space = fc.constantFrom("", " ", "\n", "\t", "\r\n  ");
const number = fc.constantFrom("1e3", "-0", "0.10", "12345678901234567890", "1E-7", "3.0");
const plainText = fc.string({ unit: "grapheme", maxLength: 40 }).map((value) => JSON.stringify(value));
const escaped = fc.constantFrom('"\\u00e9\\/\\ud83d\\ude00"', '"\\ud800"', '"\\u0000"', '"__proto__"');
const leaf = fc.oneof(number, plainText, escaped, fc.constantFrom("null", "true", "[]", "{ }"));

/** A body as text, so that its spelling (space, escapes, big numbers) is part of what must survive. */
function bodies(fields: readonly string[]): fc.Arbitrary<string> {
  // Each name once: a field written twice is refused, and bad-input.test.ts holds that.
  const extra = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), leaf), {
    maxLength: 5,
    selector: ([name]) => name,
  });
  return fc.tuple(extra, fc.array(space, { minLength: 4, maxLength: 4 })).map(([extras, gaps]) => {
    const members = [...fields, ...extras.map(([name, value]) => `"x_${name}"${gaps[0]}:${gaps[1]}${value}`)];
    return `${gaps[2]}{${members.join(`${gaps[3]},`)}}${gaps[0]}`;
  });
}

describe("an unchanged request", () => {
  it("reaches the provider as the bytes the caller sent, in either dialect", async () => {
    const chat = fc.tuple(
      fc.constant("/v1/chat/completions"),
      bodies(['"model" : "gpt-4o-mini"', '"messages":[{"role":"user","content":"héllo ✓"}]']),
    );
    const messages = fc.tuple(
      fc.constant("/v1/messages"),
      bodies(['"model":"claude-sonnet-4-5"', '"max_tokens": 1e2', '"messages":[{"role":"user","content":"héllo ✓"}]']),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(chat, messages), async ([path, body]) => {
        stack.upstream.calls.length = 0;
        const answer = await send(stack.port, { path, body });
        expect(answer.status).toBe(200);
        expect(stack.upstream.calls).toHaveLength(1);
        expect(stack.upstream.calls[0]?.body.toString()).toBe(body);
        expect(stack.upstream.calls[0]?.url).toBe(path);
      }),
      { numRuns: 150 },
    );
  });

  it("keeps its query, and a body in many pieces stays one body", async () => {
    const body = JSON.stringify(chatRequest({ padding: "x".repeat(60_000) }));
    await send(stack.port, { path: "/v1/chat/completions?beta=true&a=%2F", body });
    expect(stack.upstream.calls[0]?.url).toBe("/v1/chat/completions?beta=true&a=%2F");
    expect(stack.upstream.calls[0]?.body.toString()).toBe(body);
  });
});

describe("headers on their way to the provider", () => {
  it("pass when they are the vendor's, byte for byte", async () => {
    const beta = "prompt-caching-2024-07-31,  context-1m-2025-08-07";
    const headers = [
      "Anthropic-Version",
      "2023-06-01",
      "anthropic-beta",
      beta,
      "x-new-thing",
      "1",
      "X-Stainless-Lang",
      "js",
    ];
    const body = JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 5,
      messages: [{ role: "user", content: "x" }],
    });
    await send(stack.port, { path: "/v1/messages", headers, body });
    const seen = stack.upstream.calls[0]?.headers ?? [];
    expect(valueOf(seen, "anthropic-version")).toBe("2023-06-01");
    expect(valueOf(seen, "anthropic-beta")).toBe(beta);
    expect(valueOf(seen, "x-new-thing")).toBe("1");
    expect(valueOf(seen, "x-stainless-lang")).toBe("js");
  });

  it("end here when they are ours, this hop's, or about our network", async () => {
    const headers = [
      "x-farthing-feature",
      "a",
      "x-farthing-whatever",
      "b",
      "Helicone-User-Id",
      "c",
      "helicone-auth",
      "d",
      "x-portkey-metadata",
      "{}",
      "x-portkey-api-key",
      "e",
      "x-claude-code-session-id",
      "f",
      "cookie",
      "g=h",
      "x-forwarded-for",
      "10.0.0.1",
      "forwarded",
      "for=10.0.0.1",
      "te",
      "trailers",
      "accept-encoding",
      "gzip",
      "proxy-authorization",
      "Basic aaa",
      "x-hop",
      "1",
      "connection",
      "keep-alive, x-hop",
      "baggage",
      "a=b",
    ];
    await send(stack.port, { headers });
    const seen = stack.upstream.calls[0]?.headers ?? [];
    const names = seen.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(names.toSorted()).toEqual(
      ["accept-encoding", "authorization", "connection", "content-length", "content-type", "host"].toSorted(),
    );
    expect(valueOf(seen, "accept-encoding")).toBe("identity");
    expect(valueOf(seen, "host")).toBe(stack.upstream.origin.replace("http://", ""));
  });

  it("carry the caller's key where the provider wants it, whichever header it came in", async () => {
    await send(stack.port, { headers: ["x-api-key", "sk-mine"] });
    const body = JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 5,
      messages: [{ role: "user", content: "x" }],
    });
    await send(stack.port, { path: "/v1/messages", headers: ["authorization", "bearer sk-ant"], body });
    await send(stack.port, { headers: ["authorization", "Bearer sk-mine", "x-api-key", "sk-mine"] });
    const [chat, messages, both] = stack.upstream.calls;
    expect(valueOf(chat?.headers ?? [], "authorization")).toBe("Bearer sk-mine");
    expect(valueOf(chat?.headers ?? [], "x-api-key")).toBeUndefined();
    expect(valueOf(messages?.headers ?? [], "x-api-key")).toBe("sk-ant");
    expect(valueOf(messages?.headers ?? [], "authorization")).toBeUndefined();
    expect(valueOf(both?.headers ?? [], "authorization")).toBe("Bearer sk-mine");
  });
});

describe("the provider's answer", () => {
  it("comes back with its unknown fields, its bytes and its headers", async () => {
    const text = `{ "x_future": {"a":[1e400, 12345678901234567890]},${JSON.stringify(chatReply).slice(1)}`;
    stack.upstream.answer = (_, response) => {
      response.writeHead(200, [
        "content-type",
        "application/json",
        "x-ratelimit-remaining-requests",
        "7",
        "openai-version",
        "2020-10-01",
        "set-cookie",
        "a=b",
        "strict-transport-security",
        "max-age=1",
        "alt-svc",
        "h3",
        "x-farthing-cost",
        "0",
      ]);
      response.end(text);
    };
    const answer = await send(stack.port);
    expect(answer.text).toBe(text);
    expect(answer.headers["x-ratelimit-remaining-requests"]).toBe("7");
    expect(answer.headers["openai-version"]).toBe("2020-10-01");
    expect(answer.headers["content-length"]).toBe(String(Buffer.byteLength(text)));
    for (const name of ["set-cookie", "strict-transport-security", "alt-svc"])
      expect(answer.headers[name]).toBeUndefined();
  });

  it("is explained by headers of ours that agree with the ledger", async () => {
    const answer = await send(stack.port);
    const record = stack.ledger.records.at(-1);
    expect(answer.headers["x-farthing-request-id"]).toBe(record?.requestId);
    expect(answer.headers["x-farthing-cache"]).toBe("off");
    expect(answer.headers["x-farthing-model"]).toBe("gpt-4o-mini-2024-07-18");
    // 10 tokens at $0.15 and 1 at $0.60 a million.
    expect(answer.headers["x-farthing-cost"]).toBe("0.0000021");
    expect(record?.cost).toEqual({ state: "priced", picoUsd: 2_100_000n });
    expect(answer.headers["x-farthing-saved"]).toBe("0");
    expect(answer.headers["x-farthing-decision"]).toMatch(/\S/);
  });

  it("says unpriced, never 0, of a model without a price", async () => {
    stack.upstream.answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...chatReply, model: "house-model\u00e9" }));
    };
    const answer = await send(stack.port, { body: JSON.stringify(chatRequest({ model: "house-modelé\r\nx: y" })) });
    expect(answer.status).toBe(200);
    expect(answer.headers["x-farthing-cost"]).toBe("unpriced");
    expect(answer.headers["x-farthing-model"]).toBe("house-model?");
  });

  it.each([400, 401, 404, 429, 500, 529])("passes unmodified when it is a %i", async (status) => {
    const text = `{"error": {"message":"as the vendor words it", "type":"x"} }`;
    stack.upstream.answer = (_, response) => {
      response.writeHead(status, { "content-type": "application/json", "retry-after": "7" }).end(text);
    };
    const answer = await send(stack.port);
    expect(answer.status).toBe(status);
    expect(answer.text).toBe(text);
    expect(answer.headers["retry-after"]).toBe("7");
    expect(answer.headers["x-farthing-request-id"]).toMatch(/^fr_/);
  });
});
