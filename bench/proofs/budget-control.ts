import { accountsOf } from "../../src/money/budgets/account-of.ts";
import { amountOf, sliceAt } from "../../src/money/budgets/budget-slice.ts";
import type { MakeAdmission } from "./budget-race.ts";

/** The planted control: reads the balances, then books, in two steps, as most of the field does. Every race must catch it. */
export const checkThenAct: MakeAdmission = ({ budgets, store, owner }) => ({
  start: () => Promise.resolve(),
  close: () => Promise.resolve(),
  async admit(subject, atMost, nowMs) {
    const places = accountsOf(budgets, subject).map((account) => {
      const { startMs, windowStartMs, resetsAtMs } = sliceAt(account.budget.window, nowMs);
      const wanted = amountOf(account.budget.measure, atMost);
      return { account, wanted, windowStartMs, resetsAtMs, key: { account: account.id, sliceStartMs: startMs } };
    });
    for (const { account, wanted, windowStartMs, resetsAtMs } of places) {
      let remaining = account.budget.limit;
      for (const { spent, held, presumed } of await store.balances(account.id, windowStartMs)) {
        remaining -= spent + held + presumed;
      }
      if (remaining < wanted) return { refusal: { account, wanted, remaining, resetsAtMs } };
    }
    const asks = places.map(({ key, windowStartMs, wanted }) => {
      return { ...key, windowStartMs, limit: null, needed: wanted, wished: 0n };
    });
    await store.lease(owner, asks, nowMs, nowMs + 60_000);
    const end = (usedOf: (index: number) => bigint): void => {
      const reports = places.map(({ key, wanted }, index) => ({ ...key, used: usedOf(index), ended: wanted }));
      void store.report(owner, reports, nowMs, nowMs + 60_000);
    };
    return {
      reservation: {
        exceeded: [],
        extend: () => true,
        settle: (used) => end((index) => amountOf(places[index]?.account.budget.measure ?? "usd", used)),
        release: () => end(() => 0n),
      },
    };
  },
});
