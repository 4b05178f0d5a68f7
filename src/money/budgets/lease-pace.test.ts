import { expect, test } from "vitest";
import { LeasePace } from "./lease-pace.ts";

test("a lease holds eight calls at least", () => {
  expect(new LeasePace().wishFor(5n)).toBe(40n);
});

test("a lease holds about what the last second took, from the first moment on", () => {
  const pace = new LeasePace();
  for (let call = 0; call < 100; call++) pace.take(5n);
  expect(pace.wishFor(5n)).toBe(500n);
  for (let tick = 0; tick < 40; tick++) {
    pace.tick();
    pace.take(250n);
  }
  const wish = pace.wishFor(1n);
  expect(wish).toBeGreaterThanOrEqual(990n);
  expect(wish).toBeLessThanOrEqual(1_250n);
});

test("room is worth keeping for a second without a call, and what falls asleep wakes with the next", () => {
  const pace = new LeasePace();
  pace.take(5n);
  pace.tick();
  for (let idle = 1; idle < 4; idle++) {
    pace.tick();
    expect(pace.worthKeeping()).toBe(40n);
  }
  pace.tick();
  expect(pace.worthKeeping()).toBe(0n);
  pace.take(5n);
  pace.tick();
  expect(pace.worthKeeping()).toBe(40n);
});

test("nothing is worth keeping before the first call", () => {
  expect(new LeasePace().worthKeeping()).toBe(0n);
});

test("a slice takes over the pace of the one before it, and forgets it with the first quiet second", () => {
  const before = new LeasePace();
  before.take(600n);
  before.tick();
  before.take(400n);
  const after = new LeasePace(before);
  expect(after.wishFor(1n)).toBe(1_000n);
  for (const kept of [750n, 562n, 421n]) {
    after.tick();
    expect(after.worthKeeping()).toBe(kept);
  }
  after.tick();
  expect(after.worthKeeping()).toBe(0n);
});
