import { keyMistakes } from "../../src/pipeline/test-key-mistakes.ts";
import type { Result } from "../measurement.ts";
import { counted, type ProofOptions } from "./proof.ts";
import type { Difference } from "./scope-asks.ts";
import { countNoticed, type PlantedMistake, runScopeRounds, scopeLayers } from "./scope-rounds.ts";

const probesFull = 100_000;
const probesQuick = 3_000;
/** A planted mistake that so many probes did not notice is missed. */
const probesPlantedMax = 20_000;

/**
 * Claim: whatever two requests differ in, neither is given what was bought for the other unless the route says so. Who may
 * share is reckoned from the differences alone. A key that forgets one of them must be caught by the same probes.
 */
export async function proveCacheScope({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const sums = await runScopeRounds(null, seed, quick ? probesQuick : probesFull);
  for (const [asker, reader] of sums.crossed.slice(0, 3))
    process.stderr.write(`crossed: ${JSON.stringify({ asker, reader })}\n`);
  for (const text of sums.failed.slice(0, 3)) process.stderr.write(`no answer: ${text}\n`);
  const { probes, repeats, repeatsServed, crossed, failed, reused } = sums;
  const none = { op: "==", value: 0 } as const;
  // What the probes never saw at work they say nothing of.
  const seen = { op: ">=", value: quick ? 1 : 100 } as const;
  return [
    counted("cross-scope-answers", crossed.length, probes, none, "answers"),
    counted("requests-without-answer", failed.length, probes + repeats, none, "requests"),
    counted("repeats-served", repeatsServed / repeats, repeats, { op: ">=", value: 0.5 }, "share"),
    ...scopeLayers.map((layer) =>
      counted("answers-reused", reused.get(layer) ?? 0, probes, seen, "answers", { layer }),
    ),
    ...(await plantMistakes(seed)),
  ];
}

/** What each mistake of {@link keyMistakes} is blind to. One that is not named here misses its bar. */
const blindness: Readonly<Record<string, readonly Difference[]>> = {
  tenant: ["owner"],
  model: ["model"],
  tools: ["tools"],
  "system text": ["system"],
  "response format": ["format"],
  temperature: ["temperature"],
  "prompt version": ["prompt"],
  "earlier turns": ["earlier"],
  "length of the answer": ["length"],
  headers: ["header"],
  query: ["query"],
  namespace: ["namespace"],
  route: ["route"],
};
const ownWords: ReadonlySet<string> = new Set([
  "logit_bias",
  "truncation",
  "top_k",
  "best_of",
  "input_type",
  "x_invented",
]);

function plantedMistakes(): readonly PlantedMistake[] {
  const planted = keyMistakes.flatMap(({ name, forget }): readonly PlantedMistake[] => {
    // Credentials and users are kept apart in one place, and both have to be.
    if (name !== "isolation") return [{ name, forget, blindTo: blindness[name] ?? [] }];
    return (["credential", "user"] as const).map((kept) => ({ name: kept, forget, blindTo: [kept] }));
  });
  // Beside what a key may forget: a route that shares where it was not told to.
  return [
    ...planted,
    onlyKnownMembers,
    sharingAlways("normalised", "spelling"),
    sharingAlways("acrossDialects", "dialect"),
  ];
}

/** A key of the members it knows forgets a dialect's own words and those that nobody knows yet. */
const onlyKnownMembers: PlantedMistake = {
  name: "dialect options",
  blindTo: ["option"],
  forget: ({ request, ...context }) => {
    const rest = Object.fromEntries(Object.entries(request.rest).filter(([name]) => !ownWords.has(name)));
    return { ...context, request: { ...request, rest } };
  },
};

function sharingAlways(flag: "normalised" | "acrossDialects", difference: Difference): PlantedMistake {
  return {
    name: difference,
    blindTo: [difference],
    forget: ({ route, ...context }) => ({
      ...context,
      route: { ...route, exactCache: { ...route.exactCache, [flag]: true } },
    }),
  };
}

async function plantMistakes(seed: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  const caught = { op: ">=", value: 1 } as const;
  for (const mistake of plantedMistakes()) {
    const sums = await runScopeRounds(mistake, seed, probesPlantedMax);
    const labels = { forgot: mistake.name };
    results.push(counted("mistake-noticed", countNoticed(mistake, sums), sums.probes, caught, "answers", labels));
  }
  return results;
}
