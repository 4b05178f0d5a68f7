import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { actionNames, readBehaviour, readScenario, scenarioOfKey } from "./behaviour.ts";
import { chaosBehaviour, chaosKinds } from "./chaos.ts";
import { readScenarios, readSettings } from "./settings.ts";

describe("steps", () => {
  test.each([
    ["ok", {}],
    ["error:429:retry-after=1", { errorStatus: 429, retryAfter: "1" }],
    ["error:429:retry-after-ms=250.5", { errorStatus: 429, retryAfterMs: "250.5" }],
    ["error:429:insufficient_quota", { errorStatus: 429, errorCode: "insufficient_quota" }],
    ["error:500", { errorStatus: 500 }],
    ["529", { errorStatus: 529 }],
    ["stall-before-headers", { stallBeforeHeaders: true }],
    ["reset-at-byte:0", { resetAtByte: 0 }],
    ["slow-first-token:200+reset-at-byte:900", { firstTokenDelayMs: 200, resetAtByte: 900 }],
    ["bad-usage:above-2-53", { badUsage: "above-2-53" }],
    ["drip", { dripMs: 5 }],
    ["redirect:302", { redirectStatus: 302 }],
  ])("%s", (text, behaviour) => {
    expect(readBehaviour(text)).toEqual(behaviour);
  });

  test.each([
    "",
    "nonsense",
    "error",
    "error:200",
    "error:429:Retry",
    "reset-at-byte",
    "reset-at-byte:-1",
    "ok:1",
    "toString",
  ])("%j is refused", (text) => {
    expect(readBehaviour(text)).toBeNull();
  });
});

describe("keys", () => {
  test.each([
    ["sk-fake-error:429:retry-after=1-anything", [{ errorStatus: 429, retryAfter: "1" }]],
    ["sk-ant-fake-529-x", [{ errorStatus: 529 }]],
    ["sk-fake-stall-before-headers-x", [{ stallBeforeHeaders: true }]],
    ["sk-fake-stall-after-bytes:40", [{ stallAfterBytes: 40 }]],
    ["sk-fake-bad-usage:above-2-53-x", [{ badUsage: "above-2-53" }]],
    ["sk-fake-error:500,ok-x", [{ errorStatus: 500 }, {}]],
    ["sk-fake-slow-first-token:9+no-usage-x", [{ firstTokenDelayMs: 9, noUsage: true }]],
  ])("%s", (key, steps) => {
    expect(scenarioOfKey(key)).toEqual(steps);
  });

  test.each(["sk-fake-demo", "sk-real", "sk-fake-", "sk-fake-okay", "sk-fake-error-x", "xsk-fake-ok-"])(
    "%s asks for nothing",
    (key) => {
      expect(scenarioOfKey(key)).toBeNull();
    },
  );
});

test("scenario files are read strictly", () => {
  expect(readScenarios('{"k":["529","ok"],"l":"ok"}')).toEqual(
    new Map([
      ["k", [{ errorStatus: 529 }, {}]],
      ["l", [{}]],
    ]),
  );
  expect(() => readScenarios('{"k":["nope"]}')).toThrow(/not known/);
  expect(() => readScenarios("[]")).toThrow(/object/);
  expect(readScenario([])).toBeNull();
});

test("the command line is read strictly", () => {
  expect(readSettings(["--seed", "7", "--latency", "none"])).toMatchObject({ seed: 7, latency: "none", port: 0 });
  expect(readSettings(["--help"])).toBeNull();
  expect(() => readSettings(["--port", "x"])).toThrow(/--port/);
  expect(() => readSettings(["--chaos", "2"])).toThrow(/--chaos/);
  expect(() => readSettings(["--latency", "slow"])).toThrow(/--latency/);
  expect(() => readSettings(["--chaos-kinds", "reset,flood"])).toThrow(/flood/);
  expect(() => readSettings(["--nope"])).toThrow(/nope/);
});

const draw = (seed: number): unknown[] =>
  Array.from({ length: 2_000 }, (_, number) => chaosBehaviour(seed, number, 0.2, chaosKinds));

describe("chaos", () => {
  test("is a pure function of seed and request number", () => {
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  test("hits about the share asked for, and only the kinds asked for", () => {
    const hit = draw(1).filter((behaviour) => behaviour !== null).length;
    expect(Math.abs(hit - 400)).toBeLessThan(60);
    for (let number = 0; number < 200; number++) {
      expect(Object.keys(chaosBehaviour(1, number, 1, ["reset"]) ?? {})).toEqual(["resetAtByte"]);
    }
  });
});

test("the reference page names every action, every way of chaos, and no other", () => {
  const page = readFileSync(new URL("../../../docs/reference/fake-provider.md", import.meta.url), "utf8");
  const table = page.slice(page.indexOf("## Scenarios"), page.indexOf("## Chaos"));
  const documented = [...table.matchAll(/^\| `([a-z0-9-]+)/gm)].map((match) => match[1]);
  expect(documented.toSorted()).toEqual([...actionNames].toSorted());
  for (const kind of chaosKinds) expect(page).toContain(`\`${kind}\``);
});
