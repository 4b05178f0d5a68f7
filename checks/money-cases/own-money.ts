import { attributeSavings } from "../../src/money/savings/attribute-savings.ts";
import { judgeUpdate } from "../../src/money/book/judge-update.ts";
import { priceBookOf } from "../../src/money/book/price-book.ts";
import { createUsageEstimator } from "../../src/money/costs/usage-estimator.ts";
import { createBudgetAdmission } from "../../src/pipeline/admission/budget-admission.ts";
import { buildPipeline } from "../../src/pipeline/order.ts";
import { allDialects } from "../../src/providers/dialects/all-dialects.ts";
import { readReport } from "../../src/stores/sqlite/reports/read-report.ts";
import type { MoneyUnderTest } from "./case.ts";

/** Farthing's own money, as it is. */
export const ownMoney: MoneyUnderTest = {
  dialects: allDialects,
  priceBook: priceBookOf,
  judgeUpdate,
  estimator: createUsageEstimator,
  attributeSavings,
  pipeline: buildPipeline,
  admission: createBudgetAdmission,
  readReport,
};
