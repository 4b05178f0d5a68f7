import type { Dialect } from "../../src/spec/dialect.ts";
import type { Handler } from "../../src/spec/stage.ts";
import type { DialectName } from "../../src/spec/request.ts";
import type { Route } from "../../src/spec/route.ts";
import type { Report } from "../../src/spec/report.ts";
import type { UsageEstimator } from "../../src/spec/estimator.ts";
import type { PriceBook } from "../../src/spec/prices.ts";
import type { SpendingRules } from "../../src/pipeline/stages/reserve-budget.ts";
import type { AttributedSavings } from "../../src/money/savings/attribute-chain.ts";
import type { SavingsInput } from "../../src/money/savings/attribute-savings.ts";
import type { LeasedAdmission, BudgetAdmissionOptions } from "../../src/pipeline/admission/budget-admission.ts";
import type { judgeUpdate } from "../../src/money/book/judge-update.ts";
import type { ReadReportOptions } from "../../src/stores/sqlite/reports/read-report.ts";

/** What a case is about, in the order of the page. */
export const caseKinds = ["usage", "price book", "attempts", "savings", "reports", "budgets"] as const;

/** One of {@link caseKinds}. */
export type CaseKind = (typeof caseKinds)[number];

/** One published money bug of another tool, and what must hold here. */
export interface MoneyCase {
  /** Unique over all kinds; small words with hyphens. */
  readonly name: string;
  /** Where it was published: `owner/repository#number`, or the address of a page. At least one. */
  readonly references: readonly string[];
  /** What went wrong there, one line. */
  readonly elsewhere: string;
  /** What holds here, one line. */
  readonly here: string;
}

/**
 * What the cases judge. The suite gives Farthing's own; a test gives one with a mistake planted in it and looks whether the
 * cases notice.
 */
export interface MoneyUnderTest {
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly priceBook: (documents: readonly unknown[]) => PriceBook;
  readonly judgeUpdate: typeof judgeUpdate;
  readonly estimator: () => UsageEstimator;
  readonly attributeSavings: (input: SavingsInput) => AttributedSavings;
  readonly pipeline: (route: Route, bypass: boolean, spending: SpendingRules) => Handler;
  readonly admission: (options: BudgetAdmissionOptions) => LeasedAdmission;
  readonly readReport: (options: ReadReportOptions) => Report;
}

/** A case that can be played: what is seen must equal what is expected. */
export interface PlayableCase {
  readonly kind: CaseKind;
  readonly about: MoneyCase;
  readonly expected: unknown;
  readonly play: (money: MoneyUnderTest) => unknown;
}
