import { Worker } from "node:worker_threads";
import type { Clock } from "../../spec/clock.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { FromLimitWorker, LimitWorkerData, ToLimitWorker } from "./limit-protocol.ts";

/** What the link tells its owner. */
export interface LimitLinkEvents {
  /** A batch was answered or has failed. */
  answered(message: FromLimitWorker & { readonly kind: "answers" | "failed" }): void;
  /** The thread died and a new one stands: a batch without an answer must be sent again. */
  restarted(): void;
}

/** The connection to the thread of the store of balances. */
export interface LimitLink {
  send(message: ToLimitWorker): void;
  /** Lets the thread finish; after `waitMs` ends it by force. */
  close(waitMs: number): Promise<void>;
}

const restartMs = 500;

/**
 * Starts the thread and opens the database in it; a thread that dies is started again until the link is closed.
 * @throws FarthingError when the database cannot be opened; the message says what to do.
 */
export async function startLimitLink(data: LimitWorkerData, clock: Clock, events: LimitLinkEvents): Promise<LimitLink> {
  let worker: Worker | null = null;
  let onClosed: (() => void) | null = null;
  let closing = false;

  const receive = (message: FromLimitWorker): void => {
    if (message.kind === "answers" || message.kind === "failed") events.answered(message);
    else if (message.kind === "closed") onClosed?.();
  };
  const lost = (): void => {
    worker = null;
    if (closing) onClosed?.();
    else clock.after(restartMs, () => void relaunch());
  };
  const relaunch = async (): Promise<void> => {
    if (closing) return;
    try {
      const { dieAfterFirstCommit: _once, ...faults } = data.faults;
      const next = await launch({ ...data, faults }, receive, lost);
      if (closing) return void next.terminate();
      worker = next;
      events.restarted();
    } catch {
      clock.after(restartMs, () => void relaunch());
    }
  };

  worker = await launch(data, receive, lost);
  return {
    // Without a thread the message is lost; `restarted` makes the owner send it again.
    send: (message) => worker?.postMessage(message),
    close: (waitMs) =>
      new Promise((resolve) => {
        closing = true;
        const last = worker;
        const giveUp = clock.after(waitMs, () => {
          void last?.terminate();
          resolve();
        });
        onClosed = () => {
          giveUp();
          resolve();
        };
        if (last === null) onClosed();
        else last.postMessage("close" satisfies ToLimitWorker);
      }),
  };
}

/** One thread, ready to answer; `lost` is called once if it ends later. */
async function launch(
  data: LimitWorkerData,
  receive: (message: FromLimitWorker) => void,
  lost: () => void,
): Promise<Worker> {
  // The same file under both names: sources run as they are, the published package is compiled.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./limit-worker.${extension}`, import.meta.url), {
    workerData: data,
    name: "farthing-budgets",
    execArgv: [],
  });
  const first = await new Promise<FromLimitWorker>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The thread of the store of balances ended before it began.")));
  });
  if (first.kind === "refused") {
    await worker.terminate();
    throw new FarthingError(first.code, first.message);
  }
  worker.on("message", receive);
  // Without a listener an error of the thread would end the process; `exit` follows it.
  worker.on("error", () => undefined);
  worker.once("exit", lost);
  return worker;
}
