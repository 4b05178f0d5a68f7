/** Code that is mutated together, and the tests that have to notice. */
export interface Target {
  readonly name: string;
  /** Paths from the root; an ending slash takes the folder's files, without those of its folders. */
  readonly code: readonly string[];
  /** Beginnings of the paths of test files. */
  readonly tests: readonly string[];
}

const moneyFolders: readonly string[] = ["", "book/", "costs/", "prices/", "savings/", "self-host/", "statements/"].map(
  (folder) => `src/money/${folder}`,
);

/** Where money is reckoned, written down and held back. */
export const targets: readonly Target[] = [
  { name: "money", code: moneyFolders, tests: ["src/money/"] },
  { name: "budgets", code: ["src/money/budgets/"], tests: ["src/money/budgets/"] },
  {
    name: "admission",
    code: [
      "src/pipeline/admission/",
      "src/stores/limit-rules.ts",
      "src/stores/memory/limit-store.ts",
      "src/kit/lease-grant.ts",
    ],
    tests: [
      "src/pipeline/admission/",
      "src/stores/memory/limit-store",
      "src/stores/sqlite/limits/limit-database",
      "src/kit/lease-grant",
    ],
  },
  {
    name: "way",
    code: ["src/pipeline/settle-record.ts", "src/pipeline/stages/meter.ts", "src/pipeline/stages/reserve-budget.ts"],
    tests: ["src/pipeline/"],
  },
  {
    name: "rows",
    code: [
      "src/stores/sqlite/ledger/wire-row.ts",
      "src/stores/sqlite/requests/decode-row.ts",
      "src/stores/sqlite/reports/report-lines.ts",
    ],
    tests: [
      "src/stores/sqlite/ledger/wire-row",
      "src/stores/sqlite/reports/report-lines",
      "src/stores/sqlite/reports/read-report",
      "src/stores/sqlite/roll-ups/roll-ups.test",
      "src/stores/sqlite/ledger/open-ledger",
      "src/stores/memory/ledger",
    ],
  },
  {
    name: "usage",
    code: [
      "src/providers/dialects/openai-chat/read-usage.ts",
      "src/providers/dialects/openai-responses/read-usage.ts",
      "src/providers/dialects/anthropic-messages/read-usage.ts",
      "src/providers/dialects/gemini/read-usage.ts",
      "src/policies/partial-usage.ts",
    ],
    tests: [
      "src/providers/dialects/openai-chat/read-usage",
      "src/providers/dialects/openai-responses/responses-dialect",
      "src/providers/dialects/openai-responses/observe-stream",
      "src/providers/dialects/anthropic-messages/read-usage",
      "src/providers/dialects/gemini/dialect",
      "src/providers/dialects/gemini/observe-stream",
      "src/providers/dialects/dialects.test",
      "src/providers/dialects/observe-stream",
      "src/providers/translation/usage-sums",
      "src/policies/partial-usage",
    ],
  },
];

/** Tests that read files beside the code, or that kill processes: the copy that the mutants live in has no place for them. */
const unfitTests: readonly string[] = [
  "src/money/prices/price-docs.test.ts",
  "src/money/prices/price-files.test.ts",
  "src/pipeline/reason-codes.test.ts",
  "src/stores/sqlite/ledger/kill.test.ts",
  "src/stores/sqlite/roll-ups/roll-ups-kill.test.ts",
];

/** True for a test file, a path from the root, whose word on a target's mutants counts. */
export function judges(target: Target, path: string): boolean {
  return target.tests.some((beginning) => path.startsWith(beginning)) && !unfitTests.includes(path);
}
