import type { AnswerTicket } from "../../spec/answer-store.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply, ReplyEnd, StreamReply, StreamSink } from "../../spec/reply.ts";
import { alarmSteppedAside } from "../step-aside.ts";
import type { Lookup } from "./admit-lookup.ts";
import { servedTag } from "./answer-tags.ts";
import { snapshotWatchOf } from "./snapshot-watch.ts";
import { type EndedReply, storedAnswerOf, storedRefusalOf } from "./stored-answer-of.ts";

/** An answer that is being bought, and where it may be stored. */
export interface Keeping {
  readonly context: Context;
  readonly lookup: Lookup;
  /** Null: nothing is stored. */
  readonly ticket: AnswerTicket | null;
}

/** Stores what may be of a reply that was bought just now, a stream's once it has ended. */
export function keepReply(keeping: Keeping, reply: Reply): Reply {
  // A follower's answer is stored by its leader.
  if (reply.origin !== "provider") return reply;
  if (reply.kind === "stream") return { ...reply, open: (sink) => reply.open(new KeepingSink(keeping, reply, sink)) };
  keep(keeping, { reply, pieces: [reply.body], end: reply.end });
  return reply;
}

/** Passes a stream on and keeps a copy, as long as it may still be stored. */
class KeepingSink implements StreamSink {
  readonly #keeping: Keeping;
  readonly #reply: StreamReply;
  readonly #outer: StreamSink;
  #pieces: Uint8Array[] | null;
  #bytes = 0;

  constructor(keeping: Keeping, reply: StreamReply, outer: StreamSink) {
    this.#keeping = keeping;
    this.#reply = reply;
    this.#outer = outer;
    this.#pieces = keeping.ticket === null ? null : [];
  }

  chunk(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#keeping.context.route.exactCache.entryBytesMax) this.#pieces = null;
    this.#pieces?.push(bytes);
    return this.#outer.chunk(bytes);
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    const ticket = this.#pieces === null ? null : this.#keeping.ticket;
    keep({ ...this.#keeping, ticket }, { reply: this.#reply, pieces: [...(this.#pieces ?? []), lastBytes], end });
    this.#pieces = null;
    this.#outer.end(lastBytes, end);
  }
}

/** Stores an answer that may be. A store that fails costs a later hit and nothing else. */
function keep(keeping: Keeping, ended: EndedReply): void {
  const { context, lookup, ticket } = keeping;
  try {
    const purchase = context.attempts.entries.at(-1);
    if (purchase === undefined) return;
    const isAnswer = ended.reply.status === 200;
    if (isAnswer && ended.end.complete) watchSnapshot(context, purchase);
    if (ticket === null) return;
    const entry = (isAnswer ? storedAnswerOf : storedRefusalOf)(context, lookup, ended, purchase);
    if (entry === null) return;
    const { answers, clock } = context.ports;
    quietly(context, answers.set(lookup.scope, lookup.key, entry, ticket, clock.nowMs()));
  } catch (error) {
    alarmSteppedAside(context, "exact-cache", error);
  }
}

/** When another snapshot answers behind the same name, what the old one answered dies: here for all, in the store for this owner. */
export function watchSnapshot(context: Context, purchase: Context["attempts"]["entries"][number]): void {
  const { answers, clock } = context.ports;
  const nowMs = clock.nowMs();
  const ended = snapshotWatchOf(answers).note(purchase, purchase.startedAtMs, nowMs);
  if (ended === null) return;
  quietly(context, answers.invalidate(context.caller.scope, servedTag(purchase, ended), nowMs));
}

/** Many writes wait for one transaction: what they hold on to meanwhile may not be whole requests. */
function quietly({ ports }: Context, pending: void | Promise<void>): void {
  if (pending instanceof Promise) pending.catch((error: unknown) => alarmSteppedAside({ ports }, "exact-cache", error));
}
