import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BreakEven,
  breakEven,
  byRequestMonth,
  type MonthlyCosts,
  monthlyCosts,
  sensitivity,
} from "./break-even.ts";
import type { OwnMachines } from "./machines.ts";
import { ownMonth, setsFor } from "./machines.ts";
import { publishedRules } from "./published-rules.ts";

const usd = 1_000_000_000_000n;
const count = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const anySize = fc
  .record({ inputTokens: count(0n, 20_000n), outputTokens: count(0n, 5_000n) })
  .filter(({ inputTokens, outputTokens }) => inputTokens + outputTokens > 0n);
const anyMachines: fc.Arbitrary<OwnMachines> = fc.record({
  picoUsdPerGpuHour: count(0n, 10n * usd),
  gpus: count(1n, 8n),
  inputTokensPerSecond: count(1n, 50_000n),
  outputTokensPerSecond: count(1n, 5_000n),
  usableBasisPoints: count(1n, 10_000n),
  peoplePicoUsdPerMonth: count(0n, 20_000n * usd),
});
const anyPrice = count(0n, usd / 10n);
/** One GPU that takes a second for a token. */
const slow: OwnMachines = {
  picoUsdPerGpuHour: 1n,
  gpus: 1n,
  inputTokensPerSecond: 1n,
  outputTokensPerSecond: 1n,
  usableBasisPoints: 10_000n,
  peoplePicoUsdPerMonth: 0n,
};

/**
 * A set serves 2 requests in so many days, and a request costs what a set costs in half of them: only sets that are busy all the
 * time are no dearer, and whole requests a day fill no fewer sets than there are days, if these are odd.
 */
function busyDays(days: bigint): BreakEven | null {
  return breakEven({ inputTokens: 43_200n * days, outputTokens: 0n }, slow, 12n * days);
}

describe("break-even", () => {
  test("the two sides are equal there to less than the price of one daily request, and it is the first such volume", () => {
    let found = 0;
    fc.assert(
      fc.property(anySize, anyMachines, anyPrice, (size, machines, price) => {
        const meeting = breakEven(size, machines, price);
        if (meeting === null) return;
        const { requestsPerDay, sets, ownPicoUsdPerMonth } = meeting;
        const own = (requests: bigint): bigint =>
          ownMonth(machines, setsFor({ ...size, requestsPerDay: requests }, machines));
        expect(ownPicoUsdPerMonth).toBe(ownMonth(machines, sets));
        expect(own(requestsPerDay)).toBe(ownPicoUsdPerMonth);
        const gap = byRequestMonth(requestsPerDay, price) - ownPicoUsdPerMonth;
        expect(gap).toBeGreaterThanOrEqual(0n);
        expect(requestsPerDay === 1n || gap < byRequestMonth(1n, price)).toBe(true);
        const before = [1n, requestsPerDay / 2n, requestsPerDay - 1n].filter((n) => n > 0n && n < requestsPerDay);
        expect(before.filter((n) => own(n) <= byRequestMonth(n, price))).toEqual([]);
        expect(meeting.utilisationBasisPoints).toBeLessThanOrEqual(machines.usableBasisPoints);
        found += 1;
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(200);
  });

  test("from where it is never dearer again, it never is; where there is no break-even, a full set is dearer", () => {
    fc.assert(
      fc.property(anySize, anyMachines, anyPrice, count(0n, 1_000_000n), (size, machines, price, more) => {
        const meeting = breakEven(size, machines, price);
        const from = meeting === null ? 0n : (meeting.neverDearerFromRequestsPerDay ?? 0n);
        const load = { ...size, requestsPerDay: from + more + 1n };
        const { ownPicoUsd, byRequestPicoUsd } = monthlyCosts(load, machines, { api: price });
        const api = byRequestPicoUsd["api"] ?? 0n;
        const isSettled = meeting === null ? price > 0n : meeting.neverDearerFromRequestsPerDay !== null;
        fc.pre(isSettled);
        expect(ownPicoUsd > api).toBe(meeting === null);
      }),
      { numRuns: 2000 },
    );
  });

  test("both ways cost more with more requests, and dearer requests move the break-even down", () => {
    fc.assert(
      fc.property(anySize, anyMachines, anyPrice, count(1n, 1_000_000n), (size, machines, price, requestsPerDay) => {
        const at = (requests: bigint): MonthlyCosts =>
          monthlyCosts({ ...size, requestsPerDay: requests }, machines, { api: price });
        const [less, more] = [at(requestsPerDay), at(requestsPerDay * 2n)];
        expect(more.ownPicoUsd).toBeGreaterThanOrEqual(less.ownPicoUsd);
        expect(more.byRequestPicoUsd["api"]).toBe((less.byRequestPicoUsd["api"] ?? 0n) * 2n);
        expect(less.utilisationBasisPoints).toBeLessThanOrEqual(machines.usableBasisPoints);
        const [cheap, dear] = [breakEven(size, machines, price), breakEven(size, machines, price * 2n)];
        expect(cheap === null || (dear !== null && dear.requestsPerDay <= cheap.requestsPerDay)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("one GPU at $2 an hour, reckoned by hand", () => {
    const size = { inputTokens: 1000n, outputTokens: 500n };
    const machines: OwnMachines = {
      picoUsdPerGpuHour: 2n * usd,
      gpus: 1n,
      inputTokensPerSecond: 10_000n,
      outputTokensPerSecond: 1_000n,
      usableBasisPoints: 5_000n,
      peoplePicoUsdPerMonth: 0n,
    };
    // A request takes 0.1 s + 0.5 s, so half a day serves 72,000. At $0.0075 each, $1,440 a month are 6,400 requests a day.
    const price = (75n * usd) / 10_000n;
    expect(breakEven(size, machines, price)).toEqual({
      requestsPerDay: 6_400n,
      sets: 1n,
      // 6,400 x 0.6 s of 86,400 s
      utilisationBasisPoints: 445n,
      ownPicoUsdPerMonth: 1_440n * usd,
      neverDearerFromRequestsPerDay: 72_000n,
    });
    // A set of four GPUs at $0.50 costs the same.
    expect(breakEven(size, { ...machines, picoUsdPerGpuHour: usd / 2n, gpus: 4n }, price)).toEqual(
      breakEven(size, machines, price),
    );
    // With $1,000 of people: 2,440 / 0.225 = 10,844.4
    const staffed = { ...machines, peoplePicoUsdPerMonth: 1_000n * usd };
    expect(breakEven(size, staffed, price)?.requestsPerDay).toBe(10_845n);
    // 72,000 x 30 requests at $0.0006 are $1,296: less than the machine.
    expect(breakEven(size, machines, (6n * usd) / 10_000n)).toBeNull();
    // Busy all day it would serve 144,000: 1,440 for each percent.
    const rows = sensitivity(size, machines, { api: price });
    expect(rows.map(({ percent, requestsPerDay }) => [percent, requestsPerDay])).toEqual([
      [5, 7_200n],
      [10, 14_400n],
      [20, 28_800n],
      [30, 43_200n],
      [40, 57_600n],
      [50, 72_000n],
      [60, 86_400n],
      [80, 115_200n],
      [100, 144_000n],
    ]);
    expect(rows.find(({ percent }) => percent === 50)).toMatchObject({
      requestsPerDay: 72_000n,
      ownPicoUsd: 1_440n * usd,
      byRequestPicoUsd: { api: 16_200n * usd },
      utilisationBasisPoints: 5_000n,
    });
  });

  test("machines that cost as much as what they serve, when full", () => {
    // 1,000 sets serve a first request a day, and 1,000 numbers of sets are tried from there: 1,999 is the last.
    expect(busyDays(1_999n)).toEqual({
      requestsPerDay: 2n,
      sets: 1_999n,
      utilisationBasisPoints: 10_000n,
      // 1,999 x 720 hours
      ownPicoUsdPerMonth: 1_439_280n,
      neverDearerFromRequestsPerDay: null,
    });
    // 1,001 to 2,000
    expect(busyDays(2_001n)).toBeNull();
  });

  test("where requests are free there is no break-even, whatever the machines cost", () => {
    const size = { inputTokens: 1000n, outputTokens: 500n };
    expect(breakEven(size, slow, 0n)).toBeNull();
    expect(breakEven(size, { ...slow, picoUsdPerGpuHour: 0n }, 0n)).toBeNull();
  });
});

test("the published rules come to three different bills", () => {
  expect(publishedRules.map(({ fromPicoUsd, toPicoUsd }) => [fromPicoUsd / usd, toPicoUsd / usd])).toEqual([
    [5_000n, 10_000n],
    [1_500n, 1_500n],
    [500n, 500n],
  ]);
  expect(publishedRules[1]?.because).toContain("$1,440 to $2,160");
});
