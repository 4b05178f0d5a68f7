import { CancelSource } from "../../kit/cancel-source.ts";
import { requestIdOf } from "../../kit/request-id.ts";
import { createAttemptLog } from "../../pipeline/attempt-log.ts";
import { createJournal } from "../../pipeline/journal.ts";
import type { Clock } from "../../spec/clock.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";

/** Makes requests once more by itself, so that a fresh answer takes a stale one's place. */
export interface Refresher {
  /** The port of the stages; see `Ports.refresh`. Does nothing before {@link start} and after {@link stop}. */
  readonly refresh: (context: Context) => Promise<void>;
  /** From now on requests go to `handle`, the engine's own way of a request. */
  start(handle: (context: Context) => Promise<Reply>): void;
  stop(): void;
}

/** A refresher whose requests get ids of `newId`. Each has a row, a journal and a time limit of its own; its answer is for the store only. */
export function createRefresher(newId: () => bigint, clock: Clock): Refresher {
  let handle: ((context: Context) => Promise<Reply>) | null = null;
  return {
    start: (way) => {
      handle = way;
    },
    stop: () => {
      handle = null;
    },
    refresh: async (context) => {
      if (handle === null) return;
      try {
        await drain(await handle(freshContext(context, newId(), clock)));
      } catch {
        // Its row says what happened; the stale answer ends at its time all the same.
      }
    },
  };
}

function freshContext(context: Context, id: bigint, clock: Clock): Context {
  const arrivedAtUs = clock.monotonicUs();
  return {
    ...context,
    id,
    requestId: requestIdOf(id),
    purpose: "refresh",
    // The caller's own wishes still say under which name its answers are kept, and for how long.
    cacheControl: { ...context.cacheControl, lookUp: false },
    arrivedAtMs: clock.nowMs(),
    arrivedAtUs,
    deadlineUs: arrivedAtUs + context.route.timeouts.totalMs * 1_000,
    // Nobody waits, so nobody leaves.
    signal: new CancelSource().signal,
    clientRetries: 0,
    journal: createJournal(),
    attempts: createAttemptLog(),
  };
}

/** A stream flows only when it is read. */
function drain(reply: Reply): Promise<void> {
  if (reply.kind === "whole") return Promise.resolve();
  return new Promise((resolve) => void reply.open({ chunk: () => true, end: () => resolve() }));
}
