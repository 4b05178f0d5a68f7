/** The thread of the store of balances: it may wait for another process's transaction, which the gateway's own loop must not. */
import { parentPort, workerData } from "node:worker_threads";
import { openLimitDatabase, type LimitDatabase } from "./limit-database.ts";
import type { FromLimitWorker, LimitBatch, LimitWorkerData, ToLimitWorker } from "./limit-protocol.ts";
import { refusalOf, textOf } from "../thread-news.ts";

const port = parentPort;
if (port === null) throw new Error("limit-worker.ts runs as a worker only");
const say = (message: FromLimitWorker): void => port.postMessage(message);

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
    say(refusalOf(error));
    port?.close();
  }
}

start();
