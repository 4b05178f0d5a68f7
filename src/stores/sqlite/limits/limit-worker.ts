/** The thread of the store of balances: it may wait for another process's transaction, which the gateway's own loop must not. */
import { parentPort, workerData } from "node:worker_threads";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { openLimitDatabase, type LimitDatabase } from "./limit-database.ts";
import type { FromLimitWorker, LimitBatch, LimitWorkerData, ToLimitWorker } from "./limit-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("limit-worker.ts runs as a worker only");
const say = (message: FromLimitWorker): void => port.postMessage(message);
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function answer(database: LimitDatabase, batch: LimitBatch, dies: boolean): void {
  try {
    const answers = database.apply(batch);
    if (dies) process.exit(1);
    say({ kind: "answers", answers });
  } catch (error) {
    say({ kind: "failed", message: textOf(error) });
  }
}

function start(): void {
  const { directory, link, lockWaitMs, faults } = workerData as LimitWorkerData;
  try {
    const database = openLimitDatabase(directory, link, lockWaitMs, faults.synchronous);
    port?.on("message", (message: ToLimitWorker) => {
      if (message !== "close") return answer(database, message, faults.dieAfterFirstCommit === true);
      try {
        database.close();
      } finally {
        say({ kind: "closed" });
        port.close();
      }
    });
    say({ kind: "ready" });
  } catch (error) {
    const code = FarthingError.isInstance(error) && error.code === "config_invalid" ? error.code : "internal_error";
    say({ kind: "refused", code, message: textOf(error) });
    port?.close();
  }
}

start();
