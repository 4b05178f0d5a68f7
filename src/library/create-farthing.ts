import type { LogLine } from "../assembly/alarms.ts";
import { createEngine } from "../assembly/create-engine.ts";
import type { Engine, EngineOptions } from "../assembly/engine.ts";
import { drainCalls } from "../gateway/drain-calls.ts";
import { logToStderr } from "../gateway/log-to-stderr.ts";
import { watchReaders, writeStallMsDefault } from "../gateway/stalled-readers.ts";
import { createSurface } from "../gateway/surface.ts";
import { createTrafficRoutes } from "../gateway/traffic-routes.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { answerRequest } from "./answer-request.ts";
import { type LibraryConfig, readLibraryConfig } from "./read-library-config.ts";

/** What a Farthing in this process is made from. */
export interface FarthingOptions {
  /** A `farthing.yaml` by its path, or the same document as an object. Default: `./farthing.yaml` if it is there, else the defaults. */
  readonly config?: LibraryConfig;
  /** Variables that the config may name, and provider keys. Default: those of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes one object for each failure, alarm and warning. Default: JSON lines on stderr. */
  readonly log?: LogLine;
  /** Longest time in which the reader of an answer takes nothing of it before it is cut off, milliseconds. Default 60,000. */
  readonly writeStallMs?: number;
  /** Parts of the engine to replace, for tests and measurements. */
  readonly engineOptions?: Omit<EngineOptions, "log">;
}

/** Farthing without a port: the gateway's answers in this process. */
export interface Farthing {
  /**
   * Answers a request as the gateway would, errors included; the URL's host may be any. The request's signal and cancelling the
   * body are how a caller leaves. Rejects as `fetch` does, and with FarthingError `shutting_down` once closed.
   */
  readonly handle: (request: Request) => Promise<Response>;
  /** `handle` in the shape of `fetch`, to be given to a client. Nothing goes to the URL's host: what the gateway does not know is its 404. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** To be shown to a person now: the new local key is stored nowhere. Empty but at the first start. */
  readonly firstStartNotices: readonly string[];
  /** Takes no new calls, gives open ones the config's drain time, ends the rest with an error, closes the ledger last. Idempotent. */
  readonly close: () => Promise<void>;
}

/**
 * Builds the gateway's engine in this process and opens no port. Its ledger holds a thread, so the process ends after `close`.
 * Rejects with FarthingError `config_invalid`, nothing left behind, when the config is wrong or the data directory cannot be had.
 */
export async function createFarthing(options: FarthingOptions = {}): Promise<Farthing> {
  const log = options.log ?? logToStderr;
  const { config, warnings } = readLibraryConfig(options.config, options.env ?? process.env);
  for (const message of warnings) log({ level: "warn", event: "config-warning", message });
  const engine = await createEngine(config, { ...options.engineOptions, log });
  return farthingOf(engine, log, options.writeStallMs ?? writeStallMsDefault);
}

function farthingOf(engine: Engine, log: LogLine, writeStallMs: number): Farthing {
  const surface = createSurface(engine, log);
  const routes = createTrafficRoutes(surface);
  const stopWatch = watchReaders(surface, writeStallMs);
  let closing: Promise<void> | null = null;
  let closed = false;
  const close = async (): Promise<void> => {
    await drainCalls(surface);
    closed = true;
    stopWatch();
    await engine.close();
  };
  const handle = async (request: Request): Promise<Response> => {
    if (closed) throw new FarthingError("shutting_down", "This Farthing is closed. Create another one.");
    return answerRequest(routes, request);
  };
  return {
    handle,
    fetch: async (input, init) => handle(requestOf(input, init)),
    firstStartNotices: engine.firstStartNotices,
    close: () => (closing ??= close()),
  };
}

/** A path alone is enough: nobody looks at the host. */
function requestOf(input: string | URL | Request, init: RequestInit | undefined): Request {
  if (input instanceof Request) return init === undefined ? input : new Request(input, init);
  return new Request(new URL(input, "http://farthing"), init);
}
