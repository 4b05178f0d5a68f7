import * as fc from "fast-check";
import { expect, test } from "vitest";
import { picoUsdPerUsd } from "../../spec/money.ts";
import type { Usage } from "../../spec/usage.ts";
import { priceBookOf } from "../book/price-book.ts";
import type { PricedCall } from "../costs/reprice.ts";
import type { ContractTerms, Credit } from "../prices/contract-data.ts";
import { anyDocument, anyMoment, anyUsage, documentOf } from "../prices/test-books.ts";
import { statementOf } from "./statement.ts";
import { firstDayNeeded, statementsOf } from "./statements.ts";

const november = { from: "2026-11-01", to: "2026-12-01" };
const anyCalls = fc.array(fc.record({ usage: anyUsage, startedAtMs: anyMoment }), { maxLength: 20 });

test("a statement of sums by day is the statement of the calls", () => {
  const period = { from: "2026-11-13", to: "2026-12-01" };
  const credits = [{ id: "welcome", usd: "0.5", from: "2026-11-12", source: "a contract" }];
  fc.assert(
    fc.property(anyDocument, anyDocument, anyCalls, (one, other, drawn) => {
      const books = { list: priceBookOf([one]), contracted: priceBookOf([other]) };
      const calls = drawn.map(({ usage, startedAtMs }) => ({
        vendor: "test",
        model: "m",
        usage,
        startedAtMs,
        cost: books.contracted.costOf("test", "m", usage, startedAtMs),
      }));
      const items = calls.map(({ usage, startedAtMs, cost }) => ({
        atMs: startedAtMs,
        list: books.list.costOf("test", "m", usage, startedAtMs),
        contracted: cost,
      }));
      const earlier = statementOf({ credits }, items, { from: "2026-11-12", to: period.from });
      const used = { welcome: earlier.credits[0]?.usedPicoUsd ?? 0n };
      const [found] = statementsOf(calls, new Map([["test", { credits }]]), books, period);
      expect(found?.statement).toEqual(statementOf({ credits }, items, period, used));
      expect(found?.recordedPicoUsd).toBe(found?.statement.contractedPicoUsd);
    }),
  );
});

/** A call that costs $1 and was written down as $3. */
function called(vendor: string, moment: string): PricedCall {
  const usage: Usage = { source: "provider", tokens: { input: 1_000_000 } };
  const cost = { state: "priced", picoUsd: 3n * picoUsdPerUsd } as const;
  return { vendor, model: "m", usage, startedAtMs: Date.parse(moment), cost };
}

test("a statement for each vendor that was called in the period or has terms, by name", () => {
  const names = ["zeta", "agreed", "alpha", "early", "late"];
  const book = priceBookOf(
    names.map((vendor) => documentOf({ usdPerMillion: { input: "1", output: "1" } }, { vendor })),
  );
  const calls = [
    called("agreed", "2026-10-31T23:59:59.999Z"),
    called("early", "2026-10-31T23:59:59.999Z"),
    called("zeta", "2026-11-01T00:00:00.000Z"),
    called("zeta", "2026-11-10T12:00:00.000Z"),
    called("alpha", "2026-11-30T23:59:59.999Z"),
    called("late", "2026-12-01T00:00:00.000Z"),
  ];
  const terms = new Map<string, ContractTerms>([["agreed", {}]]);
  const found = statementsOf(calls, terms, { list: book, contracted: book }, november);
  expect(
    found.map(({ vendor, statement, recordedPicoUsd }) => [
      vendor,
      statement.payablePicoUsd / picoUsdPerUsd,
      recordedPicoUsd / picoUsdPerUsd,
    ]),
  ).toEqual([
    ["agreed", 0n, 0n],
    ["alpha", 1n, 3n],
    ["zeta", 2n, 6n],
  ]);
});

// September's dollar takes all of the credit that ends first, so October's comes off the other one, and November's too.
test("a credit that has ended counts while another one held beside it", () => {
  const credits = [
    { id: "ended", usd: "1", from: "2026-09-01", to: "2026-11-01", source: "contract" },
    { id: "holds", usd: "5", from: "2026-10-01", source: "contract" },
  ];
  const book = priceBookOf([documentOf({ usdPerMillion: { input: "1", output: "1" } })]);
  const calls = ["2026-09-10", "2026-10-10", "2026-11-10"].map((day) => called("test", day));
  const [found] = statementsOf(calls, new Map([["test", { credits }]]), { list: book, contracted: book }, november);
  expect(found?.statement.credits[1]).toEqual({
    id: "holds",
    usedPicoUsd: picoUsdPerUsd,
    leftPicoUsd: 3n * picoUsdPerUsd,
  });
});

test.each<[string, readonly Pick<Credit, "from" | "to">[], string]>([
  ["without credits", [], "2026-11-01"],
  ["with a credit that has no end", [{ from: "2026-09-03" }], "2026-09-03"],
  ["with a credit that holds on its first day alone", [{ from: "2026-09-03", to: "2026-11-02" }], "2026-09-03"],
  ["with a credit that ends as it begins", [{ from: "2026-09-03", to: "2026-11-01" }], "2026-11-01"],
  ["with a credit that begins in it", [{ from: "2026-11-05" }], "2026-11-01"],
  [
    "with a credit that began while an ended one held",
    [
      { from: "2026-10-07", to: "2026-12-01" },
      { from: "2026-09-03", to: "2026-10-08" },
    ],
    "2026-09-03",
  ],
  [
    "with a credit that began as another ended",
    [
      { from: "2026-10-07", to: "2026-12-01" },
      { from: "2026-09-03", to: "2026-10-07" },
    ],
    "2026-10-07",
  ],
  ["with two credits", [{ from: "2026-10-07" }, { from: "2026-09-03" }], "2026-09-03"],
])("the calls that a statement needs, %s", (_, spans, first) => {
  const credits = spans.map((span, index): Credit => ({
    id: `credit ${index}`,
    usd: "1",
    source: "contract",
    ...span,
  }));
  expect(firstDayNeeded([{}, { credits }], november)).toBe(first);
});
