import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentClasses, contentLives } from "../spec/content-class.ts";
import { stageCache } from "../testing/stage-context.ts";
import { answerLife, judgeFreshness, refusalLife, refusalMsMax, storedLife } from "./freshness.ts";

const hour = 3_600_000;
const noWish = { maxAgeMs: null, minFreshMs: null };

describe("the life of a route's answers", () => {
  test.each(contentClasses.map((contentClass) => ({ contentClass, life: contentLives[contentClass] })))(
    "$contentClass",
    ({ contentClass, life }) => {
      const longest = answerLife(stageCache({ contentClass, ttlMs: 1_000 * 24 * hour }), undefined);
      expect(longest).toEqual(life === null ? null : { freshMs: life.maxMs, staleMs: 0 });
      const own = answerLife(stageCache({ contentClass, ttlMs: 5_000, staleMs: 7 }), undefined);
      expect(own).toEqual(life === null ? null : { freshMs: 5_000, staleMs: 7 });
    },
  );

  test("a life of nothing stores nothing", () => {
    expect(answerLife(stageCache({ ttlMs: 0 }), undefined)).toBeNull();
  });

  test("what users ask for themselves is never served stale", () => {
    expect(answerLife(stageCache({ isolation: "user", staleMs: hour }), undefined)?.staleMs).toBe(0);
    expect(answerLife(stageCache({ isolation: "credential", staleMs: hour }), undefined)?.staleMs).toBe(hour);
  });
});

describe("a task named like a class", () => {
  const staticPolicy = stageCache({ contentClass: "static", ttlMs: 48 * hour });
  test.each<[string, number | null]>([
    ["static", 48 * hour],
    ["summary", 12 * hour],
    ["classification", 24 * hour],
    ["corpus", 8 * hour],
    ["live", hour / 6],
    ["creative", null],
    ["changing", null],
    ["unlabelled", 48 * hour],
    ["extraction", 48 * hour],
    ["constructor", 48 * hour],
  ])("%s: %s", (task, freshMs) => {
    expect(answerLife(staticPolicy, task)?.freshMs ?? null).toBe(freshMs);
  });

  test("never lengthens a life", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...contentClasses),
        fc.constantFrom(...contentClasses, "other"),
        fc.integer({ min: 0, max: 100 * hour }),
        (contentClass, task, ttlMs) => {
          const policy = stageCache({ contentClass, ttlMs });
          const without = answerLife(policy, undefined)?.freshMs ?? 0;
          expect(answerLife(policy, task)?.freshMs ?? 0).toBeLessThanOrEqual(without);
        },
      ),
    );
  });
});

describe("the life of what is stored now", () => {
  test.each<[number | null, [number, number] | null]>([
    [null, [1_000, 500]],
    [5_000, [1_000, 500]],
    [1_200, [1_000, 200]],
    [1_000, [1_000, 0]],
    [400, [400, 0]],
    [0, null],
  ])("bounded by a caller to %s ms: %j", (ttlMsMax, expected) => {
    const life = storedLife({ freshMs: 1_000, staleMs: 500 }, ttlMsMax);
    expect(life).toEqual(expected === null ? null : { freshMs: expected[0], staleMs: expected[1] });
  });

  test.each<[number, number, number | null]>([
    [hour, 30_000, 30_000],
    [hour, 10 * hour, refusalMsMax],
    [5_000, 30_000, 5_000],
    [hour, 0, null],
  ])("a refusal on a route of %s ms, %s for refusals: %s", (freshMs, refusalMs, expected) => {
    const life = refusalLife({ freshMs, staleMs: hour }, refusalMs);
    expect(life).toEqual(expected === null ? null : { freshMs: expected, staleMs: 0 });
  });
});

describe("a stored answer", () => {
  const stored = { storedAtMs: 1_000, freshUntilMs: 2_000, endsAtMs: 2_500 };
  const life = { freshMs: 1_000, staleMs: 500 };
  test.each<[number, string]>([
    [1_000, "fresh"],
    [1_999, "fresh"],
    [2_000, "stale"],
    [2_499, "stale"],
    [2_500, "too-old"],
  ])("at %s: %s", (nowMs, expected) => {
    expect(judgeFreshness(stored, life, noWish, nowMs)).toBe(expected);
  });

  test.each<[string, { maxAgeMs: number | null; minFreshMs: number | null }, number, string]>([
    ["old enough", { maxAgeMs: 300, minFreshMs: null }, 1_300, "fresh"],
    ["older than welcome", { maxAgeMs: 300, minFreshMs: null }, 1_301, "too-old"],
    ["stale, for a caller that names an age", { maxAgeMs: 5_000, minFreshMs: null }, 2_000, "too-old"],
    ["fresh for long enough", { maxAgeMs: null, minFreshMs: 200 }, 1_800, "fresh"],
    ["not fresh for long enough", { maxAgeMs: null, minFreshMs: 200 }, 1_801, "too-old"],
    ["stale, for a caller that wants it fresh", { maxAgeMs: null, minFreshMs: 0 }, 2_001, "too-old"],
  ])("%s", (_name, wishes, nowMs, expected) => {
    expect(judgeFreshness(stored, life, wishes, nowMs)).toBe(expected);
  });

  test("a life made shorter since ends it too, a longer one does not lengthen it", () => {
    expect(judgeFreshness(stored, { freshMs: 300, staleMs: 0 }, noWish, 1_299)).toBe("fresh");
    expect(judgeFreshness(stored, { freshMs: 300, staleMs: 0 }, noWish, 1_300)).toBe("too-old");
    expect(judgeFreshness(stored, { freshMs: hour, staleMs: 0 }, noWish, 2_000)).toBe("too-old");
    expect(judgeFreshness(stored, { freshMs: hour, staleMs: hour }, noWish, 2_500)).toBe("too-old");
  });

  test("is never served at or after its end, whatever the route and the caller say", () => {
    const ms = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(ms, ms, ms, ms, fc.option(ms), (freshMs, staleMs, after, endsAfter, maxAgeMs) => {
        const endsAtMs = 1_000 + endsAfter;
        const one = { storedAtMs: 1_000, freshUntilMs: endsAtMs, endsAtMs };
        const verdict = judgeFreshness(one, { freshMs, staleMs }, { maxAgeMs, minFreshMs: null }, endsAtMs + after);
        expect(verdict).toBe("too-old");
      }),
    );
  });
});
