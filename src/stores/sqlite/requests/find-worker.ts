/** Searches the ledger for one id of a provider's in a thread of its own, says the request's id, and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { openForReading } from "../data-directory.ts";
import { scanProviderId } from "./scan-provider-id.ts";

/** What the search is started with. */
export interface FindWorkerData {
  readonly directory: string;
  readonly providerId: string;
  readonly scanMsMax: number;
}

const { directory, providerId, scanMsMax } = workerData as FindWorkerData;
const database = openForReading(directory);
try {
  const endMs = performance.now() + scanMsMax;
  parentPort?.postMessage(scanProviderId(database, providerId, () => performance.now() < endMs));
} finally {
  database.close();
}
