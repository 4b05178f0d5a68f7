import { expect, test } from "vitest";
import * as fc from "fast-check";
import { accountOf, overflowAccountOf } from "./account-of.ts";
import { KnownAccounts } from "./known-accounts.ts";
import { testBudget } from "../../testing/scripted-budgets.ts";

const perUser = testBudget({ subject: { team: "red", user: "*" } });

test("finds the same account again, and none where the budget is not about the subject", () => {
  const known = new KnownAccounts(perUser);
  const first = known.find({ team: "red", user: "ann" });
  expect(first).toEqual(accountOf(perUser, { team: "red", user: "ann" }));
  expect(known.find({ team: "red", user: "ann", key: "k" })).toBe(first);
  expect(known.find({ team: "red", user: "bob" })).not.toBe(first);
  for (const subject of [{ user: "ann" }, { team: "blue", user: "ann" }, { team: "red" }]) {
    expect(known.find(subject)).toBeNull();
  }
});

test("agrees with accountOf, whatever the values look like", () => {
  const budget = testBudget({ subject: { team: "*", user: "*" } });
  const text = fc.string({ maxLength: 5, unit: fc.constantFrom("a", '"', "[", "]", ",", "\\") });
  fc.assert(
    fc.property(fc.array(fc.record({ team: text, user: text }), { maxLength: 20 }), (subjects) => {
      const known = new KnownAccounts(budget);
      for (const subject of subjects) expect(known.find(subject)?.id).toBe(accountOf(budget, subject)?.id);
    }),
  );
});

test("values beyond those remembered share one account until the next window but one", () => {
  const known = new KnownAccounts(perUser, 2);
  const idOf = (user: string): string | undefined => known.find({ team: "red", user })?.id;
  const own = (user: string): string | undefined => accountOf(perUser, { team: "red", user })?.id;
  const shared = overflowAccountOf(perUser).id;
  expect(["ann", "bob", "cid", "dan", "ann"].map(idOf)).toEqual([own("ann"), own("bob"), shared, shared, own("ann")]);
  known.renew();
  // The values of the last window still hold their places: two windows in a row have no room for four values.
  expect(["cid", "bob", "cid"].map(idOf)).toEqual([shared, own("bob"), shared]);
  known.renew();
  expect(["cid", "ann", "bob"].map(idOf)).toEqual([own("cid"), shared, own("bob")]);
});

test("ten thousand values have accounts of their own", () => {
  const known = new KnownAccounts(perUser);
  const ids = new Set<string | undefined>();
  for (let user = 0; user < 10_000; user++) ids.add(known.find({ team: "red", user: `u${user}` })?.id);
  expect(ids.size).toBe(10_000);
  expect(ids).not.toContain(overflowAccountOf(perUser).id);
  expect(known.find({ team: "red", user: "one more" })?.id).toBe(overflowAccountOf(perUser).id);
});

test("a budget without a wildcard has one account", () => {
  const known = new KnownAccounts(testBudget(), 1);
  for (const user of ["ann", "bob"]) expect(known.find({ user })?.id).toBe('"all" usd month@UTC {}');
});
