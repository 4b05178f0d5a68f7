import { headerOf } from "../../kit/header-list.ts";
import { mayStore, readCacheControl, whyNotReusable } from "../../policies/cache-admission.ts";
import type { Context } from "../../spec/context.ts";
import type { AnswerTicket, FoundAnswer, StoredAnswer } from "../../spec/answer-store.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Reply, ReplyEnd, StreamReply, StreamSink } from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { cacheScopeOf } from "../cache-scope.ts";
import { replayStored, storedReplyOf } from "../cached-answer.ts";
import { requestKeyOf } from "../request-key.ts";
import { alarmSteppedAside, stepAside } from "../step-aside.ts";

/** Answers exact repeats from the store, and stores what may answer one. */
export function createExactCache(): Stage {
  return { name: "exact-cache", kind: "optimisation", wrap: (next) => (context) => answer(context, next) };
}

function answer(context: Context, next: Handler): Promise<Reply> {
  const lookup = admit(context);
  if (lookup === null) return next(context);
  let found: Promise<FoundAnswer> | FoundAnswer;
  try {
    found = context.ports.answers.get(lookup.scope, lookup.key, context.ports.clock.nowMs());
  } catch (error) {
    stepAside(context, "exact-cache", error);
    return next(context);
  }
  // A store in memory answers at once, and waiting for it would cost every request a turn.
  if (found instanceof Promise) return answerLater(context, next, lookup, found);
  return go(context, next, lookup, found);
}

function go(context: Context, next: Handler, lookup: Lookup, { answer: stored, ticket }: FoundAnswer): Promise<Reply> {
  if (stored === null || !lookup.lookUp) return callAndStore(context, next, { ...lookup, ticket });
  return serve(context, stored);
}

async function answerLater(
  context: Context,
  next: Handler,
  lookup: Lookup,
  pending: Promise<FoundAnswer>,
): Promise<Reply> {
  let found: FoundAnswer;
  try {
    found = await pending;
  } catch (error) {
    stepAside(context, "exact-cache", error);
    return next(context);
  }
  return go(context, next, lookup, found);
}

/** What one request may do with the store. */
interface Lookup {
  readonly scope: CacheScope;
  readonly key: string;
  readonly ticket: AnswerTicket | null;
  readonly lookUp: boolean;
  readonly store: boolean;
}

/** Null, and a line in the journal, when the cache keeps out of this request. */
function admit(context: Context): Lookup | null {
  try {
    const control = readCacheControl(headerOf(context.headers, "cache-control"));
    const why = control.store ? whyNotReusable(context.request) : "asked not to";
    const key = why === null ? requestKeyOf(context) : null;
    const scope = cacheScopeOf(context);
    if (key !== null && scope !== null) return { ...control, scope, key, ticket: null };
    context.journal.append({
      stage: "exact-cache",
      decision: "pass",
      reason: "not-cacheable",
      note: why ?? "number too large to compare",
    });
  } catch (error) {
    stepAside(context, "exact-cache", error);
  }
  return null;
}

function serve(context: Context, stored: StoredAnswer): Promise<Reply> {
  context.journal.append({ stage: "exact-cache", decision: "serve", reason: "hit", note: stored.model });
  return Promise.resolve(replayStored(stored));
}

async function callAndStore(context: Context, next: Handler, lookup: Lookup): Promise<Reply> {
  const note = lookup.lookUp ? {} : { note: "fresh answer asked for" };
  context.journal.append({ stage: "exact-cache", decision: "call", reason: "miss", ...note });
  const reply = await next({ ...context, answerKey: lookup.key });
  // A follower's answer is stored by its leader.
  if (reply.origin !== "provider" || reply.status !== 200) return reply;
  if (reply.kind === "stream") {
    return { ...reply, open: (sink) => reply.open(new StoringSink(context, lookup, reply, sink)) };
  }
  store(context, lookup, reply, [reply.body], reply.end);
  return reply;
}

/** Passes a stream on and keeps a copy, as long as it may still be stored. */
class StoringSink implements StreamSink {
  readonly #context: Context;
  readonly #lookup: Lookup;
  readonly #reply: StreamReply;
  readonly #outer: StreamSink;
  #pieces: Uint8Array[] | null = [];
  #bytes = 0;

  constructor(context: Context, lookup: Lookup, reply: StreamReply, outer: StreamSink) {
    this.#context = context;
    this.#lookup = lookup;
    this.#reply = reply;
    this.#outer = outer;
  }

  chunk(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#context.route.exactCache.entryBytesMax) this.#pieces = null;
    this.#pieces?.push(bytes);
    return this.#outer.chunk(bytes);
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    if (this.#pieces !== null) store(this.#context, this.#lookup, this.#reply, [...this.#pieces, lastBytes], end);
    this.#pieces = null;
    this.#outer.end(lastBytes, end);
  }
}

/** Stores an answer that may be. A store that fails costs a later hit and nothing else. */
function store(
  context: Context,
  { scope, key, ticket }: Lookup,
  reply: Reply,
  pieces: readonly Uint8Array[],
  end: ReplyEnd,
): void {
  try {
    if (ticket === null) return;
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    const { call } = end;
    const answered = {
      status: reply.status,
      complete: end.complete,
      finishReason: call?.finishReason ?? null,
      hasToolCalls: call?.hasToolCalls ?? false,
      bytes,
    };
    if (!mayStore(answered, context.route.exactCache.entryBytesMax)) return;
    const entry = storedReplyOf(context, reply, pieces, end);
    if (entry === null) return;
    const pending = context.ports.answers.set(scope, key, entry, ticket, context.ports.clock.nowMs());
    if (pending instanceof Promise) pending.catch((error: unknown) => alarmSteppedAside(context, "exact-cache", error));
  } catch (error) {
    alarmSteppedAside(context, "exact-cache", error);
  }
}
