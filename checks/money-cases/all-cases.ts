import { attemptCase } from "./attempt-case.ts";
import { attemptCases } from "./attempt-cases.ts";
import { budgetCase } from "./budget-case.ts";
import { budgetCases } from "./budget-cases.ts";
import type { PlayableCase } from "./case.ts";
import { priceCase } from "./price-case.ts";
import { priceCases } from "./price-cases.ts";
import { reportCase } from "./report-case.ts";
import { reportCases } from "./report-cases.ts";
import { savingsCase } from "./savings-case.ts";
import { savingsCases } from "./savings-cases.ts";
import { usageCase } from "./usage-case.ts";
import { anthropicUsageCases } from "./usage-cases-anthropic.ts";
import { geminiUsageCases } from "./usage-cases-gemini.ts";
import { openaiUsageCases } from "./usage-cases-openai.ts";
import { responsesUsageCases } from "./usage-cases-responses.ts";

/** Every case, in the order of the page. */
export const allCases: readonly PlayableCase[] = [
  ...[...openaiUsageCases, ...responsesUsageCases, ...anthropicUsageCases, ...geminiUsageCases].map(usageCase),
  ...priceCases.map(priceCase),
  ...attemptCases.map(attemptCase),
  ...savingsCases.map(savingsCase),
  ...reportCases.map(reportCase),
  ...budgetCases.map(budgetCase),
];
