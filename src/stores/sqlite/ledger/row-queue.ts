import type { RequestRecord } from "../../../spec/ledger.ts";
import type { BatchHead, CorrectionRow, QueuedRow } from "./ledger-protocol.ts";
import { encodeDetail, encodeLaterAttempt, encodeRequest } from "./wire-row.ts";

/** Rows of one transaction at most: the worker is busy with them for some 5 ms. */
const batchRowsMax = 512;

/** Rows and corrections that wait to be handed to the worker. The owner bounds the rows. */
export class RowQueue {
  #rows: QueuedRow[] = [];
  /** `detail` of each row, at the same place. */
  #details: string[] = [];
  #corrections: CorrectionRow[] = [];

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.#corrections.length === 0;
  }

  add(record: RequestRecord): void {
    const { attempts, id } = record;
    const row: QueuedRow[number][] = encodeRequest(record);
    if (attempts.length > 1) row.push(attempts.slice(1).map((attempt) => encodeLaterAttempt(id, attempt)));
    this.#rows.push(row);
    this.#details.push(encodeDetail(record));
  }

  addCorrection(correction: CorrectionRow): void {
    this.#corrections.push(correction);
  }

  /** Takes the oldest rows as the text of a batch. */
  take(): string {
    const rows = this.#rows;
    const details = this.#details;
    if (rows.length <= batchRowsMax) {
      this.#rows = [];
      this.#details = [];
    } else {
      this.#rows = rows.splice(batchRowsMax);
      this.#details = details.splice(batchRowsMax);
    }
    // A correction goes out after the rows that were queued before it, so it never speaks of a row yet to come.
    const corrections = this.#rows.length === 0 ? this.#corrections : [];
    if (corrections.length > 0) this.#corrections = [];
    const head = JSON.stringify([rows, corrections, 0] satisfies BatchHead);
    return rows.length === 0 ? head : `${head}\n${details.join("\n")}`;
  }
}

/** The same batch marked as perhaps written already. */
export function asReplay(batch: string): string {
  const end = batch.indexOf("\n");
  const head = end < 0 ? batch : batch.slice(0, end);
  return `${head.slice(0, -2)}1]${end < 0 ? "" : batch.slice(end)}`;
}
