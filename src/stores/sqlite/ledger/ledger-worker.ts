/**
 * The ledger's own thread: the one place that writes. It holds at most one batch, because the other side hands over the next
 * only when this one is on disk. A batch whose write failed is kept and tried again until it succeeds.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { DatabaseSync } from "node:sqlite";
import { createBatchWriter, type BatchWriter } from "./batch-writer.ts";
import { lockDirectory, openForWriting } from "../data-directory.ts";
import type { FromWorker, LedgerFaults, LedgerWorkerData, ToWorker } from "./ledger-protocol.ts";
import type { WrittenRow } from "../roll-ups/measure-row.ts";
import { type Folding, startFolding } from "../roll-ups/folding.ts";
import { createRetention, type Retention } from "./retention.ts";
import { refusalOf, textOf } from "../thread-news.ts";

const retryMsMin = 20;
const retryMsMax = 2_000;
/** A quiet second is used to copy the log back, so that commits under load seldom have to. */
const checkpointEveryMs = 1_000;

const port = parentPort;
if (port === null) throw new Error("ledger-worker.ts runs as a worker only");
const say = (message: FromWorker): void => port.postMessage(message);

interface Parts {
  readonly database: DatabaseSync;
  readonly lock: DatabaseSync;
  readonly writer: BatchWriter;
  readonly folding: Folding;
  readonly retention: Retention;
  /** The rows of the last batch. */
  readonly handedOver: { readonly rows: readonly WrittenRow[] | null };
}

function serve({ database, lock, writer, folding, retention, handedOver }: Parts): void {
  let commits = 0;
  let commitsSeen = 0;
  let commitsCheckpointed = 0;
  const checkpointer = setInterval(() => {
    if (commits === commitsSeen && commits !== commitsCheckpointed) {
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      commitsCheckpointed = commits;
    }
    commitsSeen = commits;
  }, checkpointEveryMs);
  let closed = false;
  const write = (text: string, retryMs: number): void => {
    if (closed) return;
    try {
      const rows = writer.write(text);
      commits += 1;
      say(rows);
      // When the other side knows: the sums are nobody's wait.
      folding.written(rows, handedOver.rows);
    } catch (error) {
      say({ kind: "write-failed", message: textOf(error) });
      setTimeout(write, retryMs, text, Math.min(retryMs * 2, retryMsMax));
    }
  };
  port?.on("message", (message: ToWorker) => {
    if (typeof message === "string") write(message, retryMsMin);
    else if (message.kind === "retain") retention.start(BigInt(message.beforeId));
    else {
      closed = true;
      clearInterval(checkpointer);
      retention.stop();
      folding.stop();
      database.close();
      lock.close();
      say({ kind: "closed" });
      port.close();
    }
  });
}

/** Exact where no fault is planted. */
function withFaults(faults: LedgerFaults, create: (beforeCommit: () => void) => BatchWriter): BatchWriter {
  let stallsLeft = faults.stall?.commits ?? 0;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const writer = create(() => {
    if (stallsLeft > 0) Atomics.wait(sleeper, 0, 0, faults.stall?.delayMs ?? 0);
    stallsLeft -= 1;
  });
  if (faults.dieAfterFirstCommit !== true) return writer;
  return {
    write(text) {
      writer.write(text);
      process.exit(1);
    },
  };
}

function start(): void {
  const { directory, faults, zone } = workerData as LedgerWorkerData;
  try {
    const lock = lockDirectory(directory);
    const database = openForWriting(directory, faults.synchronous ?? "FULL");
    const onParked = (reason: string): void => say({ kind: "row-parked", message: reason });
    const onError = (error: unknown): void => say({ kind: "fold-failed", message: textOf(error) });
    const folding = startFolding(database, { zone, nowMs: Date.now, onError });
    const foldedBelowId = (): bigint => folding.foldedBelowId;
    const handedOver: { rows: readonly WrittenRow[] | null } = { rows: null };
    const writer = withFaults(faults, (beforeCommit) =>
      createBatchWriter(database, beforeCommit, onParked, foldedBelowId, (rows) => (handedOver.rows = rows)),
    );
    const retention = createRetention(database, (error) => say({ kind: "retention-failed", message: textOf(error) }));
    serve({ database, lock, writer, folding, retention, handedOver });
    say({ kind: "ready" });
  } catch (error) {
    say(refusalOf(error));
    port?.close();
  }
}

start();
