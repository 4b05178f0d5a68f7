import { beforeEach, describe, expect, test } from "vitest";
import { takeIfCovered } from "./claim.ts";
import type { Holding } from "./holding.ts";
import { createDeskBench, type DeskBench } from "./test-desk.ts";

let bench: DeskBench;
beforeEach(() => {
  bench = createDeskBench();
});

/** Books that have so much room when a call has taken 10 of it. */
async function takeTen(roomThen: bigint, change: (holding: Holding) => void = () => undefined): Promise<Holding> {
  const holding = bench.holdingOf({ limit: 1_000n });
  holding.leased = 10n + roomThen;
  change(holding);
  expect(takeIfCovered([{ holding, amount: 10n }], bench.ports)).toBe(true);
  await bench.clock.advanceAsync(0);
  return holding;
}

const wishes = (): readonly bigint[] => bench.leases.flatMap(({ asks }) => asks.map(({ wished }) => wished));

describe("room is asked for ahead", () => {
  test.each([
    { room: 0n, wished: [80n] },
    { room: 39n, wished: [80n] },
    { room: 40n, wished: [] },
    { room: 100n, wished: [] },
  ])("when less than half of eight calls is left: $room", async ({ room, wished }) => {
    await takeTen(room);
    expect(wishes()).toEqual(wished);
  });

  test("with no need, so that it takes nothing from a call that has one", async () => {
    const { account, slice } = await takeTen(0n);
    const ask = { account: account.id, sliceStartMs: slice.startMs, windowStartMs: slice.startMs };
    expect(bench.leases.map(({ asks }) => asks)).toEqual([[{ ...ask, limit: 1_000n, needed: 0n, wished: 80n }]]);
  });

  test("for the least amount too, as a budget of requests takes it", async () => {
    const holding = bench.holdingOf();
    holding.leased = 1n;
    takeIfCovered([{ holding, amount: 1n }], bench.ports);
    expect(wishes()).toEqual([8n]);
  });

  test("once at a time", async () => {
    const holding = await takeTen(10n);
    expect(holding.wishing).toBe(true);
    takeIfCovered([{ holding, amount: 10n }], bench.ports);
    expect(wishes()).toEqual([80n]);
    await bench.leases[0]?.answer({ granted: [10n] });
    expect([holding.wishing, holding.room]).toEqual([false, 10n]);
    takeIfCovered([{ holding, amount: 10n }], bench.ports);
    expect(wishes()).toEqual([80n, 80n]);
  });

  test("not near the limit, where others may need it", async () => {
    await takeTen(0n, (holding) => (holding.near = true));
    expect(wishes()).toEqual([]);
  });

  test("not by a call that takes nothing", async () => {
    const holding = bench.holdingOf();
    holding.pace.take(100n);
    takeIfCovered([{ holding, amount: 0n }], bench.ports);
    expect(wishes()).toEqual([]);
  });
});

describe("what the store answers", () => {
  test.each([
    { answer: { granted: [80n] }, leased: 90n, near: false },
    { answer: { granted: [1n] }, leased: 11n, near: false },
    { answer: { granted: [0n] }, leased: 10n, near: true },
    { answer: { granted: [] }, leased: 10n, near: true },
    { answer: { refused: 0, remaining: -1n }, leased: 10n, near: true },
  ])("is room, or the word that the limit is near: $answer", async ({ answer, leased, near }) => {
    const holding = await takeTen(0n);
    await bench.leases[0]?.answer(answer);
    // Near the limit nothing is kept; what is reserved stays.
    expect([holding.leased, holding.near, holding.wishing]).toEqual([leased, near, false]);
  });
});
