import type { KeyMistake } from "../../src/pipeline/test-key-mistakes.ts";
import type { Random } from "../../src/spec/clock.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { marksIn, vectorMarksIn } from "./scope-answers.ts";
import { type Ask, type Difference, dialectOf, drawAsk, neighbourOf } from "./scope-asks.ts";
import { mayRepeat, repeatOf, sharersOf } from "./scope-sharers.ts";
import { inputsOf } from "./scope-bodies.ts";
import { freshMs, scopeRoutes } from "./scope-routes.ts";
import { ScopeWorld, type Told } from "./scope-world.ts";

/** Ways in which an answer comes to be reused. */
export const scopeLayers = [
  "exact",
  "normalised",
  "coalesced",
  "stale",
  "refusal",
  "other-form",
  "other-dialect",
  "embeddings",
  "tenant",
  "credential",
  "user",
] as const;

/** One of {@link scopeLayers}; the last three are the isolations under which one was reused. */
export type ScopeLayer = (typeof scopeLayers)[number];

/** What the probes came to. */
export interface ScopeSums {
  /** Requests sent beside another one that they must not share with. */
  probes: number;
  /** Requests sent beside another one that they may share with, and how many of them were given an answer that was there. */
  repeats: number;
  repeatsServed: number;
  /** Answers given to somebody who may not have them: who asked for them, and who read them. */
  readonly crossed: (readonly [asker: Ask | null, reader: Ask])[];
  /** What was read where no answer came. */
  readonly failed: string[];
  readonly reused: Map<ScopeLayer, number>;
}

const neighboursEach = 7;
const repeatsEach = 3;

/** A mistake that is planted, and the differences that it makes the caches blind to. */
export interface PlantedMistake {
  readonly name: string;
  readonly forget: KeyMistake["forget"];
  readonly blindTo: readonly Difference[];
}

/**
 * Runs rounds until so many probes were sent, or a planted mistake was noticed: a request, repeats of it and
 * neighbours in any order, one after the other or at once, the first one's answer fresh or stale.
 */
export async function runScopeRounds(mistake: PlantedMistake | null, seed: number, probes: number): Promise<ScopeSums> {
  const world = new ScopeWorld(mistake);
  const random = createSeededRandom(seed);
  const sums: ScopeSums = { probes: 0, repeats: 0, repeatsServed: 0, crossed: [], failed: [], reused: new Map() };
  for (let round = 1; sums.probes < probes; round++) {
    if (mistake !== null && countNoticed(mistake, sums) > 0) break;
    const first = drawAsk(random, round);
    const others = othersOf(first, random);
    judge(first, await send(world, random, first, others), sums);
    const kin = others.filter((other) => mayRepeat(first, other)).length;
    sums.repeats += kin;
    sums.probes += others.length - kin;
  }
  return sums;
}

/** Answers that crossed between requests that differ in what the mistake forgets: no other mistake's. */
export function countNoticed({ blindTo }: PlantedMistake, { crossed }: ScopeSums): number {
  return crossed.filter(([asker, reader]) => blindTo.some((name) => asker !== null && asker[name] !== reader[name]))
    .length;
}

function othersOf(first: Ask, random: Random): readonly Ask[] {
  const others = [
    ...Array.from({ length: neighboursEach }, () => neighbourOf(first, random)),
    ...Array.from({ length: repeatsEach }, () => repeatOf(first, random)),
  ];
  return inAnyOrder(others, random);
}

function inAnyOrder(asks: readonly Ask[], random: Random): readonly Ask[] {
  return asks
    .map((ask) => [random(), ask] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, ask]) => ask);
}

async function send(world: ScopeWorld, random: Random, first: Ask, others: readonly Ask[]): Promise<readonly Told[]> {
  if (random() < 0.4) return world.askAtOnce(inAnyOrder([first, ...others], random));
  const told = [await world.ask(first)];
  if (random() < 0.3) await world.pass(freshMs + 1);
  for (const ask of others) told.push(await world.ask(ask));
  // What a stale answer made begin.
  await world.pass(0);
  return told;
}

function judge(first: Ask, round: readonly Told[], sums: ScopeSums): void {
  const asks = new Map(round.map(({ mark, ask }) => [mark, ask]));
  for (const told of round) {
    const askers = told.status === 0 ? [] : askersOf(told, asks);
    if (askers.length === 0) sums.failed.push(told.text);
    const sharing = { underWay: told.origin === "coalesced", refused: told.status !== 200 };
    const own = sharersOf(told.ask, sharing);
    for (const asker of askers) {
      if (asker === told.ask) continue;
      if (asker === null || own === null || sharersOf(asker, sharing) !== own) sums.crossed.push([asker, told.ask]);
    }
    if (told.origin === "provider") continue;
    if (told.ask !== first && mayRepeat(first, told.ask)) sums.repeatsServed++;
    for (const layer of layersOf(told, askers)) sums.reused.set(layer, (sums.reused.get(layer) ?? 0) + 1);
  }
}

/** For whom the parts of an answer were bought; null: for nobody of this round, or for another input. */
function askersOf(told: Told, asks: ReadonlyMap<number, Ask>): readonly (Ask | null)[] {
  const { ask, status, text } = told;
  if (dialectOf(ask) !== "openai-embeddings" || status !== 200)
    return marksIn(text).map((mark) => asks.get(mark) ?? null);
  const inputs = inputsOf(ask);
  const marks = vectorMarksIn(text);
  if (marks.length !== inputs.length) return [];
  return marks.map(([mark, input], index) => {
    const asker = asks.get(mark);
    return asker !== undefined && inputsOf(asker)[input] === inputs[index] ? asker : null;
  });
}

function layersOf({ ask, origin, reasons }: Told, askers: readonly (Ask | null)[]): readonly ScopeLayer[] {
  const layers: ScopeLayer[] = [scopeRoutes[ask.route]?.isolation ?? "tenant"];
  if (reasons.includes("hit-stale")) layers.push("stale");
  else if (reasons.includes("hit-refusal")) layers.push("refusal");
  else if (dialectOf(ask) === "openai-embeddings") layers.push("embeddings");
  else if (origin === "exact" || origin === "normalised" || origin === "coalesced") layers.push(origin);
  if (askers.some((asker) => asker !== null && asker.form !== ask.form)) layers.push("other-form");
  if (askers.some((asker) => asker !== null && asker.dialect !== ask.dialect)) layers.push("other-dialect");
  return layers;
}
