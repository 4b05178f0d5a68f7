import type { Clock } from "../../../spec/clock.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import type { FromLimitWorker, LimitWorkerData, ToLimitWorker } from "./limit-protocol.ts";
import { startStandingThread, type ThreadLink } from "../standing-thread.ts";

/** What the link tells its owner. */
export interface LimitLinkEvents {
  /** A batch was answered or has failed. */
  answered(message: FromLimitWorker & { readonly kind: "answers" | "failed" }): void;
  /** The thread died and a new one stands: a batch without an answer must be sent again. */
  restarted(): void;
}

/** The connection to the thread of the store of balances. */
export type LimitLink = ThreadLink<ToLimitWorker>;

/**
 * Starts the thread and opens the database in it; a thread that dies is started again until the link is closed.
 * @throws FarthingError when the database cannot be opened; the message says what to do.
 */
export function startLimitLink(data: LimitWorkerData, clock: Clock, events: LimitLinkEvents): Promise<LimitLink> {
  const { dieAfterFirstCommit: _once, ...laterFaults } = data.faults;
  return startStandingThread<FromLimitWorker, ToLimitWorker>({
    file: workerUrl(import.meta.url, "limit-worker"),
    name: "farthing-budgets",
    what: "The thread of the store of balances",
    data,
    laterData: { ...data, faults: laterFaults },
    closing: "close",
    clock,
    receive: (message) => events.answered(message),
    // Calls that wait for the store notice by their own time limit, and raise the alarm.
    failed: () => undefined,
    restarted: () => events.restarted(),
  });
}
