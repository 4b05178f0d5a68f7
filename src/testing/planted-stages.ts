import type { Context } from "../spec/context.ts";
import type { Reply, ReplyEnd, StreamControl, StreamReply, StreamSink } from "../spec/reply.ts";
import type { Handler } from "../spec/stage.ts";
import type { StageSubject } from "./stage-situation.ts";

/** A stage with one planted fault, by name. The conformance suite has to catch every one of them. */
export const plantedStages: Readonly<Record<string, StageSubject>> = {
  "swallows-abort": planted((context, next) => next({ ...context, signal: new AbortController().signal })),
  "swallows-cancel": plantedStream((reply, sink) => {
    const control = reply.open(sink);
    return { resume: () => control.resume(), cancel: () => undefined };
  }),
  "buffers-stream": plantedStream(bufferStream),
  "edits-without-journal": planted((context, next) =>
    next({ ...context, targets: [{ ...context.targets[0], model: "model-c" }] }),
  ),
  "two-journal-entries": planted((context, next) => {
    note(context);
    return next(context);
  }),
  "no-journal-entry": {
    ...planted(() => Promise.reject(new Error("replaced below"))),
    create: () => ({ name: "choose-target", kind: "optimisation", wrap: (next) => next }),
  },
  "fails-on-own-error": planted(async (context, next) => {
    await context.ports.answers.get(
      { owner: context.caller.scope, isolation: "tenant", partition: context.caller.scope },
      "key",
      0,
    );
    return next(context);
  }),
  "mutates-context": planted((context, next) => {
    (context as { attemptIndex: number }).attemptIndex = 1;
    return next(context);
  }),
  "copies-context": planted((context, next) => next({ ...context })),
  "ends-twice": plantedSink((outer) => ({
    chunk: (bytes) => outer.chunk(bytes),
    end: (lastBytes, end) => {
      outer.end(lastBytes, end);
      outer.end(lastBytes, end);
    },
  })),
  "never-ends-a-cut-stream": plantedSink((outer) => ({
    chunk: (bytes) => outer.chunk(bytes),
    end: (lastBytes, end) => (end.complete ? outer.end(lastBytes, end) : undefined),
  })),
  "drops-last-bytes": plantedSink((outer) => ({
    chunk: (bytes) => outer.chunk(bytes),
    end: (_lastBytes, end) => outer.end(new Uint8Array(0), end),
  })),
  "sends-last-bytes-early": plantedSink((outer) => ({
    chunk: (bytes) => outer.chunk(bytes),
    end: (lastBytes, end) => {
      outer.chunk(lastBytes);
      outer.end(new Uint8Array(0), end);
    },
  })),
  "ignores-backpressure": plantedSink((outer) => ({
    chunk: (bytes) => {
      outer.chunk(bytes);
      return true;
    },
    end: (lastBytes, end) => outer.end(lastBytes, end),
  })),
  "loses-resume": plantedStream((reply, sink) => {
    const control = reply.open(sink);
    return { resume: () => undefined, cancel: () => control.cancel() };
  }),
  "fakes-completeness": plantedSink((outer) => ({
    chunk: (bytes) => outer.chunk(bytes),
    end: (lastBytes, end) => outer.end(lastBytes, { ...end, complete: true }),
  })),
  "rewrites-errors": planted(async (context, next) => {
    const reply = await next(context);
    return reply.status < 400 ? reply : { ...reply, status: 500 };
  }),
};

/** A stage that journals one entry and does what it is told, which is the fault. */
function planted(answer: (context: Context, next: Handler) => Promise<Reply>): StageSubject {
  return {
    name: "choose-target",
    kind: "optimisation",
    create: () => ({
      name: "choose-target",
      kind: "optimisation",
      wrap: (next) => (context) => {
        note(context);
        return answer(context, next);
      },
    }),
    idle: {},
    acting: {},
  };
}

function note(context: Context): void {
  context.journal.append({ stage: "choose-target", decision: "as asked", reason: "as-asked" });
}

function plantedStream(open: (reply: StreamReply, sink: StreamSink) => StreamControl): StageSubject {
  return planted(async (context, next) => {
    const reply = await next(context);
    return reply.kind === "stream" ? { ...reply, open: (sink) => open(reply, sink) } : reply;
  });
}

function plantedSink(wrap: (outer: StreamSink) => StreamSink): StageSubject {
  return plantedStream((reply, sink) => reply.open(wrap(sink)));
}

function bufferStream(reply: StreamReply, outer: StreamSink): StreamControl {
  const held: Uint8Array[] = [];
  return reply.open({
    chunk: (bytes) => {
      held.push(bytes);
      return true;
    },
    end: (lastBytes: Uint8Array, end: ReplyEnd) => {
      for (const bytes of held) outer.chunk(bytes);
      outer.end(lastBytes, end);
    },
  });
}
