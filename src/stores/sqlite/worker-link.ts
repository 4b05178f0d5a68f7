import { Worker } from "node:worker_threads";
import type { Clock } from "../../spec/clock.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { FromWorker, LedgerWorkerData, ToWorker } from "./ledger-protocol.ts";

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
export interface WorkerLink {
  send(message: ToWorker): void;
  /** Lets the thread finish; after `waitMs` ends it by force. Resolves false when force was needed. */
  close(waitMs: number): Promise<boolean>;
}

const restartMs = 500;

/**
 * Starts the thread and opens the database in it.
 * @throws FarthingError when the ledger cannot be opened; the message says what to do.
 */
export async function startWorkerLink(data: LedgerWorkerData, clock: Clock, events: LinkEvents): Promise<WorkerLink> {
  let worker: Worker | null = null;
  let closing = false;
  let onClosed: (() => void) | null = null;

  const lost = (message: string): void => {
    if (worker === null) return;
    worker = null;
    if (closing) {
      onClosed?.();
      return;
    }
    events.failed(`The ledger's thread ended (${message}); it is started again.`);
    clock.after(restartMs, restart);
  };
  const receive = (message: FromWorker): void => {
    if (typeof message === "number") events.committed(message);
    else if (message.kind === "closed") onClosed?.();
    else if ("message" in message) events.failed(message.message);
  };
  const restart = (): void => {
    if (closing) onClosed?.();
    else void relaunch();
  };
  const relaunch = async (): Promise<void> => {
    try {
      const next = await launch({ ...data, faults: {} }, receive, lost);
      if (closing) return void next.terminate();
      worker = next;
      events.restarted();
    } catch (error) {
      events.failed(error instanceof Error ? error.message : String(error));
      clock.after(restartMs, restart);
    }
  };

  worker = await launch(data, receive, lost);
  return {
    // Without a thread the message is lost; `restarted` makes the owner send again what matters.
    send: (message) => worker?.postMessage(message),
    close: (waitMs) =>
      new Promise((resolve) => {
        closing = true;
        const last = worker;
        const giveUp = clock.after(waitMs, () => {
          void last?.terminate();
          resolve(false);
        });
        onClosed = () => {
          giveUp();
          resolve(true);
        };
        if (last === null) onClosed();
        else last.postMessage({ kind: "close" } satisfies ToWorker);
      }),
  };
}

/** One thread, ready to write; `lost` is called once if it ends later. */
async function launch(
  data: LedgerWorkerData,
  receive: (message: FromWorker) => void,
  lost: (message: string) => void,
): Promise<Worker> {
  // The same file under both names: sources run as they are, the published package is compiled.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./ledger-worker.${extension}`, import.meta.url), {
    workerData: data,
    name: "farthing-ledger",
    // The process's own flags (an inspector, a loader) are not for this thread; some would keep it from starting.
    execArgv: [],
  });
  const first = await new Promise<FromWorker>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The ledger's thread ended before it began.")));
  });
  if (typeof first === "object" && first.kind === "refused") {
    await worker.terminate();
    throw new FarthingError(first.code, first.message);
  }
  worker.on("message", receive);
  let reason = "no error given";
  worker.on("error", (error) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  worker.once("exit", () => lost(reason));
  return worker;
}
