import { parentPort, workerData } from "node:worker_threads";
import { truthOf, type LedgerSpend } from "../../money/budgets/fold-truth.ts";
import { readSpending, type SpentCall, type SpentRequest } from "../../stores/sqlite/reports/read-spending.ts";
import { subjectOf } from "../../policies/budget-subject.ts";
import type { RecomputeQuestion } from "./recompute-budgets.ts";

/** Reads the ledger from the first slice on and says what was spent in each: in a thread, since a month may be millions of rows. */

const { directory, keys, known, budgets, owners } = workerData as RecomputeQuestion;

function* spends(): Generator<LedgerSpend> {
  const perModel = budgets.some(({ subject }) => subject.model !== undefined);
  const fromMs = Math.min(...keys.map(({ sliceStartMs }) => sliceStartMs));
  for (const request of readSpending(directory, fromMs)) {
    const bought = request.calls.filter(isBought);
    const models = [...new Set(bought.map(({ model }) => model))];
    // As the stage reserves: one reservation a request, or one for each model that was asked.
    for (const model of perModel ? models : models.slice(0, 1)) {
      const own = perModel ? bought.filter((call) => call.model === model) : bought;
      yield spendOf(request, model, own);
    }
  }
}

/** As `spentOf` of the pipeline: what was refused and free was released. */
function isBought({ outcome, picoUsd }: SpentCall): boolean {
  return !((outcome === "refused" || outcome === "failed-before-send") && picoUsd === 0n);
}

function spendOf(request: SpentRequest, model: string, calls: readonly SpentCall[]): LedgerSpend {
  const { keyId, user, team, feature, reservedPicoUsd, arrivedAtMs } = request;
  const claims = {
    tags: [],
    ...(user === null ? {} : { user }),
    ...(team === null ? {} : { team }),
    ...(feature === null ? {} : { feature }),
  };
  const spend = { picoUsd: 0n, tokens: 0n };
  for (const { picoUsd, tokens } of calls) {
    spend.picoUsd += picoUsd ?? reservedPicoUsd;
    spend.tokens += tokens;
  }
  return { subject: subjectOf({ keyId, ...owners.get(keyId), claims }, model), atMs: arrivedAtMs, spend };
}

parentPort?.postMessage(truthOf(keys, known, budgets, spends()));
