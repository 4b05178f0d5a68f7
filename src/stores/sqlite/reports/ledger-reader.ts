import { Worker } from "node:worker_threads";
import type { LatestRequest, Overview } from "../../../spec/admin-api.ts";
import type { Clock } from "../../../spec/clock.ts";
import type { Report } from "../../../spec/report.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import type { OverviewOptions } from "./read-overview.ts";
import type { ReadReportOptions } from "./read-report.ts";
import type { Answer, Question, ReadWorkerData } from "./read-worker.ts";

/** Reads sums and rows of a ledger without holding up the process's own thread. */
export interface LedgerReader {
  /** @throws FarthingError `not_found` without a ledger, `overloaded` when too many questions wait or one takes too long. */
  overview(options: OverviewOptions): Promise<Overview>;
  /** The newest requests, 1 to 1,000. Errors as `overview`. */
  latest(limit: number): Promise<readonly LatestRequest[]>;
  /** Errors as `overview`, and those of `readReport`. */
  report(options: Omit<ReadReportOptions, "directory">): Promise<Report>;
  /** Ends the thread; questions under way fail. */
  close(): Promise<void>;
}

/** Questions that wait or are answered at once: a page asks three. */
const questionsMax = 24;
/** A question that takes longer ends with its thread; a report over every row of a large ledger is for the command line. */
const answerMsMax = 30_000;

interface Asked {
  readonly question: Question;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The thread starts with the first question and stays. */
export function createLedgerReader(directory: string, clock: Clock): LedgerReader {
  const asked: Asked[] = [];
  let worker: Worker | null = null;
  let stopTimer: (() => void) | null = null;

  const next = (): void => {
    const first = asked[0];
    if (first === undefined) return;
    const thread = (worker ??= start());
    stopTimer = clock.after(answerMsMax, () => {
      end(
        new FarthingError("overloaded", `Reading the ledger took longer than ${answerMsMax / 1_000} s. Ask for less.`),
      );
    });
    // A process that waits for an answer lives; a thread that waits for a question does not keep it alive.
    thread.ref();
    thread.postMessage(first.question);
  };
  const settle = (settleWith: (first: Asked) => void): void => {
    stopTimer?.();
    stopTimer = null;
    worker?.unref();
    const first = asked.shift();
    if (first !== undefined) settleWith(first);
    next();
  };
  const end = (error: Error): void => {
    const last = worker;
    worker = null;
    last?.removeAllListeners();
    void last?.terminate();
    settle((first) => first.reject(error));
  };
  const start = (): Worker => {
    const thread = launch(directory);
    thread.on("message", (answer: Answer) => {
      if (answer.kind === "found") settle((first) => first.resolve(answer.value));
      else settle((first) => first.reject(new FarthingError(answer.code, answer.message)));
    });
    thread.once("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
    return thread;
  };
  const ask = (question: Question): Promise<unknown> => {
    if (asked.length >= questionsMax) {
      const message = "Too many questions to the ledger at once. Try again.";
      return Promise.reject(new FarthingError("overloaded", message, { retryAfterS: 5 }));
    }
    return new Promise((resolve, reject) => {
      asked.push({ question, resolve, reject });
      if (asked.length === 1) next();
    });
  };
  return {
    overview: async (options) => (await ask({ kind: "overview", options })) as Overview,
    latest: async (limit) => (await ask({ kind: "latest", limit })) as readonly LatestRequest[],
    report: async (options) => (await ask({ kind: "report", options })) as Report,
    async close() {
      const last = worker;
      worker = null;
      stopTimer?.();
      last?.removeAllListeners();
      await last?.terminate();
      for (const { reject } of asked.splice(0)) reject(new FarthingError("overloaded", "The gateway is ending."));
    },
  };
}

function launch(directory: string): Worker {
  return new Worker(workerUrl(import.meta.url, "read-worker"), {
    workerData: { directory } satisfies ReadWorkerData,
    name: "farthing-read",
    execArgv: [],
  });
}
