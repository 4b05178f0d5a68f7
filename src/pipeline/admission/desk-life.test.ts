import { beforeEach, describe, expect, test } from "vitest";
import { Claim } from "./claim.ts";
import type { Holding } from "./holding.ts";
import { createDeskBench, type DeskBench } from "./test-desk.ts";

let bench: DeskBench;
beforeEach(() => {
  bench = createDeskBench();
});

/** Closes the desk; tells at any time whether that has come to its end, and how many reports had come by then. */
function close(): { reports: number | null } {
  const state: { reports: number | null } = { reports: null };
  void bench.desk.close().then(() => (state.reports = bench.reports.length));
  return state;
}

/** Books with so much leased and nothing taken, that the desk looks after. */
function idle(leased: bigint, change: (holding: Holding) => void = () => undefined): Holding {
  const holding = bench.holdingOf();
  holding.leased = leased;
  change(holding);
  bench.desk.list(holding);
  return holding;
}

/** A pace of 10 a call: 80 are worth keeping. */
const paced = (holding: Holding): void => holding.pace.take(10n);

const ended = (): readonly bigint[] => bench.reports.flat().map((report) => report.ended);

describe("a desk that closes", () => {
  test("gives all idle room back, and is closed when the store has heard of it", async () => {
    idle(7n);
    const answer = bench.holdReports();
    const closed = close();
    await bench.clock.advanceAsync(1_999);
    expect([ended(), closed.reports]).toEqual([[7n], null]);
    await answer();
    expect([closed.reports, bench.desk.size]).toEqual([1, 0]);
  });

  test("waits for a report that was under way, though nothing is open any more", async () => {
    const answer = bench.holdReports();
    bench.desk.changed(idle(7n, (holding) => (holding.near = true)));
    await bench.clock.advanceAsync(250);
    expect([ended(), bench.desk.size]).toEqual([[7n], 0]);
    const closed = close();
    await bench.clock.advanceAsync(1_000);
    expect(closed.reports).toBe(null);
    await answer();
    expect(closed.reports).toBe(1);
  });

  test("waits for a lease that comes late, and gives it back before it is closed", async () => {
    const holding = bench.holdingOf();
    const refusal = Claim.make([{ holding, amount: 10n }], bench.ports);
    await bench.clock.advanceAsync(250);
    expect(await refusal).toMatchObject({ remaining: null });
    const closed = close();
    await bench.clock.advanceAsync(1_000);
    expect(closed.reports).toBe(null);
    await bench.leases[0]?.answer({ granted: [90n] });
    expect([ended(), closed.reports]).toEqual([[90n], 1]);
  });

  test("gives up a store that hangs after five waits of two seconds", async () => {
    idle(7n);
    bench.holdReports();
    const closed = close();
    await bench.clock.advanceAsync(9_999);
    expect(closed.reports).toBe(null);
    await bench.clock.advanceAsync(1);
    expect(closed.reports).toBe(1);
  });

  test("leases nothing more", async () => {
    close();
    await expect(bench.desk.lease([], [])).rejects.toThrow("No further lease");
    expect(bench.leases).toEqual([]);
  });
});

test("8,192 leases are asked for at once, and none beyond them until one is answered", async () => {
  for (let place = 0; place < 8_192; place++) void bench.desk.lease([], []);
  await expect(bench.desk.lease([], [])).rejects.toThrow("No further lease");
  expect(bench.leases).toHaveLength(8_192);
  await bench.leases[0]?.answer({ granted: [] });
  void bench.desk.lease([], []);
  expect(bench.leases).toHaveLength(8_193);
});

describe("a tick", () => {
  test("keeps what the pace is worth", async () => {
    const holding = idle(200n, paced);
    await bench.clock.advanceAsync(249);
    expect(holding.leased).toBe(200n);
    await bench.clock.advanceAsync(1);
    expect(holding.leased).toBe(80n);
  });

  test("keeps nothing near the limit", async () => {
    const holding = idle(200n, (one) => {
      paced(one);
      one.near = true;
    });
    await bench.clock.advanceAsync(250);
    expect(holding.leased).toBe(0n);
  });

  test("keeps nothing of a slice that is over, from the millisecond on that begins the next", async () => {
    const holding = bench.holdingOf({ window: { kind: "sliding", lengthMs: 60 * 250 } });
    holding.leased = 200n;
    paced(holding);
    bench.desk.list(holding);
    expect(holding.slice.endMs).toBe(bench.clock.nowMs() + 250);
    await bench.clock.advanceAsync(250);
    expect(holding.leased).toBe(0n);
  });

  test("tells the store nothing of books in which nothing ever was", async () => {
    bench.desk.changed(idle(0n));
    await bench.clock.advanceAsync(250);
    expect([bench.desk.size, bench.reports]).toEqual([0, []]);
  });
});
