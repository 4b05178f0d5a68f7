import type { Reply, StreamControl, StreamReply, StreamSink } from "../spec/reply.ts";

/** Requests handed to the pipeline whose last word has not been said. */
export interface OpenRequests {
  readonly count: number;
  /** Counts a request until its reply is whole, its stream has ended, or it failed. */
  track(reply: Promise<Reply>): Promise<Reply>;
  /** Resolves when none is open, at the latest after `waitMs`. */
  whenNone(waitMs: number): Promise<void>;
}

/** A counter of open requests; close waits on it, so that every request reaches the ledger before the ledger closes. */
export function trackOpenRequests(): OpenRequests {
  let count = 0;
  const waiting = new Set<() => void>();
  const done = (): void => {
    count--;
    if (count === 0) for (const resolve of waiting) resolve();
  };
  const failed = (error: unknown): never => {
    done();
    throw error;
  };
  const arrived = (reply: Reply): Reply => {
    if (reply.kind === "stream") return trackStream(reply, done);
    done();
    return reply;
  };
  return {
    get count() {
      return count;
    },
    track: (reply) => {
      count++;
      return reply.then(arrived, failed);
    },
    whenNone: (waitMs) =>
      new Promise((resolve) => {
        if (count === 0) return resolve();
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(finish);
          resolve();
        };
        const timer = setTimeout(finish, waitMs);
        waiting.add(finish);
      }),
  };
}

/** The same stream, telling of its end. */
function trackStream(reply: StreamReply, done: () => void): StreamReply {
  return {
    kind: "stream",
    status: reply.status,
    headers: reply.headers,
    origin: reply.origin,
    open: (sink: StreamSink): StreamControl =>
      reply.open({
        chunk: (bytes) => sink.chunk(bytes),
        end: (lastBytes, end) => {
          done();
          sink.end(lastBytes, end);
        },
      }),
  };
}
