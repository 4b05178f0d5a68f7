import type { AppendResult, LedgerStore, RequestRecord } from "../../spec/ledger.ts";
import { storedRequestOf } from "../stored-request.ts";

/** A ledger that forgets with the process: for tests and simulations. */
export interface MemoryLedger extends LedgerStore {
  /** The rows, in the order of their coming. */
  readonly records: readonly RequestRecord[];
}

/** @param rowsMax rows kept; further ones are `dropped`. Default 1,000,000. */
export function createMemoryLedger(rowsMax = 1_000_000): MemoryLedger {
  const records: RequestRecord[] = [];
  let closed = false;
  let rowsDropped = 0;
  return {
    records,
    append(record, sync): Promise<AppendResult> {
      if (closed || records.length >= rowsMax) {
        rowsDropped += 1;
        return Promise.resolve("dropped");
      }
      records.push(record);
      return Promise.resolve(sync ? "synced" : "accepted");
    },
    find(anyId) {
      let newest: RequestRecord | null = null;
      for (const record of records) {
        if (carries(record, anyId) && (newest === null || record.id > newest.id)) newest = record;
      }
      return Promise.resolve(newest === null ? null : storedRequestOf(newest, []));
    },
    status: () => ({ rowsQueued: 0, rowsWritten: records.length, rowsSpooled: 0, rowsDropped, lastError: null }),
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

function carries(record: RequestRecord, anyId: string): boolean {
  return (
    record.requestId === anyId ||
    record.attempts.some((attempt) => attempt.providerRequestId === anyId || attempt.providerResponseId === anyId)
  );
}
