import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { holds } from "../measurement.ts";
import { createPopularity } from "./draw-popular.ts";
import { judgeLevel } from "./judge-levels.ts";
import { readQueryLog } from "./query-log.ts";
import { repeatingLevels } from "./repeating-levels.ts";
import { replayLevel } from "./replay-level.ts";
import type { TrafficLevel } from "./traffic-level.ts";
import { variedLevels } from "./varied-levels.ts";

const levels = [...repeatingLevels, ...variedLevels];
const scratch = mkdtempSync(join(tmpdir(), "farthing-bench-cache-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function draw(level: TrafficLevel, seed: number, count: number): readonly string[] {
  const next = level.start(createSeededRandom(seed));
  return Array.from({ length: count }, () => JSON.stringify(next()));
}

function repeatedShare(level: TrafficLevel): number {
  return 1 - new Set(draw(level, 7, 2_000)).size / 2_000;
}

test("there are six levels, each the same for the same seed and another for another", () => {
  expect(levels.map(({ name }) => name)).toEqual(["faq", "support", "search", "code", "creative", "research"]);
  for (const level of levels) {
    expect(draw(level, 7, 300)).toEqual(draw(level, 7, 300));
    expect(draw(level, 8, 300)).not.toEqual(draw(level, 7, 300));
  }
});

test("what repeats repeats, and the varied ones hardly do", () => {
  expect(repeatingLevels.filter((level) => repeatedShare(level) < 0.25)).toEqual([]);
  expect(variedLevels.filter((level) => repeatedShare(level) > 0.1)).toEqual([]);
});

test("popularity falls with the place", () => {
  const popular = createPopularity(50, 1);
  const random = createSeededRandom(3);
  const counts = Array.from({ length: 50 }, () => 0);
  for (let drawn = 0; drawn < 20_000; drawn += 1) {
    const place = popular(random);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  expect(counts.every((count) => count > 0)).toBe(true);
  expect((counts[0] ?? 0) / (counts[9] ?? 1)).toBeCloseTo(10, -0.5);
});

test("a query log that is not there is skipped", () => {
  expect(readQueryLog(join(scratch, "nowhere"))).toBeNull();
});

describe("the short version of npm run bench:cache", () => {
  test.for(levels.map((level) => [level.name, level] as const))("%s", { timeout: 60_000 }, async ([, level]) => {
    const requests = level.turnsOff ? 1_100 : 600;
    const run = await replayLevel(level, 9, requests, scratch);
    expect(run.tally.requests).toBe(requests);
    const missed = judgeLevel([run]).filter((result) => !holds(result));
    expect(missed.map(({ name, value }) => `${name}: ${value}`)).toEqual([]);
    expect(run.tally.savedPicoUsd > 0n).toBe(true);
  });
});
