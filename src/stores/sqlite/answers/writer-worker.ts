/** The thread that writes the answers: it may wait for another process's transaction and for the disk, which no request must. */
import { parentPort, workerData } from "node:worker_threads";
import { refusalOf } from "../thread-news.ts";
import { createAnswerEpochs, EpochWriter } from "./answer-epochs.ts";
import { openAnswerFile, type AnswerFile } from "./answer-file.ts";
import { failureOf, replacedFailure } from "./answer-failure.ts";
import type {
  AnswerThreadData,
  EntryRow,
  EntryToStore,
  FromAnswerWriter,
  ToAnswerWriter,
  WriteAnswer,
  WriteBatch,
  WriteCommand,
} from "./answer-protocol.ts";
import { EntryWriter } from "./entry-writer.ts";

const port = parentPort;
if (port === null) throw new Error("writer-worker.ts runs as a worker only");
const say = (message: FromAnswerWriter): void => port.postMessage(message);

const { directory, bytesMax, faults } = workerData as AnswerThreadData;
/** Longest wait for another process's transaction: theirs are as short as ours. */
const lockWaitMs = 2_000;

class BatchWriter {
  readonly #file: AnswerFile;
  readonly #epochs: EpochWriter;
  readonly #entries: EntryWriter;

  constructor(file: AnswerFile) {
    this.#file = file;
    this.#epochs = new EpochWriter(file.database);
    this.#entries = new EntryWriter(file.database, createAnswerEpochs(file.database), bytesMax);
  }

  write({ nowMs, changes, bodies, hits }: WriteBatch): FromAnswerWriter {
    if (!this.#file.isInPlace()) return replacedFailure;
    const { database } = this.#file;
    const has = (...kinds: readonly WriteCommand["kind"][]): boolean =>
      changes.some((change) => isCommand(change) && kinds.includes(change.kind));
    // An invalidation has to outlive a power failure; an answer need not.
    const lasting = has("raise", "clear");
    if (lasting) database.exec("PRAGMA synchronous=FULL");
    database.exec("BEGIN IMMEDIATE");
    try {
      this.#entries.begin();
      for (const [id, count] of hits) this.#entries.addHits(id, count, nowMs);
      const answers: WriteAnswer[] = [];
      let at = 0;
      for (const change of changes) {
        if (isCommand(change)) answers.push(this.#answer(change, nowMs));
        else this.#entries.set(entryOf(change, bodies.subarray(at, (at += change[11]))), nowMs);
      }
      const written = this.#entries.finish(nowMs);
      database.exec("COMMIT");
      if (has("checkpoint")) database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return { kind: "written", answers, ...written };
    } finally {
      if (database.isTransaction) database.exec("ROLLBACK");
      if (lasting) database.exec("PRAGMA synchronous=NORMAL");
    }
  }

  #answer(command: WriteCommand, nowMs: number): WriteAnswer {
    const entries = this.#entries;
    switch (command.kind) {
      case "raise":
        entries.forgetEpochs();
        return { count: this.#epochs.raise(command.selector), lastId: null };
      case "clear":
        entries.forgetEpochs();
        this.#epochs.raise({});
        return { count: entries.clear(), lastId: null };
      case "delete":
        return entries.deleteStep(command.selector, command.belowSequence, command.afterId);
      case "drop":
        entries.drop(command.id);
        return { count: 1, lastId: null };
      case "sweep":
        return { count: entries.sweep(nowMs), lastId: null };
      case "checkpoint":
        return { count: 0, lastId: null };
      default:
        return command satisfies never;
    }
  }
}

function isCommand(change: EntryRow | WriteCommand): change is WriteCommand {
  return !Array.isArray(change);
}

function entryOf(row: EntryRow, body: Uint8Array): EntryToStore {
  const [fingerprint, owner, partition, isolation, key, generation, tags, sequence, ...rest] = row;
  const [storedAtMs, endsAtMs, costPicoUsd] = rest;
  const place = { fingerprint, owner, partition, isolation, key };
  return { ...place, generation, tags, sequence, storedAtMs, endsAtMs, costPicoUsd, body };
}

function sayWhatIsStored({ database }: AnswerFile): void {
  const fingerprints: number[] = [];
  for (const row of database.prepare("SELECT fingerprint FROM entries").iterate()) {
    fingerprints.push(Number(row["fingerprint"]));
  }
  const table = Float64Array.from(fingerprints);
  port?.postMessage({ kind: "stored", fingerprints: table } satisfies FromAnswerWriter, [table.buffer]);
}

function start(): void {
  try {
    const file = openAnswerFile(directory, lockWaitMs);
    const writer = new BatchWriter(file);
    port?.on("message", (message: ToAnswerWriter) => {
      if (message === "close") {
        file.close();
        say({ kind: "closed" });
        port.close();
        return;
      }
      if (faults.dieAtFirstBatch === true) process.exit(1);
      try {
        say(writer.write(message));
      } catch (error) {
        say(failureOf(error));
      }
    });
    say({ kind: "ready" });
    try {
      sayWhatIsStored(file);
    } catch (error) {
      say(failureOf(error));
    }
  } catch (error) {
    say(refusalOf(error));
    port?.close();
  }
}

start();
