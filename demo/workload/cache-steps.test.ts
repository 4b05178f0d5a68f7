import { expect, test } from "vitest";
import { foldText } from "../../src/policies/fold-text.ts";
import { cacheKinds, type CacheStep } from "./cache-step.ts";
import { generateCacheSteps } from "./cache-steps.ts";

const seeds = Array.from({ length: 50 }, (_, index) => index + 1);

function askedIn(step: CacheStep): string {
  const [message] = step.body["messages"] as readonly { readonly content: string }[];
  return message?.content ?? "";
}

test("there are steps of every kind, the same for the same seed", () => {
  const steps = generateCacheSteps(1);
  expect([...new Set(steps.map(({ kind }) => kind))].toSorted()).toEqual([...cacheKinds].toSorted());
  expect(generateCacheSteps(1)).toEqual(steps);
  expect(generateCacheSteps(2)).not.toEqual(steps);
  expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
});

test("what is to be reused names an earlier step of its own kind", () => {
  for (const seed of seeds) {
    const steps = generateCacheSteps(seed);
    for (const [place, { kind, sameAs }] of steps.entries()) {
      const origin = steps.findIndex(({ id }) => id === sameAs);
      expect(sameAs === null || (origin < place && steps[origin]?.kind === kind)).toBe(true);
    }
  }
});

test("other spellings fold to what they repeat, and near misses to texts of their own, whatever the seed draws", () => {
  for (const seed of seeds) {
    const steps = generateCacheSteps(seed).filter(({ kind }) => kind === "spelling" || kind === "near-miss");
    const foldedBy = new Map(steps.map((step) => [step.id, foldText(askedIn(step)) ?? askedIn(step)]));
    const strayed = steps.filter(({ id, sameAs }) => sameAs !== null && foldedBy.get(id) !== foldedBy.get(sameAs));
    expect(strayed).toEqual([]);
    const bought = steps.filter(({ sameAs }) => sameAs === null).map(({ id }) => foldedBy.get(id));
    expect(new Set(bought).size).toBe(bought.length);
  }
});
