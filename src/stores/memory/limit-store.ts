import type { Balance, BalanceKey, LimitStore } from "../../spec/limit-store.ts";
import {
  bookReports,
  grantLeases,
  noBalance,
  presumeLeases,
  replaceByTruth,
  reviveLeases,
  type BalanceRows,
  type OwnerBalance,
} from "../limit-rules.ts";

interface Entry {
  readonly key: BalanceKey;
  readonly owner: string;
  balance: OwnerBalance;
}

/** Balances that end with the process: for the library without a data directory, tests and simulations. */
export function createMemoryLimitStore(): LimitStore {
  const rows = new MemoryRows();
  const owners = new Map<string, { expiresAtMs: number; swept: boolean }>();
  const speak = (owner: string, expiresAtMs: number): void => {
    if (owners.get(owner)?.swept === true) reviveLeases(rows, owner);
    owners.set(owner, { expiresAtMs, swept: false });
  };
  return {
    lease(owner, asks, _nowMs, expiresAtMs) {
      const result = grantLeases(rows, owner, asks);
      if ("granted" in result) speak(owner, expiresAtMs);
      return Promise.resolve(result);
    },
    report(owner, reports, _nowMs, expiresAtMs) {
      speak(owner, expiresAtMs);
      bookReports(rows, owner, reports);
      return Promise.resolve();
    },
    balances: (account, fromMs) => Promise.resolve(rows.balances(account, fromMs)),
    leasedBy: (owner) => Promise.resolve(rows.leasedBy(owner)),
    sweep(nowMs) {
      let count = 0;
      for (const [owner, state] of owners) {
        if (state.swept || state.expiresAtMs > nowMs) continue;
        state.swept = true;
        count += presumeLeases(rows, owner);
      }
      return Promise.resolve(count);
    },
    recompute(owner, truth) {
      replaceByTruth(rows, owner, truth);
      return Promise.resolve();
    },
    forget(beforeMs) {
      rows.forget(beforeMs);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

class MemoryRows implements BalanceRows {
  readonly #accounts = new Map<string, Map<string, Entry>>();

  taken(account: string, fromMs: number): bigint {
    let sum = 0n;
    for (const { key, balance } of this.#accounts.get(account)?.values() ?? []) {
      if (key.sliceStartMs >= fromMs) sum += balance.spent + balance.held + balance.presumed;
    }
    return sum;
  }

  read(key: BalanceKey, owner: string): OwnerBalance {
    return this.#accounts.get(key.account)?.get(rowName(key, owner))?.balance ?? noBalance;
  }

  write({ account, sliceStartMs }: BalanceKey, owner: string, balance: OwnerBalance): void {
    const entries = this.#accounts.get(account) ?? new Map<string, Entry>();
    this.#accounts.set(account, entries);
    const key = { account, sliceStartMs };
    entries.set(rowName(key, owner), { key, owner, balance });
  }

  leasedBy(owner: string): readonly BalanceKey[] {
    return this.#all(null)
      .filter((entry) => entry.owner === owner && (entry.balance.held > 0n || entry.balance.presumed > 0n))
      .map((entry) => entry.key);
  }

  balances(account: string | null, fromMs: number): readonly Balance[] {
    const sums = new Map<string, Balance>();
    for (const { key, balance } of this.#all(account)) {
      if (key.sliceStartMs < fromMs) continue;
      const name = rowName(key, "");
      const sum = sums.get(name) ?? noBalance;
      sums.set(name, {
        ...key,
        spent: sum.spent + balance.spent,
        held: sum.held + balance.held,
        presumed: sum.presumed + balance.presumed,
      });
    }
    return [...sums.values()];
  }

  forget(beforeMs: number): void {
    for (const [account, entries] of this.#accounts) {
      for (const [name, { key }] of entries) if (key.sliceStartMs < beforeMs) entries.delete(name);
      if (entries.size === 0) this.#accounts.delete(account);
    }
  }

  #all(account: string | null): readonly Entry[] {
    if (account !== null) return [...(this.#accounts.get(account)?.values() ?? [])];
    return [...this.#accounts.values()].flatMap((entries) => [...entries.values()]);
  }
}

function rowName(key: BalanceKey, owner: string): string {
  return JSON.stringify([key.account, key.sliceStartMs, owner]);
}
