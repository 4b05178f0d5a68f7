import { expect, test } from "vitest";
import { accountOf, overflowAccountOf } from "./account-of.ts";
import { truthOf, type LedgerSpend } from "./fold-truth.ts";
import { testBudget } from "../../testing/scripted-budgets.ts";

const perKey = testBudget({
  name: "key",
  subject: { key: "*" },
  window: { kind: "calendar", unit: "day", zone: "UTC" },
});
const calls = testBudget({ name: "calls", measure: "requests" });
const dayMs = 1_767_225_600_000;
const row = (key: string, atMs: number, picoUsd: bigint): LedgerSpend => ({
  subject: { key },
  atMs,
  spend: { picoUsd, tokens: 0n },
});
const idOf = (key: string): string => accountOf(perKey, { key })?.id ?? "";

test("adds rows up by account and by the slice of the moment they were admitted", () => {
  const keys = [
    { account: idOf("a"), sliceStartMs: dayMs },
    { account: idOf("a"), sliceStartMs: dayMs + 86_400_000 },
    { account: '"calls" requests month@UTC {}', sliceStartMs: dayMs },
    { account: idOf("nobody"), sliceStartMs: dayMs },
  ];
  const rows = [
    row("a", dayMs, 10n ** 21n),
    row("a", dayMs + 86_399_999, 5n),
    row("a", dayMs + 86_400_000, 7n),
    row("b", dayMs, 11n),
  ];
  const known = new Set([idOf("a"), idOf("b"), '"calls" requests month@UTC {}']);
  expect(truthOf(keys, known, [perKey, calls], rows).map(({ spent }) => spent)).toEqual([10n ** 21n + 5n, 7n, 4n, 0n]);
});

test("slices of a budget that is gone are left as they are", () => {
  const gone = { account: accountOf({ ...perKey, name: "gone" }, { key: "a" })?.id ?? "", sliceStartMs: dayMs };
  const kept = { account: idOf("a"), sliceStartMs: dayMs };
  expect(truthOf([gone, kept], new Set([idOf("a")]), [perKey], [row("a", dayMs, 3n)])).toEqual([
    { ...kept, spent: 3n },
  ]);
});

test("what the store knows no account of was counted in the account that values share", () => {
  const shared = { account: overflowAccountOf(perKey).id, sliceStartMs: dayMs };
  const rows = [row("a", dayMs, 1n), row("b", dayMs, 2n), row("c", dayMs, 4n)];
  expect(truthOf([shared], new Set([idOf("b"), shared.account]), [perKey], rows)).toEqual([{ ...shared, spent: 5n }]);
});
