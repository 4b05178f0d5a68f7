import { createBudgetAdmission, type LeasedAdmission } from "../../pipeline/admission/budget-admission.ts";
import type { Budget, BudgetAdmission } from "../../spec/budget.ts";
import type { Clock } from "../../spec/clock.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { LimitStore } from "../../spec/limit-store.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import { openLimitStore } from "../../stores/sqlite/limits/open-limit-store.ts";
import { type BudgetLine, budgetLines, firstWindowStart } from "./budget-lines.ts";
import { readLocalKeys } from "../access/local-keys.ts";
import { ownersOf, recomputeBudgets } from "./recompute-budgets.ts";

/** The budgets of an engine: one admission over one store, through all its configs. */
export interface Spending {
  /** The admission with this config's budgets; null without any. Balances stay, whatever the config. */
  admissionOf(config: FarthingConfig): BudgetAdmission | null;
  /** Resolves when what an earlier process left behind is recomputed, or trying goes on in the background. */
  ready(): Promise<void>;
  /** Every account in its open window. Rejects when the store cannot be read. */
  lines(): Promise<readonly BudgetLine[]>;
  close(): Promise<void>;
}

/** What an engine's budgets are made of. */
export interface SpendingOptions {
  /** The ledger's. */
  readonly directory: string;
  readonly balancesDirectory: string;
  readonly keysFile: string;
  /** Names this data directory among those that may share a store. */
  readonly owner: string;
  readonly clock: Clock;
  readonly alarm: (code: AlarmCode, detail: string) => void;
}

/** Opens nothing before the first config with budgets. */
export function createSpending(options: SpendingOptions): Spending {
  const { directory, balancesDirectory, keysFile, owner, clock, alarm } = options;
  const store = new LateStore(() => openLimitStore({ directory: balancesDirectory, clock }));
  let admission: LeasedAdmission | null = null;
  let budgets: readonly Budget[] = [];
  let starting: Promise<void> = Promise.resolve();

  const begin = (): LeasedAdmission => {
    const made = createBudgetAdmission({ budgets, store, owner, clock, alarm });
    starting = made.start(async (keys) => {
      const known = new Set((await store.balances(null, 0)).map(({ account }) => account));
      return recomputeBudgets({ directory, keys, known, budgets, owners: ownersOf(readLocalKeys(keysFile)) });
    });
    return made;
  };
  return {
    admissionOf: (config) => {
      budgets = config.budgets ?? [];
      if (admission === null && budgets.length === 0) return null;
      if (admission === null) admission = begin();
      else admission.replaceBudgets(budgets);
      return budgets.length === 0 ? null : admission;
    },
    ready: () => starting,
    lines: async () => {
      if (budgets.length === 0) return [];
      const nowMs = clock.nowMs();
      return budgetLines(budgets, await store.balances(null, firstWindowStart(budgets, nowMs)), nowMs);
    },
    close: async () => {
      await admission?.close();
      await store.close();
    },
  };
}

/** A store that is opened with the first call. Where opening fails, that call rejects and the next one tries again. */
class LateStore implements LimitStore {
  readonly #open: () => Promise<LimitStore>;
  #opened: Promise<LimitStore> | null = null;

  constructor(open: () => Promise<LimitStore>) {
    this.#open = open;
  }

  async lease(...parameters: Parameters<LimitStore["lease"]>): ReturnType<LimitStore["lease"]> {
    return (await this.#store()).lease(...parameters);
  }

  async report(...parameters: Parameters<LimitStore["report"]>): Promise<void> {
    return (await this.#store()).report(...parameters);
  }

  async balances(...parameters: Parameters<LimitStore["balances"]>): ReturnType<LimitStore["balances"]> {
    return (await this.#store()).balances(...parameters);
  }

  async leasedBy(owner: string): ReturnType<LimitStore["leasedBy"]> {
    return (await this.#store()).leasedBy(owner);
  }

  async sweep(nowMs: number): Promise<number> {
    return (await this.#store()).sweep(nowMs);
  }

  async recompute(...parameters: Parameters<LimitStore["recompute"]>): Promise<void> {
    return (await this.#store()).recompute(...parameters);
  }

  async forget(beforeMs: number): Promise<void> {
    return (await this.#store()).forget(beforeMs);
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.close();
  }

  #store(): Promise<LimitStore> {
    if (this.#opened !== null) return this.#opened;
    const opening = this.#open();
    this.#opened = opening;
    opening.catch(() => (this.#opened = null));
    return opening;
  }
}
