import { expect, test } from "vitest";
import * as fc from "fast-check";
import { accountOf, accountsOf, isAccountOf, overflowAccountOf } from "./account-of.ts";
import { testBudget } from "../../testing/scripted-budgets.ts";

test("a budget is about a subject when every value it names is equal, and a wildcard's is there", () => {
  const budget = testBudget({ subject: { team: "red", key: "*" } });
  expect(accountOf(budget, { team: "red", key: "k1", user: "u" })?.id).toBe(
    '"all" usd month@UTC {"team":"red","key":"k1"}',
  );
  for (const subject of [{}, { team: "red" }, { key: "k1" }, { team: "blue", key: "k1" }]) {
    expect(accountOf(budget, subject)).toBeNull();
  }
});

test("ids do not depend on the order in which values are written, and name measure and window", () => {
  const one = testBudget({ subject: { team: "*", key: "*" }, measure: "tokens" });
  const other = testBudget({ subject: { key: "*", team: "*" }, measure: "tokens" });
  const subject = { key: "a", team: "b" };
  expect(accountOf(one, subject)?.id).toBe(accountOf(other, subject)?.id);
  expect(accountOf(one, subject)?.id).toBe('"all" tokens month@UTC {"team":"b","key":"a"}');
  const sliding = testBudget({ window: { kind: "sliding", lengthMs: 60_000 } });
  expect(accountOf(sliding, {})?.id).toBe('"all" usd 60000ms {}');
});

test("ids of different values differ, and none is the one that values share", () => {
  const budget = testBudget({ subject: { team: "*", key: "*" } });
  const text = fc.string({ maxLength: 6, unit: fc.constantFrom("a", '"', "{", "}", ",", ":", " ", "\\", "other") });
  fc.assert(
    fc.property(text, text, text, text, (team, key, otherTeam, otherKey) => {
      const one = accountOf(budget, { team, key })?.id;
      const two = accountOf(budget, { team: otherTeam, key: otherKey })?.id;
      expect(one === two).toBe(team === otherTeam && key === otherKey);
      expect(one).not.toBe(overflowAccountOf(budget).id);
    }),
  );
});

test("a changed limit keeps the account", () => {
  const [one, other] = [1n, 2n].map((limit) => accountOf(testBudget({ limit }), {})?.id);
  expect(one).toBe(other);
});

test("all accounts of a subject come in the order of the budgets", () => {
  const budgets = [
    testBudget({ name: "key", subject: { key: "*" } }),
    testBudget({ name: "team", subject: { team: "*" } }),
    testBudget({ name: "org" }),
  ];
  expect(accountsOf(budgets, { key: "k" }).map(({ budget }) => budget.name)).toEqual(["key", "org"]);
});

test("an id says whose account it is, also of two budgets whose names begin alike", () => {
  const [one, two] = [testBudget({ name: "a" }), testBudget({ name: "a b" })];
  const ids = [accountOf(one, {})?.id ?? "", overflowAccountOf(one).id];
  expect(ids.map((id) => [isAccountOf(one, id), isAccountOf(two, id)])).toEqual([
    [true, false],
    [true, false],
  ]);
  expect(isAccountOf(one, overflowAccountOf(two).id)).toBe(false);
});
