import type { LedgerStore } from "../src/spec/ledger.ts";

/** A ledger that forgets at once: what remains is the cost of the request's way without its record. */
export function discardLedger(): LedgerStore {
  let rows = 0;
  return {
    append: () => {
      rows += 1;
      return accepted;
    },
    find: () => Promise.resolve(null),
    status: () => ({ rowsQueued: 0, rowsWritten: rows, rowsSpooled: 0, rowsDropped: 0, lastError: null }),
    close: () => Promise.resolve(),
  };
}

const accepted = Promise.resolve("accepted" as const);
