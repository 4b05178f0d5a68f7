import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Budget } from "../spec/budget.ts";
import { loadConfig } from "./load-config.ts";
import { parseUsd, printUsd } from "./parse-usd.ts";
import { describeConfig, printConfig } from "./print-config.ts";
import { appliedBudgetsFile } from "./resolve-budgets.ts";
import { loadText, makeFolder, problemsOf, writeConfig } from "./test-load.ts";
import { testVendors } from "./test-vendors.ts";

const head = "dataDirectory: data\nzone: Europe/Berlin\nbudgets:\n";

function budgetsOf(text: string): readonly Budget[] {
  return loadText(head + text).config.budgets ?? [];
}

describe("budgets in the config", () => {
  it("are read with their defaults, and zones come from the config where they name none", () => {
    const text = `
  - { name: all, usd: "500.00", window: month }
  - { name: each-user, subject: { user: "*", feature: search }, requests: 1000, window: { sliding: 24h }, mode: soft }
  - name: tokens
    subject: { team: a }
    tokens: 100000
    window: day
    zone: Asia/Kathmandu
    outputQuantile: 0.5
    outputTokensDefault: 200
    allowUnpriced: true
`;
    expect(budgetsOf(text)).toEqual([
      {
        name: "all",
        subject: {},
        measure: "usd",
        limit: 500_000_000_000_000n,
        window: { kind: "calendar", unit: "month", zone: "Europe/Berlin" },
        mode: "hard",
        outputQuantile: 0.99,
      },
      {
        name: "each-user",
        subject: { user: "*", feature: "search" },
        measure: "requests",
        limit: 1000n,
        window: { kind: "sliding", lengthMs: 86_400_000 },
        mode: "soft",
        outputQuantile: 0.99,
      },
      {
        name: "tokens",
        subject: { team: "a" },
        measure: "tokens",
        limit: 100_000n,
        window: { kind: "calendar", unit: "day", zone: "Asia/Kathmandu" },
        mode: "hard",
        outputQuantile: 0.5,
        outputTokensDefault: 200,
        allowUnpriced: true,
      },
    ]);
    expect(loadText("{}").config.budgets).toEqual([]);
    const { config } = loadText(head + text);
    const again = loadConfig({ file: writeConfig(printConfig(config)), env: {}, generation: 1, vendors: testVendors });
    expect(again.config.budgets).toEqual(config.budgets);
    expect([again.config.zone, describeConfig(config)["zone"]]).toEqual(["Europe/Berlin", "Europe/Berlin"]);
  });

  it("may have their amount as a number, and any sliding spelling", () => {
    const [budget] = budgetsOf('  - { name: a, usd: 0.1, window: "sliding: 90m" }');
    expect([budget?.limit, budget?.window]).toEqual([100_000_000_000n, { kind: "sliding", lengthMs: 5_400_000 }]);
  });

  it.each([
    ["{ name: a, window: day }", "budgets[0]: names no limit. Write exactly one of usd, requests and tokens."],
    ['{ name: a, usd: "1", requests: 2, window: day }', "budgets[0]: names 2 limits. Write exactly one"],
    ['{ name: a, usd: "1,000", window: day }', "budgets[0].usd: is not an amount in USD (found 1,000). Write a plain"],
    ["{ name: a, usd: -1, window: day }", "budgets[0].usd: is not an amount in USD (found -1)"],
    ["{ name: a, usd: 1, window: fortnight }", "budgets[0].window: is not a window (found fortnight). Write minute,"],
    ['{ name: a, usd: 1, window: "sliding: 1s" }', "budgets[0].window: is not a window (found sliding: 1s)"],
    [
      "{ name: a, usd: 1, window: day, zone: Mars/Olympus }",
      "budgets[0].zone: is not a time zone (found Mars/Olympus)",
    ],
    ['{ name: a, usd: 1, window: "sliding: 1h", zone: UTC }', "budgets[0].zone: means nothing to a sliding window"],
    [
      "{ name: a, usd: 1, window: day, mode: hrad }",
      "budgets[0].mode: is not one of the choices (found hrad). Did you mean hard?",
    ],
    [
      "{ name: a, usd: 1, window: day, subject: { taem: x } }",
      "budgets[0].subject.taem: unknown key. Did you mean team?",
    ],
    ["{ name: a, usd: 1, window: day, outputQuantile: 2 }", "budgets[0].outputQuantile: is not a share (found 2)"],
    ["{ usd: 1, window: day }", "budgets[0].name: is missing"],
  ])("refuse %s at its place", (line, problem) => {
    expect(problemsOf(`budgets:\n  - ${line}\n`).join("\n")).toMatch(
      new RegExp(`^farthing.yaml:2:\\d+: ${problem.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`),
    );
  });

  it("have names of their own, also against those that were applied", () => {
    const twice = "budgets:\n  - { name: a, usd: 1, window: day }\n  - { name: a, usd: 2, window: day }\n";
    expect(problemsOf(twice)).toEqual([
      "farthing.yaml:3:13: budgets[1].name: a stands in this list already (found a). Give each budget a name of its own.",
    ]);
    const folder = makeFolder();
    const file = writeConfig("dataDirectory: data\nbudgets:\n  - { name: a, usd: 1, window: day }\n", folder);
    mkdirSync(join(folder, "data"));
    const load = () => loadConfig({ file, env: {}, generation: 1, vendors: testVendors }).config.budgets;
    const apply = (text: string): void => writeFileSync(appliedBudgetsFile(join(folder, "data")), text);
    apply('{"version":1,"budgets":[{"name":"b","requests":5,"window":"hour"}]}');
    expect(load()?.map(({ name, limit }) => [name, limit])).toEqual([
      ["a", 1_000_000_000_000n],
      ["b", 5n],
    ]);
    apply('{"version":1,"budgets":[{"name":"a","requests":5,"window":"hour"}]}');
    expect(load).toThrow(/budgets.json: budgets\[0\].name: a stands in the config already/);
    for (const damaged of ["", "{}", '{"version":1,"budgets":[{"name":"b","requests":5}]}']) {
      apply(damaged);
      expect(load).toThrow(/budgets.json: .*Restore it from a backup/);
    }
  });
});

it("amounts read back as they were printed, exactly", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n - 1n }), (picoUsd) => {
      expect(parseUsd(printUsd(picoUsd))).toBe(picoUsd);
    }),
  );
  expect(["1e3", "01", ".5", "1.", "-1", "1.0000000000001"].map(parseUsd)).toEqual(Array(6).fill(null));
});
