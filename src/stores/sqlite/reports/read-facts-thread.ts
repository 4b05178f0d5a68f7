import { Worker } from "node:worker_threads";
import type { LedgerFacts } from "../../../spec/alert.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import type { FactsOptions } from "./read-facts.ts";
import type { FromFactsWorker } from "./read-facts-worker.ts";

/** Facts of a ledger, read outside the event loop. */
export interface FactsThread {
  /** One look at a time. Rejects, with words for the operator, when the ledger cannot be read. */
  read(nowMs: number): Promise<LedgerFacts>;
  close(): Promise<void>;
}

/** What 35 days of 2,000 busy keys take is below this. */
const heapMiB = 512;

/** The thread starts with the first look and keeps what it read; one that died is started again with the next. */
export function openFactsThread(options: FactsOptions): FactsThread {
  let worker: Worker | null = null;
  const start = (): Worker => {
    const started = new Worker(workerUrl(import.meta.url, "read-facts-worker"), {
      workerData: options,
      name: "farthing-alerts",
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    });
    started.once("exit", () => {
      if (worker === started) worker = null;
    });
    started.unref();
    return started;
  };
  return {
    read: (nowMs) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        const asked = worker;
        const finish = (answer: () => void): void => {
          asked.off("message", onMessage).off("error", onError).off("exit", onExit);
          answer();
        };
        const onMessage = (message: FromFactsWorker): void =>
          finish(() => ("facts" in message ? resolve(message.facts) : reject(new Error(message.failed))));
        const onError = (error: unknown): void =>
          finish(() => reject(error instanceof Error ? error : new Error(String(error))));
        const onExit = (): void => finish(() => reject(new Error("the thread that reads the ledger ended")));
        asked.on("message", onMessage).on("error", onError).on("exit", onExit);
        asked.postMessage(nowMs);
      }),
    async close() {
      const ending = worker;
      worker = null;
      await ending?.terminate();
    },
  };
}
