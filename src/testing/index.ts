/** `farthing/testing`: a provider that costs nothing and writes down what it would invoice, a clock that stands still, and a seeded random source. */
export { createFakeClock, type FakeClock } from "./fake-clock.ts";
export type { ArrivedLine, CallEnd, EndedLine, LogLine } from "./fake-provider/call-log.ts";
export type { CountedTokens } from "./fake-provider/invoice.ts";
export {
  startFakeProvider,
  type FakeProviderHandle,
  type FakeProviderOptions,
} from "./fake-provider/start-fake-provider.ts";
export { createSeededRandom } from "./seeded-random.ts";
export { answerStoreConformance } from "./answer-store-conformance.ts";
export { ledgerConformance } from "./ledger-conformance.ts";
export { limitStoreConformance } from "./limit-store-conformance.ts";
export { brokenRulesOf, stageChecks, type StageCheck, type StageSubject } from "./stage-conformance.ts";
export { ScriptedBudgets, testBudget, type SeenReservation } from "./scripted-budgets.ts";
export { plantedStages } from "./planted-stages.ts";
