import { expect, test } from "vitest";
import { bundledPriceBook } from "../../src/money/book/bundled-price-book.ts";
import {
  askedModel,
  easyTargetOf,
  easyTargets,
  localKeyTenant,
  tenants,
  vendorOf,
  type VendorModel,
} from "../workload/features.ts";
import { addUp } from "./add-up.ts";
import { compareInvoices } from "./compare-invoices.ts";
import { countMisses, countMistakes, type Mistakes } from "./count-mistakes.ts";
import { findCeilings } from "./find-ceilings.ts";
import {
  reroutedLine,
  reusedLine,
  settledRow,
  testPrices,
  translatedChanges,
  type SettledRowChanges,
} from "./test-rows.ts";

const paid = settledRow("a");
const rerouted = settledRow("b", { line: reroutedLine(1_000n, 60n) });
const hit = settledRow("c", { row: { variant: "identical", repeats: "b" }, line: reusedLine("hit", 1_000n) });
const follower = settledRow("d", {
  row: { variant: "identical", repeats: "a", together: true },
  line: reusedLine("coalesced", 100n),
});
const pinned = settledRow("e", { row: { task: "compliance", expectedRoute: "pinned" } });
const rows = [paid, rerouted, hit, follower, pinned];
const none = {
  falseHits: 0,
  differentAnswers: 0,
  wrongModel: 0,
  complianceTouched: 0,
  failedCalls: 0,
  translationsBroken: 0,
  translationsWrong: 0,
  translationsLossy: 0,
};

test("the bill adds up exactly, by technique and by task", () => {
  const bill = addUp(rows);
  expect(bill).toMatchObject({ naivePicoUsd: 2_300n, actualPicoUsd: 260n, unexplainedPicoUsd: 0n, unpriced: 0 });
  expect(bill).toMatchObject({ requests: 5, hits: 1, shared: 1, rerouted: 1 });
  expect([...bill.savedPicoUsd]).toEqual([
    ["choose-target", 940n],
    ["exact-cache", 1_000n],
    ["coalesce", 100n],
  ]);
  expect(bill.byTask.get("compliance")).toMatchObject({ requests: 1, naivePicoUsd: 100n, actualPicoUsd: 100n });
});

test("a saving that the ledger does not explain shows as a residual, an unknown price as unpriced", () => {
  const unexplained = settledRow("f", { line: { costPicoUsd: 40n } });
  expect(addUp([unexplained]).unexplainedPicoUsd).toBe(60n);
  const moved = settledRow("k", {
    line: { costPicoUsd: 40n, savings: [{ technique: "residual:price-moved", picoUsd: 60n }] },
  });
  expect(addUp([moved])).toMatchObject({
    unexplainedPicoUsd: 0n,
    savedPicoUsd: new Map(),
    residualByCause: new Map([["residual:price-moved", 60n]]),
  });
  const unknown = settledRow("g", { line: { costPicoUsd: null, baselinePicoUsd: null } });
  expect(addUp([unknown])).toMatchObject({ unpriced: 1, naivePicoUsd: 0n, unexplainedPicoUsd: 0n });
});

test("with every chance taken the savings reach their ceilings", () => {
  const ceilings = findCeilings([rerouted, hit, follower], testPrices);
  expect(ceilings).toEqual({ repeats: 1_100n, reroute: 940n, translated: 0n, paraphrases: 0n });
});

test("ceilings also count what was missed, at the price of the cheaper model", () => {
  const repeatPaid = settledRow("h", { row: { variant: "identical", repeats: "a", expectedRoute: "as-asked" } });
  const paraphrase = settledRow("i", { row: { variant: "paraphrase" }, line: reroutedLine(500n, 30n) });
  expect(findCeilings([paid, repeatPaid, paraphrase], testPrices)).toEqual({
    repeats: 100n,
    reroute: 94n + 470n,
    translated: 0n,
    paraphrases: 30n,
  });
  expect(countMisses([paid, repeatPaid, paraphrase])).toEqual({ repeatsPaid: 1, cheapPaidInFull: 1, notTranslated: 0 });
});

test("targets for easy work come cheapest first, below the asked model, for every class; no cheaper other vendor is left out", () => {
  const book = bundledPriceBook();
  const atMs = Date.UTC(2026, 10, 21);
  for (const tokenClass of ["input", "cacheRead", "output", "reasoning"] as const) {
    const priceOf = ({ vendor, model }: VendorModel): bigint => {
      const usage = { source: "provider", tokens: { [tokenClass]: 3_000 } } as const;
      return book.costOf(vendor, model, usage, atMs).picoUsd ?? -1n;
    };
    for (const dialect of ["openai-chat", "anthropic-messages"] as const) {
      const asked = { vendor: vendorOf[dialect], model: askedModel[dialect] };
      const prices = [...easyTargets[dialect], asked].map(priceOf);
      expect(prices).toEqual([...new Set(prices)].toSorted((left, right) => (left < right ? -1 : 1)));
      expect(prices[0]).toBeGreaterThan(0n);
      for (const other of Object.values(easyTargets).flat())
        expect(priceOf(other)).toBeGreaterThanOrEqual(prices[0] ?? 0n);
    }
  }
});

test("only the tenant with a local key may have its easy work translated", () => {
  const small = { vendor: "openai", model: "gpt-4o-mini" };
  for (const tenant of tenants) {
    const other = { vendor: "anthropic", model: "claude-haiku-4-5" };
    expect(easyTargetOf("openai-chat", tenant)).toEqual(small);
    expect(easyTargetOf("anthropic-messages", tenant)).toEqual(tenant === localKeyTenant ? small : other);
  }
});

test("a good run has no mistakes", () => {
  expect(countMistakes(rows, [])).toEqual(none);
});

test("each kind of mistake is counted by itself", () => {
  const falseHit = settledRow("j", { row: { variant: "paraphrase" }, line: reusedLine("hit", 100n) });
  expect(countMistakes([paid, falseHit], [])).toEqual({ ...none, falseHits: 1 });
  const stale = settledRow("k", {
    row: { variant: "identical", repeats: "a" },
    line: reusedLine("hit", 100n),
    text: "?",
  });
  expect(countMistakes([paid, stale], [])).toEqual({ ...none, differentAnswers: 1 });
  const cheapened = settledRow("l", { row: { expectedRoute: "as-asked" }, line: reroutedLine(100n, 6n) });
  expect(countMistakes([cheapened], [])).toEqual({ ...none, wrongModel: 1 });
  const exposed = settledRow("m", { row: { expectedRoute: "pinned" }, line: reroutedLine(100n, 6n) });
  expect(countMistakes([exposed], [paid.row, hit.row])).toEqual({ ...none, complianceTouched: 1, failedCalls: 2 });
});

test("translated calls are counted with their saving, and reach the ceiling of their label", () => {
  const translated = settledRow("p", translatedChanges);
  expect(addUp([rerouted, translated])).toMatchObject({ rerouted: 2, translated: 1, translatedSavedPicoUsd: 1_140n });
  expect(findCeilings([rerouted, translated], testPrices)).toMatchObject({
    reroute: 940n + 1_140n,
    translated: 1_140n,
  });
  expect(countMistakes([translated], [])).toEqual(none);
  expect(countMisses([translated]).notTranslated).toBe(0);
});

test("a row that was to be translated and stayed with its vendor is a missed chance, at the other vendor's price", () => {
  const costs = { costPicoUsd: 400n, baselinePicoUsd: 1_200n };
  const line = { ...translatedChanges.line, ...costs, calledModel: "claude-haiku-4-5", translation: null };
  const missed = settledRow("q", { ...translatedChanges, line });
  expect(countMisses([missed])).toEqual({ repeatsPaid: 0, cheapPaidInFull: 0, notTranslated: 1 });
  expect(findCeilings([missed], testPrices)).toMatchObject({ reroute: 1_140n, translated: 1_140n });
  const ownKey = settledRow("r", { ...translatedChanges, line, row: { tenant: "larkspur-eu" } });
  expect(countMisses([ownKey]).notTranslated).toBe(0);
  expect(findCeilings([ownKey], testPrices)).toMatchObject({ reroute: 800n, translated: 0n });
});

function mistakesWith(changes: SettledRowChanges): Mistakes {
  return countMistakes([settledRow("s", { ...translatedChanges, ...changes })], []);
}

test("a translation is a mistake where the label does not allow it, where the answer broke, where something was dropped", () => {
  expect(mistakesWith({ row: { tenant: "larkspur-eu" } })).toEqual({ ...none, translationsWrong: 1 });
  expect(mistakesWith({ row: { expectedRoute: "as-asked" } })).toEqual({
    ...none,
    wrongModel: 1,
    translationsWrong: 1,
  });
  expect(mistakesWith({ row: { expectedRoute: "pinned" } })).toEqual({
    ...none,
    complianceTouched: 1,
    translationsWrong: 1,
  });
  expect(mistakesWith({ text: " " })).toEqual({ ...none, translationsBroken: 1 });
  const line = translatedChanges.line ?? {};
  expect(mistakesWith({ line: { ...line, outcome: "truncated" } })).toEqual({ ...none, translationsBroken: 1 });
  const lossy = "200, as openai-chat, dropped top_k, near temperature as 1";
  expect(mistakesWith({ line: { ...line, translation: lossy } })).toEqual({ ...none, translationsLossy: 1 });
  const { row } = settledRow("t", translatedChanges);
  expect(countMistakes([], [row, paid.row])).toEqual({ ...none, failedCalls: 2, translationsBroken: 1 });
});

test("of two rows that left together either may pay", () => {
  const original = settledRow("n", { line: reusedLine("coalesced", 100n) });
  const payer = settledRow("o", { row: { variant: "identical", repeats: "n", together: true } });
  expect(countMistakes([original, payer], [])).toEqual(none);
  const alone = settledRow("o", {
    row: { variant: "identical", repeats: "n", together: true },
    line: reusedLine("hit", 100n),
  });
  expect(countMistakes([original, alone], []).falseHits).toBe(1);
});

test("the invoice is matched call by call", () => {
  const lines = [paid.line, rerouted.line, hit.line];
  const invoices = [
    { requestId: "req-a", picoUsd: 100n },
    { requestId: "req-b", picoUsd: 60n },
  ];
  const good = { calls: 2, invoicedPicoUsd: 160n, ledgerPicoUsd: 160n, missing: 0, unknown: 0, different: 0 };
  expect(compareInvoices(lines, invoices)).toEqual(good);
  expect(compareInvoices(lines, [...invoices, { requestId: "req-z", picoUsd: 1n }])).toMatchObject({ missing: 1 });
  expect(compareInvoices(lines, invoices.slice(1))).toMatchObject({ unknown: 1, different: 0 });
  // Two errors that cancel out in the sum still show.
  const swapped = [
    { requestId: "req-a", picoUsd: 60n },
    { requestId: "req-b", picoUsd: 100n },
  ];
  expect(compareInvoices(lines, swapped)).toMatchObject({ invoicedPicoUsd: 160n, different: 2 });
});
