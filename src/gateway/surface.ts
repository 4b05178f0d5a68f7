import type { LogLine } from "../assembly/alarms.ts";
import type { Engine } from "../assembly/engine.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { requestIdOf } from "../kit/request-id.ts";
import { SlotList, type Slotted } from "../kit/slot-list.ts";
import type { Dialect } from "../spec/dialect.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { dialectPathIn } from "./check-target.ts";
import { logDefect } from "./log-failure.ts";
import { writeError } from "./write-error.ts";

/** A call that is being answered. */
export interface OpenCall extends Slotted {
  /** Ends it now, with an error that says so. */
  shutDown(): void;
  /** Cuts the connection when the caller took nothing of what waits for it for `limitMs`. `nowMs` is monotonic. */
  cutIfStalled(nowMs: number, limitMs: number): void;
}

/** What every request of both listeners shares. */
export interface Surface {
  readonly engine: Engine;
  readonly log: LogLine;
  /** Calls being answered. */
  readonly openCalls: SlotList<OpenCall>;
  /** No new calls: the process is about to end. */
  draining: boolean;
  /** Counts a refusal; logs at most one a second of each code. */
  countRejection(error: FarthingError, requestId: string): void;
  /** Logs at most one line a second of each kind: for what a stranger or the system can cause at any rate. */
  logSampled(kind: string, line: object): void;
}

const logEveryMs = 1000;
/** Kinds remembered; there are a few dozen. */
const kindsMax = 256;

/** The state shared by the listeners of one gateway. */
export function createSurface(engine: Engine, log: LogLine): Surface {
  const loggedAtMs = new Map<string, number>();
  const logSampled = (kind: string, line: object): void => {
    const nowMs = engine.clock.nowMs();
    if (Math.abs(nowMs - (loggedAtMs.get(kind) ?? 0)) < logEveryMs) return;
    if (loggedAtMs.size >= kindsMax) loggedAtMs.clear();
    loggedAtMs.set(kind, nowMs);
    log(line);
  };
  return {
    engine,
    log,
    openCalls: new SlotList(),
    draining: false,
    logSampled,
    countRejection: (error, requestId) => {
      engine.metrics.rejected(error.code);
      const { code, status, message } = error;
      logSampled(code, { level: "info", event: "request-refused", request_id: requestId, code, status, message });
    },
  };
}

/**
 * The dialect in which a caller expects an error: by the path it called, wherever that stands in its target (which may be the
 * very thing that is wrong), else by the header that only one vendor has.
 */
export function dialectOf(surface: Surface, target: string, anthropicVersion: boolean): Dialect {
  const { dialects } = surface.engine;
  for (const dialect of Object.values(dialects)) {
    if (dialectPathIn(target, fixedPart(dialect.path))) return dialect;
  }
  return anthropicVersion ? dialects["anthropic-messages"] : dialects["openai-chat"];
}

/** A path up to the model in it. */
function fixedPart(path: string): string {
  const brace = path.indexOf("{");
  return brace === -1 ? path : path.slice(0, brace);
}

/** Answers a request that goes no further. What is no error of the table is a defect: it is logged and answered as one. */
export function refuse(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  dialect: Dialect,
  thrown: unknown,
): void {
  const requestId = requestIdOf(surface.engine.newId());
  const error = asFarthingError(thrown);
  if (error.code === "internal_error") logDefect(surface.log, error.cause ?? error, requestId);
  else surface.countRejection(error, requestId);
  if (response.headersSent || response.destroyed) response.destroy();
  else writeError(request, response, dialect, error, requestId);
}

/** The error of the table that stands for whatever was thrown; what is in no table is a defect of ours. */
export function asFarthingError(thrown: unknown): FarthingError {
  if (FarthingError.isInstance(thrown)) return thrown;
  const message = "A defect in Farthing. Please report it with the request id.";
  return new FarthingError("internal_error", message, { cause: thrown });
}
