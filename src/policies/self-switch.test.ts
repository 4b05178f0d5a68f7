import { expect, it } from "vitest";
import { createSeededRandom } from "../testing/seeded-random.ts";
import {
  partitionsMax,
  pauseMs,
  pauseMsMax,
  SelfSwitch,
  windowLookups,
  windowMsMin,
  windowsToForgive,
  type LookupOutcome,
} from "./self-switch.ts";

const miss: LookupOutcome = { hit: false, savedPicoUsd: 0n, spentPicoUsd: 200n };
const hit: LookupOutcome = { hit: true, savedPicoUsd: 90_000_000n, spentPicoUsd: 200n };
const stepMs = 1_000;

/** A switch with one partition, asked and told once a second. */
function createTraffic(usefulShareMin = 0.15) {
  const selfSwitch = new SelfSwitch(usefulShareMin);
  const random = createSeededRandom(11);
  let nowMs = 0;
  const changes: string[] = [];
  let asked = 0;
  let on = 0;
  return {
    selfSwitch,
    changes,
    /** Sends `lookups` requests of which a share hits; those that are off are not lookups. */
    send(lookups: number, share: number, good: LookupOutcome = hit, bad: LookupOutcome = miss): void {
      for (let index = 0; index < lookups; index++) {
        nowMs += stepMs;
        asked += 1;
        if (selfSwitch.decide("a", nowMs) === "off") continue;
        on += 1;
        const change = selfSwitch.note("a", random() < share ? good : bad, nowMs);
        if (change !== null) changes.push(change);
      }
    },
    wait: (ms: number): void => void (nowMs += ms),
    decide: () => selfSwitch.decide("a", nowMs),
    onShare: () => on / asked,
    now: () => nowMs,
  };
}

it("goes off after two windows without use, and says so once", () => {
  const traffic = createTraffic();
  traffic.send(2 * windowLookups - 1, 0);
  expect(traffic.changes).toEqual([]);
  traffic.send(1, 0);
  expect(traffic.changes).toEqual(["switched-off"]);
  expect(traffic.decide()).toBe("off");
});

it("gives a cold cache its first window", () => {
  const traffic = createTraffic();
  traffic.send(windowLookups, 0);
  traffic.send(20 * windowLookups, 0.4);
  expect(traffic.changes).toEqual([]);
});

it("does not count a burst: a window lasts a minute at least", () => {
  const selfSwitch = new SelfSwitch(0.15);
  for (let index = 0; index < 20 * windowLookups; index++) expect(selfSwitch.note("a", miss, 5)).toBe(null);
  expect(selfSwitch.note("a", miss, 5 + windowMsMin)).toBe(null);
  expect(selfSwitch.decide("a", 5 + windowMsMin)).toBe("on");
});

it("stays on where a share just below the least may be chance", () => {
  const traffic = createTraffic();
  traffic.send(40 * windowLookups, 0.14);
  expect(traffic.onShare()).toBeGreaterThan(0.9);
});

it("counts hits that saved less than they cost as of no use", () => {
  const traffic = createTraffic();
  traffic.send(2 * windowLookups, 0.9, { hit: true, savedPicoUsd: 100n, spentPicoUsd: 200n });
  expect(traffic.changes).toEqual(["switched-off"]);
});

it("goes off where lookups cost more than all hits save", () => {
  const traffic = createTraffic();
  const dear: LookupOutcome = { hit: false, savedPicoUsd: 0n, spentPicoUsd: 1_000n };
  traffic.send(2 * windowLookups, 0.3, { hit: true, savedPicoUsd: 1_100n, spentPicoUsd: 1_000n }, dear);
  expect(traffic.changes).toEqual(["switched-off"]);
});

it("without a single hit goes off however small the least share is", () => {
  const traffic = createTraffic(0.000_001);
  traffic.send(2 * windowLookups, 0);
  expect(traffic.changes).toEqual(["switched-off"]);
});

it("takes hits of unknown worth for useful", () => {
  const traffic = createTraffic();
  traffic.send(10 * windowLookups, 0.5, { hit: true, savedPicoUsd: null, spentPicoUsd: 200n });
  expect(traffic.changes).toEqual([]);
});

it("never goes off where the least share is 0, and remembers nobody", () => {
  const traffic = createTraffic(0);
  traffic.send(10 * windowLookups, 0);
  expect(traffic.changes).toEqual([]);
  expect(traffic.selfSwitch.size).toBe(0);
});

it("probes after the pause, and pauses twice as long when nothing is better, up to two hours", () => {
  const traffic = createTraffic();
  traffic.send(2 * windowLookups, 0);
  for (let pause = pauseMs; pause <= 4 * pauseMsMax; pause *= 2) {
    const lengthMs = Math.min(pause, pauseMsMax);
    traffic.wait(lengthMs - 1);
    expect(traffic.decide()).toBe("off");
    traffic.wait(1);
    expect(traffic.decide()).toBe("on");
    const before = traffic.changes.length;
    traffic.send(2 * windowLookups, 0);
    expect(traffic.changes.slice(before)).toEqual(["switched-off"]);
  }
});

it("comes back when the traffic does, and forgets its pauses after windows that hold their own", () => {
  const traffic = createTraffic();
  traffic.send(2 * windowLookups, 0);
  traffic.wait(pauseMs);
  traffic.send(2 * windowLookups, 0);
  traffic.wait(2 * pauseMs);
  traffic.send(windowLookups, 0);
  traffic.send(windowLookups, 0.5);
  expect(traffic.changes).toEqual(["switched-off", "switched-off", "switched-on"]);
  traffic.send((windowsToForgive - 1) * windowLookups, 0.5);
  traffic.send(2 * windowLookups, 0);
  expect(traffic.decide()).toBe("off");
  traffic.wait(pauseMs);
  expect(traffic.decide()).toBe("on");
});

it("takes no lookup into account that ends while it is off", () => {
  const traffic = createTraffic();
  traffic.send(2 * windowLookups, 0);
  for (let late = 0; late < 3 * windowLookups; late++) traffic.selfSwitch.note("a", hit, traffic.now() + late);
  expect(traffic.decide()).toBe("off");
});

it("ends a pause early when the clock was set back", () => {
  const selfSwitch = new SelfSwitch(0.15);
  const startMs = 1_000_000_000;
  for (let index = 0; index < 2 * windowLookups; index++) selfSwitch.note("a", miss, startMs + index * stepMs);
  expect(selfSwitch.decide("a", startMs + 2 * windowLookups * stepMs)).toBe("off");
  expect(selfSwitch.decide("a", 0)).toBe("on");
});

it("judges partitions apart, and forgets the one that was longest without a lookup", () => {
  const selfSwitch = new SelfSwitch(0.15);
  for (let index = 0; index < 2 * windowLookups; index++) selfSwitch.note("first", miss, index * stepMs);
  const nowMs = 2 * windowLookups * stepMs;
  expect(selfSwitch.decide("first", nowMs)).toBe("off");
  expect(selfSwitch.decide("second", nowMs)).toBe("on");
  for (let other = 0; other < partitionsMax - 1; other++) selfSwitch.note(`other ${other}`, miss, nowMs);
  expect(selfSwitch.size).toBe(partitionsMax);
  expect(selfSwitch.decide("first", nowMs)).toBe("off");
  selfSwitch.note("one more", miss, nowMs);
  expect(selfSwitch.size).toBe(partitionsMax);
  expect(selfSwitch.decide("first", nowMs)).toBe("on");
});
