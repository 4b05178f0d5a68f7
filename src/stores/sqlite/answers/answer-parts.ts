import type { AlarmCode } from "../../../spec/metrics.ts";
import type { Clock } from "../../../spec/clock.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import { startStandingThread } from "../standing-thread.ts";
import { createAnswerEpochs, type AnswerEpochs } from "./answer-epochs.ts";
import { AnswerFileError } from "./answer-failure.ts";
import { isSpoilt, moveAnswerFileAside, openAnswerFile, type AnswerFile } from "./answer-file.ts";
import type {
  AnswerFaults,
  AnswerThreadData,
  FromAnswerReader,
  FromAnswerWriter,
  ToAnswerReader,
  ToAnswerWriter,
} from "./answer-protocol.ts";
import { KeyIndex } from "./key-index.ts";
import { ReadQueue } from "./read-queue.ts";
import { WriteQueue } from "./write-queue.ts";

/** What a store of answers is opened with. */
export interface OpenAnswerStoreOptions {
  /** Created with mode 0700 where it does not exist; processes that share the answers name the same one. */
  readonly directory: string;
  /** Room for entries. The file may be a tenth larger, its log 4 MiB on top. */
  readonly bytesMax: number;
  readonly clock: Clock;
  readonly alarm: (code: AlarmCode, detail: string) => void;
  /** How long an answer waits for others to be written with, milliseconds; 20 where it is not said. */
  readonly gatherMs?: number;
  /** For tests only. */
  readonly faults?: AnswerFaults;
}

/** All that works on one file; another file gets others. */
export interface AnswerParts {
  readonly file: AnswerFile;
  readonly epochs: AnswerEpochs;
  readonly index: KeyIndex;
  readonly reader: ReadQueue;
  readonly writer: WriteQueue;
  /** Entries thrown out to make room since it was opened. */
  evicted(): number;
  /** Rejects what waits and lets go of the file. */
  close(reason: Error): Promise<void>;
}

/** This connection reads single rows, for which WAL makes nobody wait but while a log is repaired after a crash. */
const lockWaitMs = 10;
const closeMsMax = 10_000;

/**
 * Opens the file and starts its two threads. A file that is spoilt is put aside with an alarm and begun anew.
 * @throws FarthingError `config_invalid` when the file is newer than this version, or not a store of answers.
 */
export async function openAnswerParts(options: OpenAnswerStoreOptions): Promise<AnswerParts> {
  try {
    return await open(options);
  } catch (error) {
    if (!isSpoilt(error) && !(error instanceof AnswerFileError && error.reason === "spoilt")) throw error;
    const aside = moveAnswerFileAside(options.directory);
    options.alarm(
      "cache-unreachable",
      `The file of answers was spoilt (${error instanceof Error ? error.message : ""}): it was put aside as ${aside}, which can be deleted, and begun anew.`,
    );
    return open(options);
  }
}

async function open(options: OpenAnswerStoreOptions): Promise<AnswerParts> {
  const { directory, bytesMax, faults = {} } = options;
  const file = openAnswerFile(directory, lockWaitMs);
  try {
    const epochs = createAnswerEpochs(file.database);
    const data: AnswerThreadData = { directory, bytesMax, faults };
    const index = new KeyIndex();
    const writing = startWriting(options, data, index);
    const reading = startReading(options, data);
    const started = await Promise.allSettled([writing, reading]);
    const [writer, reader] = started;
    if (writer.status === "rejected" || reader.status === "rejected") {
      for (const thread of started) if (thread.status === "fulfilled") await thread.value.close();
      throw writer.status === "rejected" ? writer.reason : (reader as PromiseRejectedResult).reason;
    }
    return {
      file,
      epochs,
      index,
      reader: reader.value.queue,
      writer: writer.value.queue,
      evicted: () => writer.value.evicted(),
      close: async (reason) => {
        reader.value.queue.end(reason);
        writer.value.queue.end(reason);
        await Promise.all([reader.value.close(), writer.value.close()]);
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function startReading({ clock, alarm }: OpenAnswerStoreOptions, data: AnswerThreadData) {
  const queue = new ReadQueue((calls) => link.send(calls));
  const link = await startStandingThread<FromAnswerReader, ToAnswerReader>({
    file: workerUrl(import.meta.url, "reader-worker"),
    name: "farthing-answers-read",
    what: "The thread that reads the store of answers",
    data,
    laterData: data,
    closing: "close",
    clock,
    receive: ({ answers }) => queue.answered(answers),
    failed: (message) => alarm("cache-unreachable", message),
    restarted: () => queue.restarted(),
  });
  return { queue, close: () => link.close(closeMsMax) };
}

async function startWriting(
  { clock, alarm, gatherMs }: OpenAnswerStoreOptions,
  data: AnswerThreadData,
  index: KeyIndex,
) {
  let evicted = 0;
  const queue = new WriteQueue(clock, (batch, transfer) => link.send(batch, transfer), gatherMs);
  const loading = Promise.withResolvers<AnswerFileError | null>();
  const receive = (message: Exclude<FromAnswerWriter, { kind: "ready" | "refused" | "closed" }>): void => {
    if (message.kind === "stored") {
      index.clear();
      index.load(message.fingerprints);
      loading.resolve(null);
      return;
    }
    if (message.kind === "written") {
      applyChanges(index, message);
      evicted += message.evicted;
    } else loading.resolve(new AnswerFileError(message));
    queue.answered(message);
  };
  const link = await startStandingThread<FromAnswerWriter, ToAnswerWriter>({
    file: workerUrl(import.meta.url, "writer-worker"),
    name: "farthing-answers-write",
    what: "The thread that writes the store of answers",
    data,
    laterData: { ...data, faults: {} },
    closing: "close",
    clock,
    receive,
    failed: (message) => alarm("cache-unreachable", message),
    restarted: () => queue.restarted(),
  });
  const close = (): Promise<boolean> => link.close(closeMsMax);
  const failure = await loading.promise;
  if (failure === null) return { queue, evicted: () => evicted, close };
  await close();
  throw failure;
}

function applyChanges(index: KeyIndex, written: FromAnswerWriter & { readonly kind: "written" }): void {
  if (written.cleared) index.clear();
  for (const change of written.changes) {
    if (change > 0) index.add(change);
    else index.delete(-change);
  }
}
