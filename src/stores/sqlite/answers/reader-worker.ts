/** The thread that reads the bodies of answers: WAL lets it read while the other one writes, so no hit waits for a disk's sync. */
import { parentPort, workerData } from "node:worker_threads";
import { refusalOf } from "../thread-news.ts";
import { failureOf, replacedFailure } from "./answer-failure.ts";
import { openAnswerFile } from "./answer-file.ts";
import type { AnswerThreadData, FromAnswerReader, ReadAnswer, ReadCall, ToAnswerReader } from "./answer-protocol.ts";
import { AnswerReader } from "./answer-reader.ts";

const port = parentPort;
if (port === null) throw new Error("reader-worker.ts runs as a worker only");
const say = (message: FromAnswerReader, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

/** WAL readers wait for nobody but one who repairs the log after a crash. */
const lockWaitMs = 1_000;

function buffersOf(answer: ReadAnswer): ArrayBuffer[] {
  const bodies = "body" in answer ? [answer.body] : "lastId" in answer ? answer.entries.map(({ body }) => body) : [];
  return bodies.flatMap((body) => (body === null ? [] : [body.buffer as ArrayBuffer]));
}

function start(): void {
  try {
    const file = openAnswerFile((workerData as AnswerThreadData).directory, lockWaitMs);
    const reader = new AnswerReader(file.database);
    const answer = (call: ReadCall): ReadAnswer => {
      try {
        return reader.answer(call);
      } catch (error) {
        return failureOf(error);
      }
    };
    port?.on("message", (message: ToAnswerReader) => {
      if (message === "close") {
        file.close();
        say({ kind: "closed" });
        port.close();
        return;
      }
      const inPlace = file.isInPlace();
      const answers = message.map((call) => (inPlace ? answer(call) : replacedFailure));
      say({ kind: "answers", answers }, answers.flatMap(buffersOf));
    });
    say({ kind: "ready" });
  } catch (error) {
    say(refusalOf(error));
    port?.close();
  }
}

start();
