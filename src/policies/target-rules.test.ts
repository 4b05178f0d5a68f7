import { describe, expect, it } from "vitest";
import type { DialectName } from "../spec/request.ts";
import type { TargetRule } from "../spec/route.ts";
import type { Target } from "../spec/target.ts";
import { stageCaller, stageEndpoint } from "../testing/stage-context.ts";
import { conditionHolds, findRule, type RuleFacts, usableTargets } from "./target-rules.ts";

const facts: RuleFacts = {
  model: "gpt-4o",
  tags: ["batch", "eu"],
  task: "classification",
  feature: "search",
  hasTools: false,
  promptTokens: () => 500,
};

describe("a condition", () => {
  it.each([
    [{}, true],
    [{ model: ["gpt-4*"] }, true],
    [{ model: ["claude-*", "gpt-4o"] }, true],
    [{ model: ["gpt-4"] }, false],
    [{ model: [] }, false],
    [{ tag: ["eu"] }, true],
    [{ tag: ["us"] }, false],
    [{ task: ["summary", "classification"] }, true],
    [{ task: ["summary"] }, false],
    [{ feature: ["search"] }, true],
    [{ feature: ["chat"] }, false],
    [{ tools: false }, true],
    [{ tools: true }, false],
    [{ promptTokensMin: 500 }, true],
    [{ promptTokensMin: 501 }, false],
    [{ promptTokensMax: 500 }, true],
    [{ promptTokensMax: 499 }, false],
    [{ promptTokensMin: 400, promptTokensMax: 600 }, true],
    [{ model: ["gpt-4o"], tag: ["us"] }, false],
  ])("%j: %s", (condition, holds) => {
    expect(conditionHolds(condition, facts)).toBe(holds);
  });

  it("about a claim does not hold for a request that makes none", () => {
    const silent = { ...facts, task: null, feature: null, tags: [] };
    for (const condition of [{ task: ["classification"] }, { feature: ["search"] }, { tag: ["eu"] }]) {
      expect(conditionHolds(condition, silent)).toBe(false);
    }
  });

  it("asks for the prompt's size only when it is about that", () => {
    const unasked = { ...facts, promptTokens: () => expect.fail("the size was reckoned for nothing") };
    expect(conditionHolds({ model: ["gpt-4o"], tools: false }, unasked)).toBe(true);
    expect(conditionHolds({ model: ["other"], promptTokensMax: 1 }, unasked)).toBe(false);
  });
});

describe("the rule table", () => {
  const use = [{ endpoint: stageEndpoint("first"), model: "small" }] as const;
  const rules: readonly TargetRule[] = [
    { name: "never", when: { tag: ["us"] }, use },
    { name: "short", when: { promptTokensMax: 1_000 }, use },
    { name: "all", when: {}, use },
  ];

  it("goes by the first rule that holds", () => {
    expect(findRule(rules, facts)?.name).toBe("short");
    expect(findRule(rules, { ...facts, promptTokens: () => 5_000 })?.name).toBe("all");
    expect(findRule(rules.slice(0, 1), facts)).toBeNull();
  });
});

const speaks =
  (dialect: DialectName) =>
  ({ endpoint }: Target): boolean =>
    endpoint.dialects.includes(dialect);

describe("usable targets", () => {
  const first = { endpoint: stageEndpoint("first"), model: "a" };
  const second = { endpoint: stageEndpoint("second", { serverKey: null }), model: "b" };
  const third = { endpoint: stageEndpoint("third", { dialects: ["anthropic-messages"] }), model: "c" };
  const targets = [first, second, third];

  it("of an own key are at its own endpoint, and at no other", () => {
    const caller = stageCaller({ kind: "own-key", providerKey: "sk-own", endpointId: "second" });
    expect(usableTargets(targets, caller, speaks("openai-chat"))).toEqual([second]);
    expect(usableTargets([first], caller, speaks("openai-chat"))).toEqual([]);
  });

  it("of a local key have a key of the server, and speak the dialect", () => {
    expect(usableTargets(targets, stageCaller(), speaks("openai-chat"))).toEqual([first]);
    expect(usableTargets(targets, stageCaller(), speaks("anthropic-messages"))).toEqual([first, third]);
  });
});
