import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Balance, LimitStore } from "../../../spec/limit-store.ts";
import { grantOnTop } from "../../../kit/lease-grant.ts";
import type { LimitAnswer, LimitCall } from "../../limit-calls.ts";
import { createMemoryLimitStore } from "../../memory/limit-store.ts";
import { openLimitDatabase, type LimitDatabase } from "./limit-database.ts";

let directory: string;
let database: LimitDatabase;
let sequence = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-budgets-"));
  database = openLimitDatabase(directory, "link", 1_000, "OFF");
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

/** Balances by plain lists: one entry for every amount ever booked. */
class Model {
  readonly #spent: { account: string; slice: number; owner: string; amount: bigint }[] = [];
  readonly #held: { account: string; slice: number; owner: string; amount: bigint }[] = [];
  readonly #expires = new Map<string, number>();
  #swept: ReadonlySet<string> = new Set();

  #sum(list: "spent" | "held", matches: (one: { account: string; slice: number; owner: string }) => boolean): bigint {
    const entries = list === "spent" ? this.#spent : this.#held;
    return entries.filter(matches).reduce((total, one) => total + one.amount, 0n);
  }

  answer(call: LimitCall): LimitAnswer {
    switch (call.kind) {
      case "lease":
        return this.#lease(call);
      case "report":
        this.#speak(call.owner, call.expiresAtMs);
        for (const { account, sliceStartMs: slice, used, ended } of call.reports) {
          const owner = call.owner;
          this.#spent.push({ account, slice, owner, amount: used });
          const held = this.#sum(
            "held",
            (one) => one.account === account && one.slice === slice && one.owner === owner,
          );
          this.#held.push({ account, slice, owner, amount: ended < held ? -ended : -held });
        }
        return null;
      case "sweep": {
        const dead = [...this.#expires].filter(([owner, ms]) => ms <= call.nowMs && !this.#swept.has(owner));
        const slices = this.#slices().filter(([account, slice]) =>
          dead.some(([owner]) => this.#heldBy(owner, account, slice) > 0n),
        );
        const leases = slices.flatMap(([account, slice]) =>
          dead.filter(([owner]) => this.#heldBy(owner, account, slice) > 0n),
        );
        this.#swept = new Set([...this.#swept, ...dead.map(([owner]) => owner)]);
        return leases.length;
      }
      case "recompute":
        for (const { account, sliceStartMs: slice, spent } of call.truth) {
          const owner = call.owner;
          const mine = (one: { account: string; slice: number; owner: string }): boolean =>
            one.account === account && one.slice === slice && one.owner === owner;
          this.#held.push({ account, slice, owner, amount: -this.#sum("held", mine) });
          this.#spent.push({ account, slice, owner, amount: spent - this.#sum("spent", mine) });
        }
        return null;
      case "balances":
        return this.#balances();
      default:
        throw new Error(call.kind);
    }
  }

  #lease(call: LimitCall & { kind: "lease" }): LimitAnswer {
    const granted: bigint[] = [];
    for (const [index, ask] of call.asks.entries()) {
      const counts = (one: { account: string; slice: number }): boolean =>
        one.account === ask.account && one.slice >= ask.windowStartMs;
      const left = ask.limit === null ? null : ask.limit - this.#sum("spent", counts) - this.#sum("held", counts);
      if (left !== null && left < ask.needed) return { refused: index, remaining: left };
      granted.push(ask.needed + (left === null ? ask.wished : grantOnTop(left, ask.needed, ask.wished)));
    }
    this.#speak(call.owner, call.expiresAtMs);
    for (const [index, { account, sliceStartMs: slice }] of call.asks.entries()) {
      this.#held.push({ account, slice, owner: call.owner, amount: granted[index] ?? 0n });
    }
    return { granted };
  }

  #speak(owner: string, expiresAtMs: number): void {
    this.#swept = new Set([...this.#swept].filter((one) => one !== owner));
    this.#expires.set(owner, expiresAtMs);
  }

  #heldBy(owner: string, account: string, slice: number): bigint {
    return this.#sum("held", (one) => one.owner === owner && one.account === account && one.slice === slice);
  }

  #slices(): readonly (readonly [string, number])[] {
    const names = [...this.#spent, ...this.#held].map(({ account, slice }) => JSON.stringify([account, slice]));
    return [...new Set(names)].map((name) => JSON.parse(name) as [string, number]);
  }

  #balances(): readonly Balance[] {
    return this.#slices().map(([account, sliceStartMs]) => {
      const here = (one: { account: string; slice: number }): boolean =>
        one.account === account && one.slice === sliceStartMs;
      const presumed = this.#sum("held", (one) => here(one) && this.#swept.has(one.owner));
      const held = this.#sum("held", here) - presumed;
      return { account, sliceStartMs, spent: this.#sum("spent", here), held, presumed };
    });
  }
}

function callOn(store: LimitStore, call: LimitCall): Promise<LimitAnswer | void> {
  switch (call.kind) {
    case "lease":
      return store.lease(call.owner, call.asks, 0, call.expiresAtMs);
    case "report":
      return store.report(call.owner, call.reports, 0, call.expiresAtMs);
    case "sweep":
      return store.sweep(call.nowMs);
    case "recompute":
      return store.recompute(call.owner, call.truth);
    default:
      return store.balances(null, 0);
  }
}

const amount = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 10n ** 21n }));
const key = { account: fc.constantFrom("a", "b", "c"), sliceStartMs: fc.integer({ min: 0, max: 3 }) };
const owner = fc.constantFrom("one", "two", "three");
const expiresAtMs = fc.integer({ min: 1, max: 100 });
const ask = fc.record({
  ...key,
  limit: fc.oneof(fc.constant(null), amount, fc.constant(10n ** 21n)),
  windowStartMs: fc.integer({ min: 0, max: 3 }),
  needed: amount,
  wished: amount,
});
const calls: fc.Arbitrary<LimitCall> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("lease" as const),
      owner,
      asks: fc.uniqueArray(ask, { maxLength: 3, selector: (one) => one.account }),
      expiresAtMs,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      owner,
      reports: fc.array(fc.record({ ...key, used: amount, ended: amount }), { maxLength: 3 }),
      expiresAtMs,
    }),
  },
  fc.record({ kind: fc.constant("sweep" as const), nowMs: fc.integer({ min: 0, max: 100 }) }),
  fc.record({
    kind: fc.constant("recompute" as const),
    owner,
    truth: fc.uniqueArray(fc.record({ ...key, spent: amount }), {
      maxLength: 3,
      selector: (one) => `${one.account}${one.sliceStartMs}`,
    }),
  }),
  fc.record({ kind: fc.constant("balances" as const), account: fc.constant(null), fromMs: fc.constant(0) }),
);

test("both stores answer every sequence of calls as plain lists do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(calls, { maxLength: 25 }), async (list) => {
      const model = new Model();
      const memory = createMemoryLimitStore();
      database.apply({ sequence: (sequence += 1), nowMs: 0, calls: [{ kind: "forget", beforeMs: 1_000 }] });
      database.apply({ sequence: (sequence += 1), nowMs: 0, calls: [{ kind: "sweep", nowMs: 1_000 }] });
      const balances: LimitCall = { kind: "balances", account: null, fromMs: 0 };
      const all = [...list, balances];
      const expected = all.map((call) => model.answer(call));
      const remembered: unknown[] = [];
      for (const call of all) remembered.push((await callOn(memory, call)) ?? null);
      const written = database.apply({ sequence: (sequence += 1), nowMs: 0, calls: all });
      expect(rowsWithSomething(remembered)).toEqual(rowsWithSomething(expected));
      expect(rowsWithSomething(written)).toEqual(rowsWithSomething(expected));
    }),
    { numRuns: 300 },
  );
});

/** A store may keep or leave out a slice in which nothing is left; the order of balances means nothing. */
function rowsWithSomething(answers: readonly unknown[]): readonly unknown[] {
  return answers.map((answer) =>
    Array.isArray(answer)
      ? (answer as Balance[])
          .filter(({ spent, held, presumed }) => spent + held + presumed > 0n)
          .toSorted((one, other) => one.account.localeCompare(other.account) || one.sliceStartMs - other.sliceStartMs)
      : answer,
  );
}

test("a batch that was written is answered again and not written again", () => {
  const lease: LimitCall = {
    kind: "lease",
    owner: "one",
    asks: [{ account: "a", sliceStartMs: 0, windowStartMs: 0, limit: 10n ** 21n, needed: 10n ** 20n, wished: 0n }],
    expiresAtMs: 1,
  };
  const batch = { sequence: 7, nowMs: 0, calls: [lease, { kind: "balances", account: null, fromMs: 0 } as const] };
  const first = database.apply(batch);
  expect(database.apply(batch)).toEqual(first);
  expect(database.apply({ ...batch, sequence: 8 })[1]).toMatchObject([{ held: 2n * 10n ** 20n }]);
});
