import assert from "node:assert/strict";
import type { Balance, LeaseAsk, LimitStore } from "../spec/limit-store.ts";

/** How a test framework takes a test; `test` of vitest and of node:test both fit. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

const startMs = 1_767_225_600_000;
const soonMs = startMs + 60_000;
const key = { account: "monthly", sliceStartMs: startMs };

/** An ask for `needed` of an account with a limit of 100, nothing on top. */
export function sampleAsk(needed: bigint, over: Partial<LeaseAsk> = {}): LeaseAsk {
  return { ...key, limit: 100n, windowStartMs: startMs, needed, wished: 0n, ...over };
}

function lease(store: LimitStore, owner: string, ...asks: LeaseAsk[]): Promise<unknown> {
  return store.lease(owner, asks, startMs, soonMs);
}

async function totals(store: LimitStore): Promise<unknown> {
  return (await store.balances(null, 0)).map(({ account, spent, held, presumed }) => [account, spent, held, presumed]);
}

/** An ask for 40 of 100 in a slice and the window that begins with another. */
function askIn(slice: number, windowStart: number): LeaseAsk {
  return sampleAsk(40n, { sliceStartMs: startMs + slice, windowStartMs: startMs + windowStart });
}

function heldOf(account: string, sliceStartMs: number, held: bigint): Balance {
  return { account, sliceStartMs, held, spent: 0n, presumed: 0n };
}

function inOrder(balances: readonly Balance[]): readonly Balance[] {
  return balances.toSorted(
    (one, other) => one.account.localeCompare(other.account) || one.sliceStartMs - other.sliceStartMs,
  );
}

/** What every {@link LimitStore} must hold to. `create` makes an empty one, which the test closes. */
export function limitStoreConformance(test: RegisterTest, create: () => Promise<LimitStore> | LimitStore): void {
  const withStore = (name: string, run: (store: LimitStore) => Promise<void>): void => {
    test(name, async () => {
      const store = await create();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    });
  };

  withStore("grants until the limit and not beyond, whoever asks", async (store) => {
    assert.deepEqual(await lease(store, "a", sampleAsk(60n)), { granted: [60n] });
    assert.deepEqual(await lease(store, "b", sampleAsk(41n)), { refused: 0, remaining: 40n });
    assert.deepEqual(await lease(store, "b", sampleAsk(40n)), { granted: [40n] });
    assert.deepEqual(await lease(store, "a", sampleAsk(1n)), { refused: 0, remaining: 0n });
    assert.deepEqual(await lease(store, "a", sampleAsk(0n)), { granted: [0n] });
    assert.deepEqual(await totals(store), [["monthly", 0n, 100n, 0n]]);
  });

  withStore("grants all asks or none, and names the first without room", async (store) => {
    const asks = [sampleAsk(10n), sampleAsk(10n, { account: "b" }), sampleAsk(10n, { account: "c", limit: 9n })];
    assert.deepEqual(await lease(store, "a", ...asks), { refused: 2, remaining: 9n });
    assert.deepEqual(await totals(store), []);
    assert.deepEqual(await lease(store, "a", ...asks.slice(0, 2)), { granted: [10n, 10n] });
  });

  withStore("grants on top far from the limit only, an eighth of what is left at most", async (store) => {
    const far = { limit: 10_000n };
    assert.deepEqual(await lease(store, "a", sampleAsk(10n, { ...far, wished: 100n })), { granted: [110n] });
    assert.deepEqual(await lease(store, "a", sampleAsk(10n, { ...far, wished: 9_000n })), { granted: [1_245n] });
    assert.deepEqual(await lease(store, "b", sampleAsk(10n, { account: "near", wished: 100n })), { granted: [10n] });
    assert.deepEqual(await lease(store, "b", sampleAsk(0n, { account: "near", wished: 100n })), { granted: [0n] });
  });

  withStore("grants all that is asked without a limit", async (store) => {
    await lease(store, "a", sampleAsk(100n));
    assert.deepEqual(await lease(store, "a", sampleAsk(7n, { limit: null, wished: 5n })), { granted: [12n] });
    assert.deepEqual(await lease(store, "a", sampleAsk(0n)), { refused: 0, remaining: -12n });
  });

  withStore("books what was used and gives room back", async (store) => {
    await lease(store, "a", sampleAsk(100n));
    await store.report("a", [{ ...key, used: 30n, ended: 70n }], startMs, soonMs);
    assert.deepEqual(await totals(store), [["monthly", 30n, 30n, 0n]]);
    assert.deepEqual(await lease(store, "b", sampleAsk(41n)), { refused: 0, remaining: 40n });
    await store.report("a", [{ ...key, used: 90n, ended: 30n }], startMs, soonMs);
    assert.deepEqual(await totals(store), [["monthly", 120n, 0n, 0n]]);
  });

  withStore("counts the slices of the window, and none before it", async (store) => {
    assert.deepEqual(await lease(store, "a", askIn(0, -59)), { granted: [40n] });
    assert.deepEqual(await lease(store, "b", askIn(1, -58)), { granted: [40n] });
    assert.deepEqual(await lease(store, "a", askIn(2, 0)), { refused: 0, remaining: 20n });
    assert.deepEqual(await lease(store, "a", askIn(61, 1)), { granted: [40n] });
  });

  withStore("keeps the leases of the dead as presumed spending until they are recomputed", async (store) => {
    await lease(store, "a", sampleAsk(50n));
    await store.report("a", [{ ...key, used: 10n, ended: 10n }], startMs, soonMs);
    await store.lease("b", [sampleAsk(20n)], startMs, soonMs + 1);
    assert.equal(await store.sweep(soonMs - 1), 0);
    assert.equal(await store.sweep(soonMs), 1);
    assert.equal(await store.sweep(soonMs), 0);
    assert.deepEqual(await totals(store), [["monthly", 10n, 20n, 40n]]);
    assert.deepEqual(await lease(store, "b", sampleAsk(31n)), { refused: 0, remaining: 30n });
    assert.deepEqual(await store.leasedBy("a"), [key]);
    await store.recompute("a", [{ ...key, spent: 25n }]);
    assert.deepEqual(await totals(store), [["monthly", 25n, 20n, 0n]]);
    assert.deepEqual(await store.leasedBy("a"), []);
  });

  withStore("a lease of the least amount counts like every other", async (store) => {
    await lease(store, "a", sampleAsk(1n));
    assert.deepEqual(await store.leasedBy("a"), [key]);
    assert.equal(await store.sweep(soonMs), 1);
    assert.deepEqual(await totals(store), [["monthly", 0n, 0n, 1n]]);
    assert.deepEqual(await store.leasedBy("a"), [key]);
  });

  withStore("knows an owner again that was only slow", async (store) => {
    await lease(store, "a", sampleAsk(50n));
    await store.sweep(soonMs);
    await store.report("a", [{ ...key, used: 20n, ended: 30n }], soonMs, soonMs + 60_000);
    assert.deepEqual(await totals(store), [["monthly", 20n, 20n, 0n]]);
    assert.equal(await store.sweep(soonMs + 59_999), 0);
    assert.equal(await store.sweep(soonMs + 60_000), 1);
  });

  withStore("a report without an entry extends the owner's leases", async (store) => {
    await lease(store, "a", sampleAsk(50n));
    await store.report("a", [], startMs, soonMs + 1_000);
    assert.equal(await store.sweep(soonMs), 0);
    assert.equal(await store.sweep(soonMs + 1_000), 1);
  });

  withStore("is exact at a billion dollars", async (store) => {
    const billion = 10n ** 21n;
    const ask = sampleAsk(billion - 1n, { limit: billion });
    assert.deepEqual(await lease(store, "a", ask), { granted: [billion - 1n] });
    await store.report("a", [{ ...key, used: billion - 1n, ended: billion - 1n }], startMs, soonMs);
    assert.deepEqual(await lease(store, "b", { ...ask, needed: 2n }), { refused: 0, remaining: 1n });
    assert.deepEqual(await lease(store, "b", { ...ask, needed: 1n }), { granted: [1n] });
    assert.deepEqual(await totals(store), [["monthly", billion - 1n, 1n, 0n]]);
  });

  withStore("shows balances by account and from a slice on, owners together", async (store) => {
    const later = startMs + 1_000;
    await lease(store, "a", sampleAsk(1n), sampleAsk(2n, { account: "weekly" }));
    await lease(store, "b", sampleAsk(4n), sampleAsk(8n, { account: "weekly", sliceStartMs: later }));
    const [month, ...weeks] = [
      heldOf("monthly", startMs, 5n),
      heldOf("weekly", startMs, 2n),
      heldOf("weekly", later, 8n),
    ];
    assert.deepEqual(inOrder(await store.balances(null, 0)), [month, ...weeks]);
    assert.deepEqual(inOrder(await store.balances("weekly", 0)), weeks);
    assert.deepEqual(await store.balances(null, later), [heldOf("weekly", later, 8n)]);
    assert.deepEqual(await store.balances("none", 0), []);
  });

  withStore("forgets what began before a moment", async (store) => {
    await lease(store, "a", sampleAsk(1n), sampleAsk(2n, { account: "later", sliceStartMs: soonMs }));
    await store.forget(soonMs);
    assert.deepEqual(await totals(store), [["later", 0n, 2n, 0n]]);
  });

  withStore("takes calls in their order without waiting between them", async (store) => {
    const calls = Array.from({ length: 300 }, (_, index) =>
      index % 3 === 1
        ? store.report("a", [{ ...key, used: 1n, ended: 30n }], startMs, soonMs).then(() => null)
        : lease(store, "a", sampleAsk(30n)),
    );
    const results = await Promise.all(calls);
    const granted = results.filter((result) => JSON.stringify(result, digits)?.includes("granted")).length;
    assert.equal(granted, countGranted(300));
  });
}

function digits(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/** The same calls by plain arithmetic. */
function countGranted(calls: number): number {
  let [spent, held, granted] = [0, 0, 0];
  for (let index = 0; index < calls; index++) {
    if (index % 3 === 1) {
      spent += 1;
      held = Math.max(0, held - 30);
    } else if (100 - spent - held >= 30) {
      held += 30;
      granted += 1;
    }
  }
  return granted;
}
