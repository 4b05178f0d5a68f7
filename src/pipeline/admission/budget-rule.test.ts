import { expect, test } from "vitest";
import { BudgetRule } from "./budget-rule.ts";
import { budgetOf } from "./test-desk.ts";

const startMs = 1_767_225_600_000;
const minuteMs = 60_000;

/** A rule that remembers two users, and the users that have accounts of their own when they call at a minute. */
function ruleOfTwo(): (atMs: number, ...users: readonly string[]) => readonly string[] {
  const rule = new BudgetRule(
    budgetOf({ subject: { user: "*" }, window: { kind: "calendar", unit: "minute", zone: "UTC" } }),
    2,
  );
  return (atMs, ...users) =>
    users.filter((user) => !rule.holdingFor({ user }, startMs + atMs)?.account.id.endsWith(" other"));
}

test("a value keeps its place until the next window but one", () => {
  const ownOf = ruleOfTwo();
  expect(ownOf(0, "one", "two", "three")).toEqual(["one", "two"]);
  expect(ownOf(minuteMs - 1, "three")).toEqual([]);
  // Windows change with their first millisecond, and a value of the last one has its place still.
  expect(ownOf(minuteMs, "one", "three")).toEqual(["one"]);
  expect(ownOf(2 * minuteMs, "three", "two", "one")).toEqual(["three", "one"]);
  // The call that opened the third window is of it.
  expect(ownOf(3 * minuteMs, "two", "three", "one")).toEqual(["three", "one"]);
});

test("an account has one set of books for as long as a slice lasts", () => {
  const rule = new BudgetRule(budgetOf({ window: { kind: "sliding", lengthMs: 60_000 } }));
  const first = rule.holdingFor({}, startMs);
  expect(rule.holdingFor({}, startMs + 999)).toBe(first);
  const second = rule.holdingFor({}, startMs + 1_000);
  expect(second).not.toBe(first);
  expect(second?.account).toBe(first?.account);
  expect(second?.slice).toMatchObject({ startMs: startMs + 1_000, endMs: startMs + 2_000 });
});
