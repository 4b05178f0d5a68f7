import { describe, expect, test } from "vitest";
import { createFakeClock } from "./fake-clock.ts";

describe("fake clock", () => {
  test("stands still until told", () => {
    const clock = createFakeClock(1_000);
    expect([clock.nowMs(), clock.monotonicUs()]).toEqual([1_000, 0]);
    clock.advance(2.5);
    expect([clock.nowMs(), clock.monotonicUs()]).toEqual([1_002, 2_500]);
  });

  test("runs timers in order of time, then of asking, and shows each its own time", () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    clock.after(20, () => seen.push(`late ${clock.monotonicUs()}`));
    clock.after(10, () => seen.push(`first ${clock.monotonicUs()}`));
    clock.after(10, () => seen.push(`second ${clock.monotonicUs()}`));
    clock.advance(19);
    expect(seen).toEqual(["first 10000", "second 10000"]);
    clock.advance(1);
    expect(seen.at(-1)).toBe("late 20000");
    expect(clock.pendingTimers).toBe(0);
  });

  test("a timer set by a timer runs in the same step when it falls due", () => {
    const clock = createFakeClock();
    const seen: number[] = [];
    clock.after(5, () => clock.after(5, () => seen.push(clock.monotonicUs())));
    clock.advance(10);
    expect(seen).toEqual([10_000]);
  });

  test("a cancelled timer never runs; cancelling twice is nothing", () => {
    const clock = createFakeClock();
    let runs = 0;
    const cancel = clock.after(5, () => (runs += 1));
    cancel();
    cancel();
    clock.advance(100);
    expect(runs).toBe(0);
  });

  test("a jump of the wall moves neither the monotonic time nor the timers", () => {
    const clock = createFakeClock(10_000);
    let ran = false;
    clock.after(50, () => (ran = true));
    clock.jumpWall(-3_600_000);
    expect(clock.nowMs()).toBe(10_000 - 3_600_000);
    clock.advance(49);
    expect(ran).toBe(false);
    clock.advance(1);
    expect(ran).toBe(true);
  });

  test("advanceAsync lets promises settle between timers", async () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
    const run = async (): Promise<void> => {
      await wait(10);
      seen.push("ten");
      await wait(10);
      seen.push("twenty");
    };
    const done = run();
    await clock.advanceAsync(20);
    expect(seen).toEqual(["ten", "twenty"]);
    await done;
  });

  test("refuses what no clock does", () => {
    const clock = createFakeClock();
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.after(2 ** 31, () => undefined)).toThrow(RangeError);
    expect(() => clock.after(Number.NaN, () => undefined)).toThrow(RangeError);
  });
});
