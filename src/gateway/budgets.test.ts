import { afterEach, describe, expect, it } from "vitest";
import { dialectNames } from "../spec/request.ts";
import { flatPrices } from "../testing/stage-ports.ts";
import { ScriptedBudgets, testBudget } from "../testing/scripted-budgets.ts";
import {
  chatRequest,
  type GotAnswer,
  send,
  sendRaw,
  type TestGateway,
  type TestGatewayOptions,
  testRoute,
  until,
} from "./test-gateway.ts";
import { createTestGateways } from "./test-gateways.ts";

const gateways = createTestGateways();
afterEach(() => gateways.stop());

const dollar = 1_000_000_000_000n;

function start(budgets: ScriptedBudgets, options: TestGatewayOptions = {}): Promise<TestGateway> {
  return gateways.start({
    ...options,
    config: { budgets: [budgets.budget], ...options.config },
    engine: { budgets, ...options.engine },
  });
}

const messages = JSON.stringify({
  model: "claude-sonnet-4-5",
  max_tokens: 10,
  messages: [{ role: "user", content: "hi" }],
});
const contents = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "hi" }] }] });
const dialects = [
  ["openai-chat", "/v1/chat/completions", JSON.stringify(chatRequest())],
  ["openai-responses", "/v1/responses", JSON.stringify({ model: "gpt-4o-mini", input: "hi" })],
  ["openai-embeddings", "/v1/embeddings", JSON.stringify({ model: "text-embedding-3-small", input: "hi" })],
  ["openai-completions", "/v1/completions", JSON.stringify({ model: "gpt-3.5-turbo-instruct", prompt: "hi" })],
  ["anthropic-messages", "/v1/messages", messages],
  ["gemini", "/v1beta/models/gemini-2.5-flash:generateContent", contents],
] as const;

const everyDialect: TestGatewayOptions["endpoint"] = { dialects: dialectNames };
const toFirst = Object.fromEntries(dialects.map(([dialect]) => [dialect, "openai"]));

/** Code and message, wherever the dialect has them. */
function errorOf(answer: GotAnswer): string {
  return JSON.stringify(answer.json()["error"]);
}

describe("a refusal", () => {
  it.each(dialects)("speaks %s: 429, no retry, what is left and when it resets", async (_dialect, path, body) => {
    const budgets = new ScriptedBudgets(5n, testBudget({ name: "team-a" }));
    const gateway = await start(budgets, {
      endpoint: everyDialect,
      config: { defaultEndpoints: toFirst },
      engine: { prices: flatPrices },
    });
    for (const bypass of [[], ["x-farthing-bypass", "true"]]) {
      const answer = await send(gateway.port, { path, body, headers: ["authorization", "Bearer sk-own", ...bypass] });
      expect(answer.status).toBe(429);
      expect(answer.headers["x-should-retry"]).toBe("false");
      expect(answer.headers["retry-after"]).toBeUndefined();
      expect(errorOf(answer)).toMatch(/team-a is used up: .* left, .*resets at 2026-12-01T00:00:00Z/);
      expect(answer.text).toMatch(/budget_exceeded|BUDGET_EXCEEDED|"type":"rate_limit_error"/);
    }
    expect([gateway.upstream.calls.length, budgets.room]).toEqual([0, 5n]);
    expect(gateway.ledger.records.map(({ outcome, cost, attempts }) => [outcome, cost.state, attempts.length])).toEqual(
      [
        ["error", "free", 0],
        ["error", "free", 0],
      ],
    );
  });

  it("tells an unpriced model and a broken store apart", async () => {
    const budgets = new ScriptedBudgets(dollar);
    const gateway = await start(budgets);
    const unpriced = await send(gateway.port, { body: JSON.stringify(chatRequest({ model: "nobody-knows-1" })) });
    expect([unpriced.status, unpriced.headers["x-should-retry"]]).toEqual([403, undefined]);
    expect(errorOf(unpriced)).toMatch(/budget_unpriced/);
    budgets.isBroken = true;
    const broken = await send(gateway.port);
    expect([broken.status, broken.headers["x-should-retry"]]).toEqual([503, undefined]);
    expect(errorOf(broken)).toMatch(/budget_unavailable/);
    expect(gateway.upstream.calls).toHaveLength(0);
  });
});

describe("spending", () => {
  it("of a call is what its row says, and every dollar not used comes back", async () => {
    const budgets = new ScriptedBudgets(dollar);
    const gateway = await start(budgets);
    expect((await send(gateway.port)).status).toBe(200);
    const [record] = gateway.ledger.records;
    expect(budgets.room).toBe(dollar - (record?.cost.picoUsd ?? 0n));
    expect([budgets.leaked, record?.cost.state]).toEqual([0, "priced"]);
    expect(budgets.seen[0]?.subject).toMatchObject({ model: "gpt-4o-mini", key: expect.stringMatching(/^own_/) });
  });

  it("of a stream is settled at its end, and when its caller leaves", async () => {
    const budgets = new ScriptedBudgets(dollar);
    const gateway = await start(budgets);
    gateway.upstream.answer = (_call, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"id":"c","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"hello"}}]}\n\n');
    };
    const body = JSON.stringify(chatRequest({ stream: true }));
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${gateway.port}\r\nauthorization: Bearer sk-own\r\n`;
    const raw = `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    expect(await sendRaw(gateway.port, raw, 300)).toContain("hello");
    await until(() => gateway.ledger.records.length === 1);
    expect(gateway.ledger.records[0]?.outcome).toBe("aborted");
    expect(budgets.leaked).toBe(0);
    expect(budgets.room).toBe(dollar - (gateway.ledger.records[0]?.cost.picoUsd ?? 0n));
    expect(budgets.room).toBeLessThan(dollar);
  });

  it("of retries is reserved call by call, and a refused one ends them", async () => {
    const retry = { enabled: true, attemptsMax: 3, backoffMs: 1, backoffMsMax: 10, retryAmbiguous: false };
    const probe = await start(new ScriptedBudgets(dollar), { route: testRoute({ retry }) });
    await send(probe.port);
    const budgets = new ScriptedBudgets(dollar);
    const gateway = await start(budgets, { route: testRoute({ retry }) });
    gateway.upstream.answer = (_call, response) => response.writeHead(503).end("{}");
    expect((await send(gateway.port)).status).toBe(503);
    expect([gateway.upstream.calls.length, budgets.seen[0]?.extensions, budgets.room]).toEqual([3, 2, dollar]);
    budgets.room = budgets.seen[0]?.atMost.picoUsd ?? 0n;
    const room = budgets.room;
    expect((await send(gateway.port)).status).toBe(503);
    expect([gateway.upstream.calls.length, budgets.room, budgets.leaked]).toEqual([4, room, 0]);
    const journal = gateway.ledger.records.at(-1)?.journal ?? [];
    expect(journal.find(({ stage }) => stage === "retry")?.reason).toBe("budget");
  });

  it("of other resources passes too: free ones need no room, billed ones without a price are refused", async () => {
    const budgets = new ScriptedBudgets(0n);
    const gateway = await start(budgets);
    gateway.upstream.answer = (_call, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    expect((await send(gateway.port, { method: "GET", path: "/v1/files" })).status).toBe(200);
    expect([budgets.seen.length, budgets.leaked]).toEqual([1, 0]);
    const speech = JSON.stringify({ model: "no-such-voice", input: "hi" });
    const answer = await send(gateway.port, { path: "/v1/audio/speech", body: speech });
    expect([answer.status, gateway.upstream.calls.length]).toEqual([403, 1]);
  });

  it("without budgets has no stage at all", async () => {
    const gateway = await gateways.start();
    await send(gateway.port);
    expect(gateway.ledger.records[0]?.journal.map(({ stage }) => stage)).toEqual(["call-provider", "meter", "settle"]);
  });
});
