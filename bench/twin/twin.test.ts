import { expect, test } from "vitest";
import { holds } from "../measurement.ts";
import { compareGroups, isMeasured } from "./compare.ts";
import { judgeTwins } from "./judge.ts";
import { planGroups } from "./plan.ts";
import { runTwins } from "./run-twins.ts";

test("a plan has as many requests as were asked for, of every kind, and the same ones for the same seed", () => {
  const groups = planGroups(3, 600);
  expect(groups.reduce((sum, group) => sum + group.requests.length, 0)).toBe(600);
  expect(new Set(groups.map(({ kind }) => kind)).size).toBe(20);
  expect(planGroups(3, 600)).toEqual(groups);
  expect(planGroups(4, 600)).not.toEqual(groups);
});

// The short version of `npm run bench:twin`: too few answers for the modelled parts, all the exactness of the measured ones.
test.skipIf(process.platform !== "linux")(
  "what is measured equals the difference of two invoices",
  { timeout: 60_000 },
  async () => {
    const sides = await runTwins(1, planGroups(1, 250), 0);
    const missed = judgeTwins(sides, true).filter((result) => !holds(result) && !/model|total/.test(result.name));
    expect(missed.map(({ name, value }) => `${name}: ${value}`)).toEqual([]);
    const measured = compareGroups("measured", sides.groups.filter(isMeasured));
    expect(measured.netPicoUsd).toBeGreaterThan(0n);
    expect(measured.requests).toBeGreaterThan(100);
  },
);
