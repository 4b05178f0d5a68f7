import { Worker } from "node:worker_threads";
import type { Budget } from "../../spec/budget.ts";
import type { LocalKey } from "../../spec/config.ts";
import type { BalanceKey, SpentTruth } from "../../spec/limit-store.ts";
import { workerUrl } from "../../kit/worker-url.ts";

/** What is to be recomputed from the ledger of a directory. */
export interface RecomputeQuestion {
  readonly directory: string;
  /** At least one. */
  readonly keys: readonly BalanceKey[];
  /** Ids of all accounts that the store knows. */
  readonly known: ReadonlySet<string>;
  readonly budgets: readonly Budget[];
  /** Org and project of the local keys, by id: rows name the key only. */
  readonly owners: ReadonlyMap<string, Pick<LocalKey, "org" | "project">>;
}

/** What was spent in these slices by the ledger. Rejects when it cannot be read. */
export function recomputeBudgets(question: RecomputeQuestion): Promise<readonly SpentTruth[]> {
  const worker = new Worker(workerUrl(import.meta.url, "recompute-worker"), {
    workerData: question,
    name: "farthing-recompute",
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("Reading the ledger ended without an answer.")));
  });
}

/** Org and project by key id. */
export function ownersOf(keys: readonly LocalKey[]): RecomputeQuestion["owners"] {
  return new Map(
    keys.map(({ id, org, project }) => [
      id,
      { ...(org === undefined ? {} : { org }), ...(project === undefined ? {} : { project }) },
    ]),
  );
}
