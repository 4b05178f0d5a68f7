import { Worker } from "node:worker_threads";
import type { Clock } from "../../../spec/clock.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import type { Outcome, OutcomePoster, OutcomeReceipt, OutcomeStore } from "../../../spec/outcome.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import { openForWriting } from "../data-directory.ts";
import type { FromOutcomeWorker, OutcomeWorkerData, ToOutcomeWorker } from "./outcomes-worker.ts";
import { createOutcomeWriter } from "./outcomes-writer.ts";

/** Posts that may wait for the disk; each holds at most 1,000 outcomes. */
const waitingMax = 256;
const closeMsMax = 5_000;

interface Waiting {
  readonly resolve: (receipt: OutcomeReceipt) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Outcomes in the ledger's database, written by a thread that the first post starts: most gateways never get one. The
 * ledger must be open, or have been: it makes the tables.
 */
export function openOutcomeStore(directory: string, clock: Clock): OutcomeStore {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let lastNumber = 0;

  const failAll = (reason: string): void => {
    worker = null;
    for (const { reject } of waiting.values()) reject(notStored(reason));
    waiting.clear();
  };
  const receive = (message: FromOutcomeWorker): void => {
    const post = waiting.get(message.number);
    waiting.delete(message.number);
    if (waiting.size === 0) worker?.unref();
    if ("receipt" in message) post?.resolve(message.receipt);
    else post?.reject(notStored(message.failed));
  };
  const threadOf = (): Worker => {
    if (worker !== null) return worker;
    const started = startThread(directory);
    started.on("message", receive);
    started.on("error", (error) => failAll(error instanceof Error ? error.message : String(error)));
    started.on("exit", () => {
      if (worker === started) failAll("its thread ended");
    });
    worker = started;
    return started;
  };
  return {
    post(poster, outcomes) {
      if (waiting.size >= waitingMax) {
        return Promise.reject(
          new FarthingError("overloaded", "Too many outcomes wait for the disk. Post them again.", { retryAfterS: 2 }),
        );
      }
      return new Promise((resolve, reject) => {
        lastNumber += 1;
        waiting.set(lastNumber, { resolve, reject });
        const thread = threadOf();
        thread.ref();
        thread.postMessage({
          number: lastNumber,
          poster,
          outcomes,
          nowMs: clock.nowMs(),
        } satisfies ToOutcomeWorker);
      });
    },
    async close() {
      const ending = worker;
      if (ending === null) return;
      const ended = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
      ending.ref();
      ending.postMessage("close" satisfies ToOutcomeWorker);
      const giveUp = clock.after(closeMsMax, () => void ending.terminate());
      await ended;
      giveUp();
    },
  };
}

/**
 * Stores outcomes from a program that is not the gateway, beside one that runs or without: a transaction for each post, up to the first conflict.
 * @throws FarthingError `config_invalid` when the ledger is newer than this version; the storage's error when it is not to be had.
 */
export function storeOutcomes(options: {
  readonly directory: string;
  readonly poster: OutcomePoster;
  /** Pieces of the import, in order; each is a post of its own. */
  readonly posts: readonly (readonly Outcome[])[];
  readonly nowMs: number;
}): readonly OutcomeReceipt[] {
  const database = openForWriting(options.directory, "FULL");
  try {
    database.exec("PRAGMA busy_timeout=5000; PRAGMA wal_autocheckpoint=0");
    const writer = createOutcomeWriter(database);
    const receipts: OutcomeReceipt[] = [];
    for (const outcomes of options.posts) {
      const receipt = writer.write(options.poster, outcomes, options.nowMs);
      receipts.push(receipt);
      if ("conflict" in receipt) break;
    }
    return receipts;
  } finally {
    database.close();
  }
}

function startThread(directory: string): Worker {
  return new Worker(workerUrl(import.meta.url, "outcomes-worker"), {
    workerData: { directory } satisfies OutcomeWorkerData,
    name: "farthing-outcomes",
    execArgv: [],
  });
}

function notStored(reason: string): FarthingError {
  return new FarthingError("overloaded", `The outcomes are not stored (${reason}). Post them again.`, {
    retryAfterS: 5,
  });
}
