import { describe, expect, it } from "vitest";
import { OutputSizes } from "../policies/output-sizes.ts";
import type { Attempt } from "../spec/attempt.ts";
import type { Budget } from "../spec/budget.ts";
import type { Context } from "../spec/context.ts";
import type { ModelRequest } from "../spec/request.ts";
import type { Target } from "../spec/target.ts";
import { testBudget } from "../testing/scripted-budgets.ts";
import { createStageContext, stageEndpoint } from "../testing/stage-context.ts";
import { HeldSpend } from "./held-spend.ts";
import { type SpendBound, spendBoundOf, spentOf } from "./spend-bound.ts";

/** A request of 400 bytes: 40 tokens by the estimate of the tests, 124 with margin and role marks. */
function contextOf(request: Partial<ModelRequest>, changes: Partial<Context> = {}): Context {
  const context = createStageContext(changes.targets === undefined ? {} : { changes: { targets: changes.targets } });
  return { ...context, request: { ...context.request, bodyBytes: 400, ...request } };
}

function tokensOf(request: Partial<ModelRequest>, budget: Partial<Budget> = {}, outputs = new OutputSizes()): number {
  return Number(spendBoundOf(contextOf(request), [testBudget(budget)], outputs).tokens);
}

function target(model: string): Target {
  return { endpoint: stageEndpoint("first"), model };
}

function boundOf(...models: [string, ...string[]]): SpendBound {
  const [first, ...rest] = models;
  const targets: Context["targets"] = [target(first), ...rest.map(target)];
  return spendBoundOf(contextOf({ outputTokensMax: 0 }, { targets }), [testBudget()], new OutputSizes());
}

describe("the bound of a call", () => {
  it("is the prompt half as large again, with what vendors put around it", () => {
    expect(tokensOf({ outputTokensMax: 0 })).toBe(60 + 64);
    expect(tokensOf({ outputTokensMax: 0, bodyBytes: 410 })).toBe(62 + 64);
    expect(tokensOf({ outputTokensMax: 0, hasTools: true })).toBe(60 + 64 + 1_024);
  });

  it("has the caller's own limit up to 4,096 tokens, times its choices", () => {
    expect(tokensOf({ outputTokensMax: 10 })).toBe(124 + 10);
    expect(tokensOf({ outputTokensMax: 4_096, choices: 2 })).toBe(124 + 8_192);
    expect(tokensOf({ outputTokensMax: 4_096 }, { outputTokensDefault: 5 })).toBe(124 + 4_096);
  });

  it("has the default where there is no limit or a huge one, and the limit in full for a quantile of 1", () => {
    expect(tokensOf({ outputTokensMax: null })).toBe(124 + 4_096);
    expect(tokensOf({ outputTokensMax: 100_000 })).toBe(124 + 4_096);
    expect(tokensOf({ outputTokensMax: 100_000 }, { outputTokensDefault: 9_000 })).toBe(124 + 9_000);
    expect(tokensOf({ outputTokensMax: 5_000 }, { outputTokensDefault: 9_000 })).toBe(124 + 5_000);
    expect(tokensOf({ outputTokensMax: 100_000 }, { outputQuantile: 1 })).toBe(124 + 100_000);
    expect(tokensOf({ outputTokensMax: null }, { outputQuantile: 1 })).toBe(124 + 4_096);
  });

  it("has what was seen of the model, the largest that any of the budgets wants", () => {
    const outputs = new OutputSizes();
    for (let count = 0; count < 90; count++) outputs.learn("model-a", 16);
    for (let count = 0; count < 30; count++) outputs.learn("model-a", 1_000);
    const small = tokensOf({ outputTokensMax: null }, { outputQuantile: 0.5 }, outputs);
    const large = tokensOf({ outputTokensMax: null }, { outputQuantile: 0.99 }, outputs);
    expect([small, large >= 124 + 1_000 && large <= 124 + 1_125]).toEqual([124 + 16, true]);
    const both = [testBudget({ outputQuantile: 0.99 }), testBudget({ outputQuantile: 0.5 })];
    expect(Number(spendBoundOf(contextOf({ outputTokensMax: 100_000 }), both, outputs).tokens)).toBe(large);
  });

  it("has no output where none is written, bytes for tokens in other resources, and nothing where they are free", () => {
    expect(tokensOf({ dialect: "openai-embeddings", outputTokensMax: null })).toBe(124);
    const resource = { name: "audio/speech", method: "POST", path: "/", billed: true, stateful: false };
    expect(tokensOf({ resource, outputTokensMax: 1 })).toBe(400 + 1);
    expect(tokensOf({ resource: { ...resource, billed: false } })).toBe(0);
  });

  it("is that of the dearest target, and unknown when one of them has no price", () => {
    expect(boundOf("abc", "abcdef", "ab").picoUsd).toBe(124n * 6n * 1_000_000n);
    expect(boundOf("abc").picoUsd).toBe(124n * 3n * 1_000_000n);
    expect(boundOf("abc", "unpriced", "ab").picoUsd).toBeNull();
    expect(boundOf("unpriced", "abc").picoUsd).toBeNull();
  });
});

function attempt(changes: Partial<Attempt>): Attempt {
  return {
    index: 0,
    endpointId: "first",
    vendor: "first",
    model: "model-a",
    servedModel: null,
    outcome: "complete",
    status: 200,
    usage: { source: "provider", tokens: { input: 2, output: 3, reasoning: 4 } },
    cost: { state: "priced", picoUsd: 100n },
    startedAtMs: 0,
    durationUs: 0,
    timeToFirstByteUs: null,
    providerRequestId: null,
    providerResponseId: null,
    finishReason: null,
    ...changes,
  };
}

describe("what calls used", () => {
  const reserved = { picoUsd: 1_000n, tokens: 50n };
  const free = { state: "free", picoUsd: 0n } as const;
  const unpriced = { state: "unpriced", picoUsd: null } as const;
  const nothing = { source: "unknown", tokens: {} } as const;

  it("is their sum; nothing where none was made, left or was taken", () => {
    expect(spentOf([], reserved)).toBeNull();
    const unsent = attempt({ outcome: "failed-before-send", cost: free, usage: nothing });
    const refused = attempt({ outcome: "refused", cost: free, usage: nothing });
    expect(spentOf([unsent, refused], reserved)).toBeNull();
    expect(spentOf([unsent, attempt({}), attempt({})], reserved)).toEqual({ picoUsd: 200n, tokens: 18n });
    expect(spentOf([attempt({ cost: free, usage: nothing })], reserved)).toEqual({ picoUsd: 0n, tokens: 0n });
    expect(spentOf([attempt({ outcome: "refused" })], reserved)).toEqual({ picoUsd: 100n, tokens: 9n });
  });

  it("is all that was reserved for a call whose cost or usage nobody knows", () => {
    expect(spentOf([attempt({ cost: unpriced, usage: nothing })], reserved)).toEqual({ picoUsd: 1_000n, tokens: 50n });
    expect(spentOf([attempt({ cost: unpriced })], reserved)).toEqual({ picoUsd: 1_000n, tokens: 9n });
  });
});

function held(outputs: OutputSizes, endings: string[]): { readonly context: Context; readonly spend: HeldSpend } {
  const context = contextOf({ choices: 2 });
  const reservation = {
    exceeded: [],
    extend: () => Promise.reject(new Error("planted")),
    settle: () => void endings.push("settle"),
    release: () => void endings.push("release"),
  };
  const admission = { admit: () => ({ reservation }) };
  const atMost = { picoUsd: 1n, tokens: 1n };
  return { context, spend: new HeldSpend({ context, admission, atMost, outputs, perModel: false, reservation }) };
}

describe("what a request holds", () => {
  it("ends once, and teaches how long answers are: for each choice, and only where the provider counted a whole one", () => {
    const outputs = new OutputSizes();
    const endings: string[] = [];
    for (let count = 0; count < 100; count++) {
      const { context, spend } = held(outputs, endings);
      context.attempts.append(attempt({ outcome: "truncated" }));
      context.attempts.append(attempt({ usage: { source: "estimated", tokens: { output: 90_000 } } }));
      const tokens = { input: 7, output: 1_000, reasoning: 1_000, audioOutput: 2_000 };
      context.attempts.append(attempt({ usage: { source: "provider", tokens } }));
      spend.end();
      spend.end();
    }
    expect(endings).toEqual(Array(100).fill("settle"));
    expect(outputs.quantile("model-a", 0.01)).toBeGreaterThanOrEqual(2_000);
    expect(outputs.quantile("model-a", 0.99)).toBeLessThanOrEqual(2_250);
  });

  it("gets no room where asking for it fails", async () => {
    const { context, spend } = held(new OutputSizes(), []);
    expect(await spend.extend(context.targets[0])).toBe(false);
  });
});
