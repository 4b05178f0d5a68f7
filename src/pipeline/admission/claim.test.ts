import { beforeEach, describe, expect, test } from "vitest";
import type { BudgetRefusal } from "../../spec/budget.ts";
import { Claim, type Part } from "./claim.ts";
import type { Holding } from "./holding.ts";
import { createDeskBench, type DeskBench } from "./test-desk.ts";

let bench: DeskBench;
beforeEach(() => {
  bench = createDeskBench();
});

type Fate = "waits" | "taken" | { readonly left: bigint | null };

/** A claim, and what has become of it so far. */
function claim(...parts: readonly Part[]): { fate: Fate } {
  const state: { fate: Fate } = { fate: "waits" };
  const tell = (refusal: BudgetRefusal | null): void => {
    state.fate = refusal === null ? "taken" : { left: refusal.remaining };
  };
  void Claim.make(parts, bench.ports).then(tell);
  return state;
}

/** Answers the lease that was asked for as the so-many-th. */
async function grant(place: number, ...granted: readonly bigint[]): Promise<void> {
  await bench.leases[place]?.answer({ granted });
}

async function refuse(place: number, remaining: bigint): Promise<void> {
  await bench.leases[place]?.answer({ refused: 0, remaining });
}

const asked = (place: number): readonly (readonly bigint[])[] | undefined =>
  bench.leases[place]?.asks.map(({ needed, wished }) => [needed, wished]);

/** Books of which the store has leased so much to this process. */
function holding(leased = 0n, mode: "hard" | "soft" = "hard"): Holding {
  const made = bench.holdingOf({ mode });
  made.leased = leased;
  return made;
}

describe("a wish", () => {
  test("is eight calls, and one of an account is under way at a time", async () => {
    const account = holding();
    const first = claim({ holding: account, amount: 10n });
    const second = claim({ holding: account, amount: 10n });
    expect([asked(0), asked(1)]).toEqual([[[10n, 80n]], [[10n, 0n]]]);
    await grant(1, 10n);
    // The answer without a wish ends none, and says nothing of what is near.
    expect([second.fate, account.near]).toEqual(["taken", false]);
    claim({ holding: account, amount: 10n });
    expect(asked(2)).toEqual([[10n, 0n]]);
    await grant(2, 10n);
    await grant(0, 10n);
    expect([first.fate, account.near]).toEqual(["taken", true]);
    claim({ holding: account, amount: 10n });
    expect(asked(3)).toEqual([[10n, 80n]]);
    await grant(3, 11n);
    expect([account.near, account.room]).toEqual([false, 1n]);
  });

  test("of nothing is none: an account without a pace that takes nothing asks without one", async () => {
    const account = holding(0n, "soft");
    account.over = true;
    const free = claim({ holding: account, amount: 0n });
    expect([asked(0), account.wishing]).toEqual([[[0n, 0n]], false]);
    await grant(0, 0n);
    expect([free.fate, account.near, account.wishing]).toEqual(["taken", false, false]);
  });

  test("of the least amount is one", async () => {
    const account = holding(0n, "soft");
    account.over = true;
    account.near = true;
    account.pace.take(1n);
    claim({ holding: account, amount: 0n });
    expect([asked(0), account.wishing]).toEqual([[[0n, 1n]], true]);
    await grant(0, 1n);
    expect([account.leased, account.near, account.wishing]).toEqual([1n, false, false]);
  });

  test("an amount that the store leaves out of its answer is no room", async () => {
    const account = holding();
    claim({ holding: account, amount: 10n });
    await grant(0);
    expect(account.leased).toBe(0n);
  });
});

describe("room that others of this process hold", () => {
  test("of a call that waits for another account: a refused one waits, and takes it when it comes back", async () => {
    const [wide, team] = [holding(10n), holding()];
    const doomed = claim({ holding: wide, amount: 10n }, { holding: team, amount: 7n });
    const other = claim({ holding: wide, amount: 10n });
    expect(wide.pledges).toBe(1);
    await refuse(1, 0n);
    expect(other.fate).toBe("waits");
    await refuse(0, 5n);
    expect([doomed.fate, other.fate]).toEqual([{ left: 5n }, "taken"]);
    expect(bench.leases).toHaveLength(2);
    expect([wide.reserved, wide.pledges, wide.pledgesPutBack]).toEqual([10n, 0, 1]);
  });

  test("and that is admitted: the one that waited asks again, and is refused", async () => {
    const [wide, team] = [holding(10n), holding()];
    const lucky = claim({ holding: wide, amount: 10n }, { holding: team, amount: 7n });
    const other = claim({ holding: wide, amount: 10n });
    await refuse(1, 1n);
    await grant(0, 7n);
    expect([lucky.fate, other.fate]).toEqual(["taken", "waits"]);
    await refuse(2, 0n);
    expect([other.fate, wide.pledges, wide.pledgesPutBack]).toEqual([{ left: 0n }, 0, 0]);
  });

  test("that was taken for good while a call asked is no reason to ask again", async () => {
    const [wide, team] = [holding(10n), holding()];
    claim({ holding: wide, amount: 10n }, { holding: team, amount: 7n });
    const other = claim({ holding: wide, amount: 10n });
    await grant(0, 7n);
    await refuse(1, 0n);
    expect([other.fate, bench.leases.length]).toEqual([{ left: 0n }, 2]);
  });

  test("that went back to the store while a call asked is one", async () => {
    const [wide, team] = [holding(10n), holding()];
    wide.near = true;
    claim({ holding: wide, amount: 10n }, { holding: team, amount: 7n });
    const other = claim({ holding: wide, amount: 10n });
    await refuse(0, 5n);
    expect(wide.leased).toBe(0n);
    await refuse(1, 0n);
    expect(bench.leases).toHaveLength(3);
    await grant(2, 10n);
    expect(other.fate).toBe("taken");
  });

  test.each([
    { leased: 4n, left: 6n, again: true },
    { leased: 4n, left: 5n, again: false },
    { leased: 0n, left: 9n, again: false },
  ])("$leased leased on top meanwhile and $left left: 10 are asked for again: $again", async (now) => {
    const account = holding();
    const call = claim({ holding: account, amount: 10n });
    account.leased += now.leased;
    await refuse(0, now.left);
    expect(bench.leases).toHaveLength(now.again ? 2 : 1);
    expect(call.fate).toEqual(now.again ? "waits" : { left: now.left });
    // Asking again gives it to the store first.
    expect(account.leased).toBe(now.again ? 0n : now.leased);
  });
});

describe("a call asks sixteen times at most", () => {
  test("while there might be room each time", async () => {
    const account = holding();
    const call = claim({ holding: account, amount: 10n });
    for (let place = 0; place < 40; place++) {
      account.leased += 1n;
      await refuse(place, 9n);
    }
    expect([bench.leases.length, call.fate]).toEqual([16, { left: 9n }]);
  });

  test("while it waits for others each time", async () => {
    const account = holding();
    account.pledges = 1;
    const call = claim({ holding: account, amount: 10n });
    for (let place = 0; place < 15; place++) {
      await refuse(place, 0n);
      expect(call.fate).toBe("waits");
      account.endPledge(false);
      account.pledges = 1;
    }
    await refuse(15, 0n);
    expect([bench.leases.length, call.fate]).toEqual([16, { left: 0n }]);
  });
});
