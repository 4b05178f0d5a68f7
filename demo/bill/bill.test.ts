import { expect, test } from "vitest";
import { bundledPriceBook } from "../../src/money/bundled-price-book.ts";
import { askedModel, cheapModel, cheapPriceRatio } from "../workload/features.ts";
import { addUp } from "./add-up.ts";
import { compareInvoices } from "./compare-invoices.ts";
import { countMisses, countMistakes } from "./count-mistakes.ts";
import { findCeilings } from "./find-ceilings.ts";
import { reroutedLine, reusedLine, settledRow } from "./test-rows.ts";

const paid = settledRow("a");
const rerouted = settledRow("b", { line: reroutedLine(1_000n, 60n) });
const hit = settledRow("c", { row: { variant: "identical", repeats: "b" }, line: reusedLine("hit", 1_000n) });
const follower = settledRow("d", {
  row: { variant: "identical", repeats: "a", together: true },
  line: reusedLine("coalesced", 100n),
});
const pinned = settledRow("e", { row: { task: "compliance", expectedRoute: "pinned" } });
const rows = [paid, rerouted, hit, follower, pinned];
const none = { falseHits: 0, differentAnswers: 0, wrongModel: 0, complianceTouched: 0, failedCalls: 0 };

test("the bill adds up exactly, by technique and by task", () => {
  const bill = addUp(rows);
  expect(bill).toMatchObject({ naivePicoUsd: 2_300n, actualPicoUsd: 260n, residualPicoUsd: 0n, unpriced: 0 });
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
  expect(addUp([unexplained]).residualPicoUsd).toBe(60n);
  const unknown = settledRow("g", { line: { costPicoUsd: null, baselinePicoUsd: null } });
  expect(addUp([unknown])).toMatchObject({ unpriced: 1, naivePicoUsd: 0n, residualPicoUsd: 0n });
});

test("with every chance taken the savings reach their ceilings", () => {
  const ceilings = findCeilings([rerouted, hit, follower]);
  expect(ceilings).toEqual({ repeats: 1_100n, reroute: 940n, paraphrases: 0n });
});

test("ceilings also count what was missed, at the price of the cheaper model", () => {
  const repeatPaid = settledRow("h", { row: { variant: "identical", repeats: "a", expectedRoute: "as-asked" } });
  const paraphrase = settledRow("i", { row: { variant: "paraphrase" }, line: reroutedLine(500n, 30n) });
  expect(findCeilings([paid, repeatPaid, paraphrase])).toEqual({
    repeats: 100n,
    reroute: 94n + 470n,
    paraphrases: 30n,
  });
  expect(countMisses([paid, repeatPaid, paraphrase])).toEqual({ repeatsPaid: 1, cheapPaidInFull: 1 });
});

test("the cheaper model's price is the same fraction for every class of token, as the ceiling takes it", () => {
  const book = bundledPriceBook();
  const atMs = Date.UTC(2026, 10, 21);
  for (const [dialect, vendor] of [
    ["openai-chat", "openai"],
    ["anthropic-messages", "anthropic"],
  ] as const) {
    const [part, whole] = cheapPriceRatio[dialect];
    for (const tokenClass of ["input", "cacheRead", "output", "reasoning"] as const) {
      const usage = { source: "provider", tokens: { [tokenClass]: 3_000 } } as const;
      const asked = book.costOf(vendor, askedModel[dialect], usage, atMs).picoUsd;
      const cheap = book.costOf(vendor, cheapModel[dialect], usage, atMs).picoUsd;
      expect(((asked ?? -1n) * part) / whole).toBe(cheap);
    }
  }
});

test("a good run has no mistakes", () => {
  expect(countMistakes(rows, 0)).toEqual(none);
});

test("each kind of mistake is counted by itself", () => {
  const falseHit = settledRow("j", { row: { variant: "paraphrase" }, line: reusedLine("hit", 100n) });
  expect(countMistakes([paid, falseHit], 0)).toEqual({ ...none, falseHits: 1 });
  const stale = settledRow("k", {
    row: { variant: "identical", repeats: "a" },
    line: reusedLine("hit", 100n),
    text: "?",
  });
  expect(countMistakes([paid, stale], 0)).toEqual({ ...none, differentAnswers: 1 });
  const cheapened = settledRow("l", { row: { expectedRoute: "as-asked" }, line: reroutedLine(100n, 6n) });
  expect(countMistakes([cheapened], 0)).toEqual({ ...none, wrongModel: 1 });
  const exposed = settledRow("m", { row: { expectedRoute: "pinned" }, line: reroutedLine(100n, 6n) });
  expect(countMistakes([exposed], 2)).toEqual({ ...none, complianceTouched: 1, failedCalls: 2 });
});

test("of two rows that left together either may pay", () => {
  const original = settledRow("n", { line: reusedLine("coalesced", 100n) });
  const payer = settledRow("o", { row: { variant: "identical", repeats: "n", together: true } });
  expect(countMistakes([original, payer], 0)).toEqual(none);
  const alone = settledRow("o", {
    row: { variant: "identical", repeats: "n", together: true },
    line: reusedLine("hit", 100n),
  });
  expect(countMistakes([original, alone], 0).falseHits).toBe(1);
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
