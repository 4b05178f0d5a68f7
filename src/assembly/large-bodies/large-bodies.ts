import { Worker } from "node:worker_threads";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { PathFacts } from "../../spec/dialect.ts";
import type { DialectName, LargeBody, ModelRequest } from "../../spec/request.ts";
import type { TranslatedRequest } from "../../spec/translated-request.ts";
import { workerUrl } from "../../kit/worker-url.ts";
import type { LargeBodyJob, LargeBodyMessage, LargeBodyReading, LargeBodyResult } from "./large-body-protocol.ts";

/** From this size on a body is read in a thread of its own. 1 MB of JSON is parsed in some 10 ms. */
export const largeBodyBytesMin = 1_048_576;

/** Jobs that may wait; further ones are refused, since each holds its body. */
const waitingMax = 64;

/** Reads large bodies outside the event loop. */
export interface LargeBodies {
  /**
   * The request that a body is. Rejects as `parseJsonBody` and the dialect's `readRequest` throw, and with `overloaded` when too
   * many wait.
   */
  read(body: Uint8Array, dialect: DialectName, path: PathFacts, depthMax: number): Promise<ModelRequest>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** One thread, started at the first large body. It is started again should it die; what it had in hand then is refused. */
export function createLargeBodies(): LargeBodies {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let lastId = 0;

  const failAll = (): void => {
    worker = null;
    const message = "Reading a large body failed. Try again; please report it if it happens twice.";
    for (const { reject } of waiting.values()) reject(new FarthingError("internal_error", message));
    waiting.clear();
  };
  const receive = (result: LargeBodyResult): void => {
    const job = waiting.get(result.id);
    waiting.delete(result.id);
    if (waiting.size === 0) worker?.unref();
    if (job === undefined) return;
    if (result.ok) job.resolve(result.value as never);
    else {
      const field = result.field === null ? {} : { field: result.field };
      job.reject(new FarthingError(result.code, result.message, field));
    }
  };
  const threadOf = (): Worker => {
    if (worker !== null) return worker;
    worker = new Worker(workerUrl(import.meta.url, "large-body-worker"), {
      name: "farthing-large-bodies",
    });
    worker.on("message", receive);
    worker.on("error", failAll);
    worker.on("exit", failAll);
    return worker;
  };
  const run = <Value>(body: Uint8Array, job: LargeBodyJob): Promise<Value> => {
    if (waiting.size >= waitingMax) {
      return Promise.reject(new FarthingError("overloaded", "Too many large bodies are being read. Try again."));
    }
    return new Promise<Value>((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve: resolve as (value: never) => void, reject });
      // A copy that moves: the caller's bytes stay, they go upstream. (`Uint8Array.from` would walk through it byte by byte.)
      const copy = new Uint8Array(body);
      const message: LargeBodyMessage = { id: lastId, body: copy, job };
      const thread = threadOf();
      thread.ref();
      thread.postMessage(message, [copy.buffer]);
    });
  };
  return {
    read: async (body, dialect, path, depthMax) => {
      const reading = await run<LargeBodyReading>(body, { kind: "read", dialect, path, depthMax });
      const large: LargeBody = {
        canonicalDigest: reading.canonicalDigest,
        promptBytes: reading.promptBytes,
        encode: (edit) => run<Uint8Array>(body, { kind: "encode", dialect, path, edit }),
        translate: (to, model, options) =>
          run<TranslatedRequest>(body, { kind: "translate", dialect, path, to, model, options }),
      };
      return { ...reading.request, large };
    },
    close: async () => {
      const ending = worker;
      worker = null;
      await ending?.terminate();
    },
  };
}
