import type {
  Balance,
  BalanceKey,
  LeaseAsk,
  LeaseReport,
  LeaseResult,
  LimitStore,
  SpentTruth,
} from "../spec/limit-store.ts";

/** One call of a store's methods as a value, for stores that live behind a queue. */
export type LimitCall =
  | {
      readonly kind: "lease";
      readonly owner: string;
      readonly asks: readonly LeaseAsk[];
      readonly expiresAtMs: number;
    }
  | {
      readonly kind: "report";
      readonly owner: string;
      readonly reports: readonly LeaseReport[];
      readonly expiresAtMs: number;
    }
  | { readonly kind: "balances"; readonly account: string | null; readonly fromMs: number }
  | { readonly kind: "leased-by"; readonly owner: string }
  | { readonly kind: "sweep"; readonly nowMs: number }
  | { readonly kind: "recompute"; readonly owner: string; readonly truth: readonly SpentTruth[] }
  | { readonly kind: "forget"; readonly beforeMs: number };

/** What a call came to. Null where there is nothing to say. */
export type LimitAnswer = LeaseResult | readonly Balance[] | readonly BalanceKey[] | number | null;

/** @param call makes one call and resolves its answer; calls take effect in their order. */
export function createQueuedLimitStore(
  call: (call: LimitCall) => Promise<LimitAnswer>,
  close: () => Promise<void>,
): LimitStore {
  return {
    lease: (owner, asks, _nowMs, expiresAtMs) =>
      call({ kind: "lease", owner, asks, expiresAtMs }) as Promise<LeaseResult>,
    async report(owner, reports, _nowMs, expiresAtMs) {
      await call({ kind: "report", owner, reports, expiresAtMs });
    },
    balances: (account, fromMs) => call({ kind: "balances", account, fromMs }) as Promise<readonly Balance[]>,
    leasedBy: (owner) => call({ kind: "leased-by", owner }) as Promise<readonly BalanceKey[]>,
    sweep: (nowMs) => call({ kind: "sweep", nowMs }) as Promise<number>,
    async recompute(owner, truth) {
      await call({ kind: "recompute", owner, truth });
    },
    async forget(beforeMs) {
      await call({ kind: "forget", beforeMs });
    },
    close,
  };
}
