import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import type { Cost } from "../../src/spec/money.ts";
import type { Reservation } from "../../src/spec/budget.ts";
import { allCases } from "./all-cases.ts";
import type { MoneyUnderTest, PlayableCase } from "./case.ts";
import { ownMoney } from "./own-money.ts";
import { plantedMistakes } from "./planted-mistakes.ts";

async function holds({ play, expected }: PlayableCase, money: MoneyUnderTest): Promise<boolean> {
  try {
    return isDeepStrictEqual(await play(money), expected);
  } catch {
    // A mistake that breaks things is noticed too.
    return false;
  }
}

test.each(plantedMistakes)("noticed: $mistake", async ({ money, noticedBy }) => {
  expect(noticedBy.length).toBeGreaterThan(0);
  for (const name of noticedBy) {
    const one = allCases.find(({ about }) => about.name === name);
    if (one === undefined) throw new Error(`no case ${name}`);
    expect([name, await holds(one, money)]).toEqual([name, false]);
  }
});

/** Gets everything wrong that can be got wrong. */
const wrongMoney: MoneyUnderTest = {
  ...ownMoney,
  dialects: Object.fromEntries(
    Object.entries(ownMoney.dialects).map(([name, dialect]) => [
      name,
      {
        ...dialect,
        readReply: misled,
        observeStream: () => ({ push: () => ({ pass: nothing, terminal: null }), facts: misled }),
      },
    ]),
  ) as unknown as MoneyUnderTest["dialects"],
  priceBook: () => ({ version: "wrong", costOf: () => aPenny, worstCase: () => 1n }),
  judgeUpdate: () => [{ kind: "moved", text: "no" }],
  attributeSavings: () => ({
    baseline: aPenny,
    cost: aPenny,
    savings: [{ technique: "wishful", picoUsd: 1n, method: "projected" }],
  }),
  admission: () => ({
    admit: () => ({ reservation: open }),
    start: () => Promise.resolve(),
    replaceBudgets: () => undefined,
    close: () => Promise.resolve(),
  }),
  readReport: (options) => {
    const report = ownMoney.readReport(options);
    return { ...report, total: { ...report.total, costPicoUsd: report.total.costPicoUsd + 1n } };
  },
};

const nothing = new Uint8Array(0);
const aPenny: Cost = { state: "estimated", picoUsd: 10_000_000_000n };
const open: Reservation = { exceeded: [], extend: () => true, settle: () => undefined, release: () => undefined };

function misled(): unknown {
  return {
    usage: { source: "provider", tokens: { input: 7 } },
    servedModel: null,
    responseId: null,
    finishReason: null,
    hasToolCalls: false,
    terminal: false,
    errored: false,
    generatedBytes: 0,
  };
}

test("no case passes whatever happens: against money that gets everything wrong each one fails", async () => {
  const vacuous: string[] = [];
  for (const one of allCases) if (await holds(one, wrongMoney)) vacuous.push(one.about.name);
  expect(vacuous).toEqual([]);
});
