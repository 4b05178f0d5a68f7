import { describe, expect, it } from "vitest";
import type { Context } from "../../spec/context.ts";
import type { ReplyEnd, StreamSink } from "../../spec/reply.ts";
import { createStageContext } from "../../testing/stage-context.ts";
import { createRefresher } from "./refresh-answers.ts";

const end: ReplyEnd = {
  complete: true,
  usage: { source: "unknown", tokens: {} },
  call: null,
  reused: null,
  settled: null,
};

describe("a refresher", () => {
  it("does nothing before its start and after its stop", async () => {
    const context = createStageContext();
    const refresher = createRefresher(() => 7n, context.ports.clock);
    let calls = 0;
    await refresher.refresh(context);
    refresher.start(() => {
      calls++;
      return Promise.reject(new Error("planted"));
    });
    await refresher.refresh(context);
    refresher.stop();
    await refresher.refresh(context);
    expect(calls).toBe(1);
  });

  it("hands on a request of its own: id, journal, attempts, time limit, nobody who leaves", async () => {
    const caller = new AbortController();
    const context = createStageContext({ changes: { signal: caller.signal } });
    context.ports.clock.advance(5_000);
    const refresher = createRefresher(() => 7n, context.ports.clock);
    const seen: Context[] = [];
    refresher.start((fresh) => {
      seen.push(fresh);
      return Promise.resolve({
        kind: "whole",
        status: 200,
        headers: [],
        origin: "provider",
        body: new Uint8Array(),
        end,
      });
    });
    await refresher.refresh(context);
    caller.abort();
    const [fresh] = seen;
    expect(fresh).toMatchObject({ id: 7n, requestId: "fr_7", purpose: "refresh", rawBody: context.rawBody });
    expect(fresh?.cacheControl).toEqual({ ...context.cacheControl, lookUp: false });
    expect(fresh?.journal).not.toBe(context.journal);
    expect(fresh?.attempts).not.toBe(context.attempts);
    expect(fresh?.signal.aborted).toBe(false);
    expect((fresh?.deadlineUs ?? 0) - context.deadlineUs).toBe(5_000_000);
  });

  it("reads a stream to its end and resolves then", async () => {
    const context = createStageContext();
    const refresher = createRefresher(() => 7n, context.ports.clock);
    const sinks: StreamSink[] = [];
    refresher.start(() =>
      Promise.resolve({
        kind: "stream",
        status: 200,
        headers: [],
        origin: "provider",
        open: (sink) => {
          sinks.push(sink);
          return { resume: () => undefined, cancel: () => undefined };
        },
      }),
    );
    let over = false;
    const refreshed = refresher.refresh(context).then(() => (over = true));
    await Promise.resolve();
    await Promise.resolve();
    expect(sinks[0]?.chunk(new Uint8Array(1))).toBe(true);
    expect(over).toBe(false);
    sinks[0]?.end(new Uint8Array(), end);
    await refreshed;
    expect(over).toBe(true);
  });
});
