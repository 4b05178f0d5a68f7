/** The thread of the store of bodies: it encrypts, chains and syncs, none of which the gateway's own loop has time for. */
import { parentPort, workerData } from "node:worker_threads";
import { refusalOf, textOf } from "../thread-news.ts";
import { writeHead } from "./body-head.ts";
import type { BodyBatch, BodyFaults, BodyWorkerData, FromBodyWorker, ToBodyWorker } from "./body-protocol.ts";
import { retainSlice } from "./body-retention.ts";
import { type BodyWriter, createBodyWriter } from "./body-writer.ts";
import { type BodyFile, openBodyFile } from "./open-body-file.ts";

/** How far the head's file may be behind: a sync of its own for each batch would double what a request waits. */
const headEveryMs = 1_000;

const port = parentPort;
if (port === null) throw new Error("body-worker.ts runs as a worker only");
const say = (message: FromBodyWorker): void => port.postMessage(message);

class BodyThread {
  readonly #file: BodyFile;
  readonly #writer: BodyWriter;
  readonly #directory: string;
  readonly #faults: BodyFaults;
  #headTimer: NodeJS.Timeout | null = null;
  #headWritten: bigint;
  #retaining: NodeJS.Immediate | null = null;

  constructor({ directory, key, faults }: BodyWorkerData) {
    this.#directory = directory;
    this.#faults = faults;
    this.#file = openBodyFile(directory, key, faults.synchronous);
    this.#writer = createBodyWriter(this.#file);
    this.#headWritten = -1n;
    this.#writeHead();
    if (faults.diskFull === true) this.#file.database.exec("PRAGMA max_page_count=1");
  }

  take(message: ToBodyWorker): void {
    if (message.kind === "batch") this.#write(message.batch);
    else if (message.kind === "retain") this.#retain(message.beforeMs);
    else this.#close();
  }

  #write(batch: BodyBatch): void {
    if (this.#faults.dieAtFirstBatch === true) process.exit(1);
    if (this.#faults.silent === true) return;
    try {
      const erased = this.#writer.write(batch);
      say({ kind: "done", erased });
      this.#headTimer ??= setTimeout(() => this.#onHeadDue(), headEveryMs);
    } catch (error) {
      say({ kind: "failed", message: textOf(error) });
    }
  }

  #onHeadDue(): void {
    this.#headTimer = null;
    try {
      this.#writeHead();
    } catch (error) {
      say({ kind: "trouble", message: textOf(error) });
    }
  }

  #writeHead(): void {
    const { head } = this.#writer;
    if (head.position === this.#headWritten) return;
    writeHead(this.#directory, [this.#file.master], head);
    this.#headWritten = head.position;
  }

  /** A slice at a time, so that batches come in between. */
  #retain(beforeMs: number): void {
    if (this.#retaining !== null) clearImmediate(this.#retaining);
    this.#retaining = null;
    try {
      if (retainSlice(this.#file, beforeMs)) this.#retaining = setImmediate(() => this.#retain(beforeMs));
    } catch (error) {
      say({ kind: "trouble", message: textOf(error) });
    }
  }

  #close(): void {
    if (this.#headTimer !== null) clearTimeout(this.#headTimer);
    if (this.#retaining !== null) clearImmediate(this.#retaining);
    this.#onHeadDue();
    try {
      this.#file.database.close();
    } finally {
      say({ kind: "closed" });
      port?.close();
    }
  }
}

function start(): void {
  try {
    const thread = new BodyThread(workerData as BodyWorkerData);
    port?.on("message", (message: ToBodyWorker) => thread.take(message));
    say({ kind: "ready" });
  } catch (error) {
    say(refusalOf(error));
    port?.close();
  }
}

start();
