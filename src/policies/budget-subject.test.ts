import * as fc from "fast-check";
import { expect, it } from "vitest";
import { accountOf } from "../money/budgets/account-of.ts";
import { evidenceOwner, type Subject, subjectNames } from "../spec/budget.ts";
import type { Scope } from "../spec/caller.ts";
import { testBudget } from "../testing/scripted-budgets.ts";
import { countsFor, subjectOf } from "./budget-subject.ts";
import { momentText, refusalText } from "./budget-words.ts";

const subjects = (values: readonly string[]): fc.Arbitrary<Subject> =>
  fc.record(Object.fromEntries(subjectNames.map((name) => [name, fc.constantFrom(...values)])), { requiredKeys: [] });

it("a budget counts a subject exactly where it has an account for it", () => {
  fc.assert(
    fc.property(subjects(["a", "b", "*"]), subjects(["a", "b"]), (wanted, subject) => {
      const budget = testBudget({ subject: wanted });
      expect(countsFor(budget, subject)).toBe(accountOf(budget, subject) !== null);
    }),
    { numRuns: 1_000 },
  );
});

it("what Farthing itself spends has an owner that a budget can name", () => {
  const own = { key: evidenceOwner };
  expect(countsFor(testBudget({ subject: { key: evidenceOwner } }), own)).toBe(true);
  expect(countsFor(testBudget({ subject: { org: "*" } }), own)).toBe(false);
});

it("a subject holds what is known of a caller and nothing else", () => {
  const caller = { kind: "local-key", keyId: "k", scope: "s" as Scope, providerKey: null, endpointId: null } as const;
  expect(subjectOf({ ...caller, claims: { tags: [], session: "x" } }, "")).toEqual({ key: "k" });
  const claims = { tags: [], team: "t", user: "u", feature: "f", cohort: "c" };
  expect(subjectOf({ ...caller, org: "o", project: "p", claims }, "m")).toEqual({
    key: "k",
    org: "o",
    project: "p",
    team: "t",
    user: "u",
    feature: "f",
    model: "m",
  });
});

it("a refusal names budget, rest, need and moment, in the budget's measure", () => {
  const account = { budget: testBudget({ name: "calls", measure: "requests", limit: 10n }), id: "" };
  const resetsAtMs = Date.UTC(2028, 1, 29, 23, 59, 58, 999);
  expect(refusalText({ account, remaining: 0n, wanted: 1n, resetsAtMs })).toBe(
    "The budget calls is used up: 0 requests of 10 requests left, and this call may need 1 requests. " +
      "It resets at 2028-02-29T23:59:58Z. Nothing was sent.",
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
      expect(momentText(ms)).toBe(`${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`);
    }),
  );
});
