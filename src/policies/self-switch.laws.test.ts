import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createSeededRandom } from "../testing/seeded-random.ts";
import { pauseMs, pauseMsMax, SelfSwitch, windowLookups, windowMsMin } from "./self-switch.ts";

/** Traffic: stretches of requests, each with its own hit share and pace. */
const anyTraffic = fc.array(
  fc.record({
    requests: fc.integer({ min: 1, max: 3 * windowLookups }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    stepMs: fc.integer({ min: 1, max: 20_000 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** One change, with the lookups counted since the change before. */
interface Change {
  readonly change: "switched-off" | "switched-on";
  readonly atMs: number;
  readonly lookupsBefore: number;
}

function replay(traffic: readonly { requests: number; share: number; stepMs: number }[], usefulShareMin: number) {
  const selfSwitch = new SelfSwitch(usefulShareMin);
  const random = createSeededRandom(traffic.length);
  const changes: Change[] = [];
  const decisions: { atMs: number; on: boolean }[] = [];
  let [nowMs, lookups] = [0, 0];
  for (const { requests, share, stepMs } of traffic) {
    for (let request = 0; request < requests; request++) {
      nowMs += stepMs;
      const on = selfSwitch.decide("a", nowMs) === "on";
      decisions.push({ atMs: nowMs, on });
      if (!on) continue;
      lookups += 1;
      const hit = random() < share;
      const outcome = { hit, savedPicoUsd: hit ? 1_000_000n : 0n, spentPicoUsd: 200n };
      const change = selfSwitch.note("a", outcome, nowMs);
      if (change !== null) {
        changes.push({ change, atMs: nowMs, lookupsBefore: lookups });
        lookups = 0;
      }
    }
  }
  return { changes, decisions };
}

/** What is wrong about a run; empty when all is well. */
function violationsOf({ changes, decisions }: ReturnType<typeof replay>): string[] {
  const found: string[] = [];
  let isOff = false;
  for (const { change, atMs, lookupsBefore } of changes) {
    const evidence = change === "switched-off" ? 2 * windowLookups : windowLookups;
    if (lookupsBefore < evidence) found.push(`${change} after ${lookupsBefore} lookups`);
    if (change === "switched-on" && !isOff) found.push("on again without having been off");
    isOff = change === "switched-off";
    if (!isOff) continue;
    const later = decisions.filter((decision) => decision.atMs > atMs);
    if (later.some((decision) => decision.atMs < atMs + pauseMs && decision.on)) found.push("a pause cut short");
    if (later.find((decision) => decision.atMs >= atMs + pauseMsMax)?.on === false && later.every(({ on }) => !on)) {
      found.push("a pause without end");
    }
  }
  return found;
}

it("whatever the traffic: never off without two windows, never on again without one, never off for ever", () => {
  fc.assert(
    fc.property(anyTraffic, (traffic) => {
      expect(violationsOf(replay(traffic, 0.15))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it("is one function of its inputs", () => {
  fc.assert(
    fc.property(anyTraffic, (traffic) => {
      expect(replay(traffic, 0.15)).toEqual(replay(traffic, 0.15));
    }),
    { numRuns: 50 },
  );
});

it("leaves alone what hits twice as often as it must, and stops what hits a quarter as often", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.08, max: 0.4, noNaN: true }), fc.integer({ min: 0, max: 9 }), (least, seed) => {
      const stepMs = Math.ceil(windowMsMin / (windowLookups - 1)) + seed;
      const good = replay([{ requests: 20 * windowLookups, share: 2 * least, stepMs }], least);
      expect(good.changes).toEqual([]);
      const poor = replay([{ requests: 2 * windowLookups, share: least / 4, stepMs }], least);
      expect(poor.changes.map(({ change }) => change)).toEqual(["switched-off"]);
    }),
    { numRuns: 60 },
  );
});
