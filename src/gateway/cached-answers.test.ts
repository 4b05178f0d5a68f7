import { afterEach, describe, expect, it } from "vitest";
import type { ExactCachePolicy } from "../spec/route.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { stageCache } from "../testing/stage-context.ts";
import {
  chatReply,
  chatRequest,
  send,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  until,
} from "./test-gateway.ts";

let stack: TestGateway;
afterEach(() => stack.stop());

async function start(cache: Partial<ExactCachePolicy>, engine: TestGatewayOptions["engine"] = {}): Promise<void> {
  const route = { exactCache: stageCache({ enabled: true, ...cache }) };
  stack = await startTestGateway({ route, engine });
}

/** Status, word of the cache and text of one request. */
async function ask(body: object = {}, headers: readonly string[] = []): Promise<readonly [number, unknown, string]> {
  const answer = await send(stack.port, { body: JSON.stringify(chatRequest(body)), headers });
  return [answer.status, answer.headers["x-farthing-cache"], answer.text];
}

const tool = (name: string, index = 0): object => ({
  index,
  id: `c${index}`,
  type: "function",
  function: { name, arguments: "{}" },
});
const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c1", model: chatReply["model"], choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

describe("answers that call tools of a real dialect", () => {
  it.each<[string, readonly string[], string]>([
    ["all pure", ["look_up", "add"], "hit"],
    ["one that is not", ["look_up", "send"], "miss"],
  ])("%s, whole and streamed: %s", async (_name, names, second) => {
    await start({ pureTools: ["look_up", "add"] });
    stack.upstream.answer = (call, response) => {
      const calls = names.map((name, index) => tool(name, index));
      if (!call.body.toString().includes('"stream":true')) {
        const choices = [{ index: 0, message: { role: "assistant", tool_calls: calls }, finish_reason: "tool_calls" }];
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ...chatReply, choices }));
        return;
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(
        `${calls.map((one) => chunk({ tool_calls: [one] })).join("")}${chunk({}, "tool_calls")}data: [DONE]\n\n`,
      );
    };
    for (const body of [{}, { stream: true, seed: 1 }]) {
      expect((await ask(body))[1]).toBe("miss");
      expect((await ask(body))[1]).toBe(second);
    }
  });
});

it("a refusal that every repeat would meet is given again; one about money is not", async () => {
  await start({});
  const refusals = {
    long: {
      error: { message: "This model's maximum context length is 8192 tokens.", code: "context_length_exceeded" },
    },
    poor: { error: { message: "You exceeded your current quota.", code: "insufficient_quota" } },
  };
  stack.upstream.answer = (call, response) => {
    const refusal = call.body.toString().includes('"seed":1') ? refusals.poor : refusals.long;
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(refusal));
  };
  expect(await ask()).toEqual([400, "miss", JSON.stringify(refusals.long)]);
  expect(await ask()).toEqual([400, "hit", JSON.stringify(refusals.long)]);
  // Another form of it might be accepted.
  expect((await ask({ stream: true }))[1]).toBe("miss");
  expect((await ask({ seed: 1 }))[1]).toBe("miss");
  expect((await ask({ seed: 1 }))[1]).toBe("miss");
  expect(stack.upstream.calls).toHaveLength(4);
});

it("a hit is charged for its lookup, and saves the rest", async () => {
  await start({});
  await ask();
  const hit = await send(stack.port, {});
  const [cost, saved] = ["x-farthing-cost", "x-farthing-saved"].map((name) => Number(hit.headers[name]));
  const [bought, found] = stack.ledger.records;
  expect(found?.cost).toEqual({ state: "priced", picoUsd: expect.any(BigInt) as bigint });
  expect((found?.cost.picoUsd ?? 0n) > 0n && (found?.cost.picoUsd ?? 0n) < (bought?.cost.picoUsd ?? 0n)).toBe(true);
  expect(cost).toBeCloseTo(Number(found?.cost.picoUsd) / 1e12, 15);
  expect(saved).toBeCloseTo(Number((bought?.cost.picoUsd ?? 0n) - (found?.cost.picoUsd ?? 0n)) / 1e12, 15);
});

it("a stale answer is served while the engine fetches a fresh one, in a row of its own", async () => {
  const clock = createFakeClock();
  await start({ ttlMs: 60_000, staleMs: 60_000 }, { clock });
  const told = (text: string): void => {
    stack.upstream.answer = (_call, response) => {
      const choices = [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }];
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ...chatReply, choices }));
    };
  };
  told("old");
  await ask();
  told("new");
  clock.jumpWall(60_000);
  expect((await ask())[2]).toContain("old");
  await until(() => stack.ledger.records.length === 3);
  const [status, cache, text] = await ask();
  expect([status, cache]).toEqual([200, "hit"]);
  expect(text).toContain("new");
  const refresh = stack.ledger.records.find(({ claims }) => claims.tags.includes("farthing:refresh"));
  expect(refresh).toMatchObject({
    baseline: { picoUsd: 0n },
    cache: "off",
    outcome: "ok",
    savings: [{ technique: "exact-cache" }],
  });
  expect(refresh?.savings[0]?.picoUsd).toBe(-(refresh?.cost.picoUsd ?? 0n));
  expect(stack.upstream.calls).toHaveLength(2);
});

it("an alias that answers as another snapshot takes the old one's answers with it", async () => {
  await start({});
  const model = { served: "gpt-4o-mini-2024-07-18" };
  stack.upstream.answer = (_call, response) => {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ ...chatReply, model: model.served }));
  };
  await ask();
  expect((await ask())[1]).toBe("hit");
  model.served = "gpt-4o-mini-2026-09-01";
  await ask({ seed: 2 });
  expect((await ask())[1]).toBe("miss");
  // Bought while the invalidation was on its way to the file: found again once that is written.
  const words = new Set<unknown>();
  for (let count = 0; count < 50 && !words.has("hit"); count++) {
    await new Promise((resolve) => void setTimeout(resolve, 20));
    words.add((await ask())[1]);
  }
  expect(words).toContain("hit");
});
