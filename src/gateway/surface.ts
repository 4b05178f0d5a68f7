import type { IncomingMessage, ServerResponse } from "node:http";
import type { LogLine } from "../assembly/alarms.ts";
import type { Engine } from "../assembly/engine.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { requestIdOf } from "../kit/request-id.ts";
import { SlotList, type Slotted } from "../kit/slot-list.ts";
import type { Dialect } from "../spec/dialect.ts";
import type { ErrorCode } from "../spec/errors.ts";
import type { RequestHead } from "./read-head.ts";
import { writeError } from "./write-error.ts";

/** A call that is being answered. */
export interface OpenCall extends Slotted {
  /** Ends it now, with an error that says so. */
  shutDown(): void;
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
}

const logEveryMs = 1000;

/** The state shared by the listeners of one gateway. */
export function createSurface(engine: Engine, log: LogLine): Surface {
  const loggedAtMs = new Map<ErrorCode, number>();
  return {
    engine,
    log,
    openCalls: new SlotList(),
    draining: false,
    countRejection: (error, requestId) => {
      engine.metrics.rejected(error.code);
      const nowMs = engine.clock.nowMs();
      if (Math.abs(nowMs - (loggedAtMs.get(error.code) ?? 0)) < logEveryMs) return;
      loggedAtMs.set(error.code, nowMs);
      const { code, status, message } = error;
      log({ level: "info", event: "request-refused", request_id: requestId, code, status, message });
    },
  };
}

/** The dialect in which a caller expects an error: by the path it called, else by the header that only one vendor has. */
export function dialectOf(surface: Surface, path: string, head: RequestHead): Dialect {
  const { dialects } = surface.engine;
  const anthropic = head.anthropicVersion || path.startsWith(dialects["anthropic-messages"].path);
  return anthropic ? dialects["anthropic-messages"] : dialects["openai-chat"];
}

/** Answers a request that goes no further. What is no error of the table is a defect: it is logged and answered as one. */
export function refuse(
  surface: Surface,
  request: IncomingMessage,
  response: ServerResponse,
  dialect: Dialect,
  thrown: unknown,
): void {
  const requestId = requestIdOf(surface.engine.newId());
  const error = FarthingError.isInstance(thrown) ? thrown : defect(surface, thrown, requestId);
  if (error.code !== "internal_error") surface.countRejection(error, requestId);
  if (response.headersSent || response.destroyed) response.destroy();
  else writeError(request, response, dialect, error, requestId);
}

/** Logs an exception that no table foresees: its kind and where it came from, never its text, which may quote a body. */
export function defect(surface: Surface, thrown: unknown, requestId: string): FarthingError {
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  const frames = thrown instanceof Error ? (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  const at = frames.slice(0, 8).map((line) => line.trim());
  surface.log({ level: "error", event: "defect", request_id: requestId, kind, at });
  const message = "A defect in Farthing. Please report it with the request id.";
  return new FarthingError("internal_error", message, { cause: thrown });
}
