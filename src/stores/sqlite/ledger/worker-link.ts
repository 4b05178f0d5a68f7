import type { Clock } from "../../../spec/clock.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import type { FromWorker, LedgerWorkerData, ToWorker } from "./ledger-protocol.ts";
import { startStandingThread, type ThreadLink } from "../standing-thread.ts";

/** What the link tells its owner. */
export interface LinkEvents {
  /** So many rows reached the disk. */
  committed(rows: number): void;
  /** Something went wrong; the link goes on by itself. */
  failed(message: string): void;
  /** The thread died and a new one stands: what it had not confirmed must be sent again. */
  restarted(): void;
}

/** The connection to the ledger's thread. */
export type WorkerLink = ThreadLink<ToWorker>;

/**
 * Starts the thread and opens the database in it.
 * @throws FarthingError when the ledger cannot be opened; the message says what to do.
 */
export function startWorkerLink(data: LedgerWorkerData, clock: Clock, events: LinkEvents): Promise<WorkerLink> {
  return startStandingThread<FromWorker, ToWorker>({
    file: workerUrl(import.meta.url, "ledger-worker"),
    name: "farthing-ledger",
    what: "The ledger's thread",
    data,
    laterData: { ...data, faults: {} },
    closing: { kind: "close" },
    clock,
    receive: (message) => {
      if (typeof message === "number") events.committed(message);
      else events.failed(message.message);
    },
    failed: (message) => events.failed(message),
    restarted: () => events.restarted(),
  });
}
