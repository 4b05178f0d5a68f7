import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Cost, PicoUsd } from "../../spec/money.ts";
import { picoUsdPerUsd } from "../../spec/money.ts";
import type { ContractTerms } from "../prices/contract-data.ts";
import { statementOf, type SpendItem, type Statement } from "./statement.ts";

const source = "contract";

function item(day: string, listUsd: number, contractedUsd: number, state: Cost["state"] = "priced"): SpendItem {
  const cost = (dollars: number): Cost => ({ state, picoUsd: BigInt(dollars) * picoUsdPerUsd });
  return { atMs: Date.parse(`${day}T12:00:00Z`), list: cost(listUsd), contracted: cost(contractedUsd) };
}

/** Not rounded: a pico-dollar too much shows. */
function usd(picoUsd: PicoUsd): number {
  return Number(picoUsd) / Number(picoUsdPerUsd);
}

const unpriced: Cost = { state: "unpriced", picoUsd: null };
const november = { from: "2026-11-01", to: "2026-12-01" };

// Reckoned by hand: 1,000 list less 200 is 800; 20 days of 24 h at 2 USD are 960; 2,000 committed less 1,760 is 240; the
// credit of 500 pays from its day on, so not the 100 of the first day, and 500 of the rest: 800 + 960 + 240 - 500 = 1,500.
test("a month with everything in it", () => {
  const terms: ContractTerms = {
    credits: [{ id: "welcome", usd: "500", from: "2026-11-02", source }],
    commitments: [{ id: "yearly", usdPerMonth: "2000", from: "2026-01-01", to: "2027-01-01", source }],
    provisioned: [{ id: "ptu", models: "gpt-5*", usdPerHour: "2", from: "2026-11-11", source }],
  };
  const items = [
    item("2026-11-01", 150, 100),
    item("2026-11-20", 500, 400, "estimated"),
    item("2026-11-20", 350, 300, "estimated"),
    item("2026-12-01", 7777, 7777),
    item("2026-10-31", 7777, 7777),
    { atMs: Date.parse("2026-11-05T00:00:00Z"), list: unpriced, contracted: unpriced },
  ];
  const statement = statementOf(terms, items, november);
  expect([statement.listPicoUsd, statement.discountsPicoUsd, statement.contractedPicoUsd].map(usd)).toEqual([
    1000, 200, 800,
  ]);
  expect([usd(statement.estimatedPicoUsd), statement.unpricedCalls]).toEqual([700, 1]);
  expect(statement.provisioned).toEqual([{ id: "ptu", hours: 480, picoUsd: 960n * picoUsdPerUsd }]);
  expect(statement.commitments).toEqual([
    {
      id: "yearly",
      month: "2026-11",
      committedPicoUsd: 2000n * picoUsdPerUsd,
      countedPicoUsd: 1760n * picoUsdPerUsd,
      shortfallPicoUsd: 240n * picoUsdPerUsd,
    },
  ]);
  expect(statement.credits).toEqual([{ id: "welcome", usedPicoUsd: 500n * picoUsdPerUsd, leftPicoUsd: 0n }]);
  expect(usd(statement.payablePicoUsd)).toBe(1500);
});

test("a contract dearer than the list is a negative discount, and an unknown list price stands for itself", () => {
  const statement = statementOf({}, [item("2026-11-03", 10, 12)], november);
  expect(usd(statement.discountsPicoUsd)).toBe(-2);
  const own = { ...item("2026-11-03", 10, 12), list: unpriced };
  expect(usd(statementOf({}, [own], november).discountsPicoUsd)).toBe(0);
});

test("a part of a month falls short of nothing yet, and a month that is met falls short of nothing", () => {
  const commitments = [{ id: "c", usdPerMonth: "100", from: "2026-11-01", source }];
  for (const period of [
    { from: "2026-11-01", to: "2026-11-30" },
    { from: "2026-11-02", to: "2026-12-01" },
  ]) {
    const part = statementOf({ commitments }, [item("2026-11-03", 10, 10)], period);
    expect(part.commitments.map((line) => line.shortfallPicoUsd)).toEqual([null]);
    expect(usd(part.payablePicoUsd)).toBe(10);
  }
  const met = statementOf({ commitments }, [item("2026-11-03", 150, 150)], november);
  expect(met.commitments.map((line) => line.shortfallPicoUsd)).toEqual([0n]);
});

test("the credit that ends first is used first, and none on a day it does not hold", () => {
  const credits = [
    { id: "late", usd: "50", from: "2026-11-01", source },
    { id: "soon", usd: "50", from: "2026-11-01", to: "2026-11-10", source },
  ];
  const used = (day: string): unknown =>
    statementOf({ credits }, [item(day, 60, 60)], november).credits.map((credit) => usd(credit.usedPicoUsd));
  expect(used("2026-11-01")).toEqual([10, 50]);
  expect(used("2026-11-09")).toEqual([10, 50]);
  expect(used("2026-11-10")).toEqual([50, 0]);
});

test.each([
  ["nothing", 0n, picoUsdPerUsd],
  ["all but a pico-dollar", picoUsdPerUsd - 1n, 1n],
  ["all", picoUsdPerUsd, 0n],
  ["more than there was", 3n * picoUsdPerUsd, 0n],
])("a credit of which %s was used before", (_, before, usedPicoUsd) => {
  const credits = [{ id: "welcome", usd: "1", from: "2026-10-01", source }];
  const statement = statementOf({ credits }, [item("2026-11-03", 5, 5)], november, { welcome: before });
  expect(statement.credits).toEqual([{ id: "welcome", usedPicoUsd, leftPicoUsd: 0n }]);
});

const day = fc
  .integer({ min: 0, max: 91 })
  .map((days) => new Date(Date.UTC(2026, 9, 1 + days)).toISOString().slice(0, 10));
const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
const amountUsd = fc.integer({ min: 0, max: 2000 }).map(String);
const spend = fc.array(
  fc
    .record({ on: day, list: amount, contracted: amount, known: fc.boolean() })
    .map(({ on, list, contracted, known }): SpendItem => ({
      atMs: Date.parse(`${on}T23:59:59Z`),
      list: { state: "priced", picoUsd: list },
      contracted: known ? { state: "priced", picoUsd: contracted } : unpriced,
    })),
  { maxLength: 30 },
);
const months = ["2026-10-01", "2026-11-01", "2026-12-01"];
const anyTerms: fc.Arbitrary<ContractTerms> = fc.record({
  credits: fc
    .array(fc.tuple(amountUsd, day), { maxLength: 3 })
    .map((list) => list.map(([usdText, from], index) => ({ id: `credit ${index}`, usd: usdText, from, source }))),
  commitments: fc
    .array(fc.tuple(amountUsd, fc.constantFrom(...months)), { maxLength: 2 })
    .map((list) =>
      list.map(([usdPerMonth, from], index) => ({ id: `commitment ${index}`, usdPerMonth, from, source })),
    ),
  provisioned: fc
    .array(fc.tuple(fc.constantFrom("0.5", "1.3333", "12"), day), { maxLength: 2 })
    .map((list) =>
      list.map(([usdPerHour, from], index) => ({ id: `ptu ${index}`, models: "m", usdPerHour, from, source })),
    ),
});

function sum(amounts: readonly (PicoUsd | null)[]): PicoUsd {
  return amounts.reduce<PicoUsd>((total, part) => total + (part ?? 0n), 0n);
}

/** Payable put together anew from the lines. */
function payableOf(statement: Statement): PicoUsd {
  return (
    statement.listPicoUsd -
    statement.discountsPicoUsd +
    sum(statement.provisioned.map((line) => line.picoUsd)) +
    sum(statement.commitments.map((line) => line.shortfallPicoUsd)) -
    sum(statement.credits.map((credit) => credit.usedPicoUsd))
  );
}

const quarter = { from: "2026-10-01", to: "2027-01-01" };

test("a statement conserves: its lines make what is payable, and no credit is used beyond itself or the charges", () => {
  fc.assert(
    fc.property(anyTerms, spend, (terms, items) => {
      const statement = statementOf(terms, items, quarter);
      expect(statement.payablePicoUsd).toBe(payableOf(statement));
      expect(statement.contractedPicoUsd).toBe(sum(items.map((spent) => spent.contracted.picoUsd)));
      expect(statement.unpricedCalls).toBe(items.filter((spent) => spent.contracted.picoUsd === null).length);
      statement.credits.forEach((credit, index) => {
        const granted = BigInt(terms.credits?.[index]?.usd ?? "0") * picoUsdPerUsd;
        expect(credit.usedPicoUsd + credit.leftPicoUsd).toBe(granted);
        expect(credit.usedPicoUsd).toBeGreaterThanOrEqual(0n);
      });
      const charges = statement.contractedPicoUsd + sum(statement.provisioned.map((line) => line.picoUsd));
      expect(sum(statement.credits.map((credit) => credit.usedPicoUsd))).toBeLessThanOrEqual(charges);
      expect(statement.payablePicoUsd).toBeGreaterThanOrEqual(0n);
    }),
    { numRuns: 300 },
  );
});

test("the statements of three months sum to the quarter's", () => {
  fc.assert(
    fc.property(anyTerms, spend, (terms, items) => {
      const whole = statementOf(terms, items, quarter);
      const used: Record<string, PicoUsd> = {};
      const parts = months.map((from, index) => {
        const part = statementOf(terms, items, { from, to: months[index + 1] ?? quarter.to }, used);
        for (const { id, usedPicoUsd } of part.credits) used[id] = (used[id] ?? 0n) + usedPicoUsd;
        return part;
      });
      expect(sum(parts.map((part) => part.payablePicoUsd))).toBe(whole.payablePicoUsd);
      expect(sum(parts.map((part) => part.listPicoUsd))).toBe(whole.listPicoUsd);
      expect(parts.flatMap((part) => part.commitments).length).toBe(whole.commitments.length);
      expect(parts.at(-1)?.credits.map((credit) => credit.leftPicoUsd)).toEqual(
        whole.credits.map((credit) => credit.leftPicoUsd),
      );
    }),
    { numRuns: 300 },
  );
});
