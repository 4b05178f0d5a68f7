import { headerOf } from "../kit/header-list.ts";
import type { Context } from "../spec/context.ts";
import type { StoredAnswer } from "../spec/answer-store.ts";
import type { Reply, ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";

/** A stored stream is replayed in pieces of this size, so that a slow reader can pause it. */
const pieceBytes = 16_384;
const noBytes = new Uint8Array(0);

/**
 * What the store keeps of an answer bought just now; null when its purchase is not on record. Of the headers only the
 * content type stays: the rest (cookies, limits, ids) was about that one call. The bytes
 * are the caller's still: the store copies what it keeps.
 */
export function storedReplyOf(
  context: Context,
  reply: Reply,
  pieces: readonly Uint8Array[],
  end: ReplyEnd,
): StoredAnswer | null {
  const purchase = context.attempts.entries.at(-1);
  if (purchase === undefined) return null;
  const contentType = headerOf(reply.headers, "content-type");
  const storedAtMs = context.ports.clock.nowMs();
  return {
    kind: reply.kind,
    status: reply.status,
    dialect: context.request.dialect,
    streamUsage: context.request.streamUsage,
    headers: contentType === null ? [] : ["content-type", contentType],
    pieces: reply.kind === "whole" ? pieces : joinStream(pieces),
    usage: end.usage,
    endpointId: purchase.endpointId,
    vendor: purchase.vendor,
    model: purchase.model,
    servedModel: purchase.servedModel,
    boughtBy: context.id,
    costPicoUsd: purchase.cost.picoUsd ?? 0n,
    asked: null,
    storedAtMs,
    freshUntilMs: storedAtMs + context.route.exactCache.ttlMs,
    endsAtMs: storedAtMs + context.route.exactCache.ttlMs,
    tags: [],
  };
}

/** The whole text, cut evenly; the terminal event keeps a piece of its own. */
function joinStream(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const lastBytes = pieces.at(-1) ?? noBytes;
  let size = 0;
  for (const piece of pieces) size += piece.length;
  const text = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    text.set(piece, at);
    at += piece.length;
  }
  const lastAt = size - lastBytes.length;
  const copies: Uint8Array[] = [];
  for (let from = 0; from < lastAt; from += pieceBytes)
    copies.push(text.subarray(from, Math.min(lastAt, from + pieceBytes)));
  copies.push(text.subarray(lastAt));
  return copies;
}

/** The answer again, as it was: nothing is bought, and its usage is what the provider counted then. */
export function replayStored(stored: StoredAnswer): Reply {
  const { headers, pieces, boughtBy, endpointId, vendor, model } = stored;
  const reused = { boughtBy, endpointId, vendor, model };
  const end: ReplyEnd = { complete: true, usage: stored.usage, call: null, reused, settled: null };
  const start = { status: 200, headers, origin: "exact" } as const;
  if (stored.kind === "whole") return { ...start, kind: "whole", body: pieces[0] ?? noBytes, end };
  return { ...start, kind: "stream", open: (sink) => new Replay(pieces, end, sink).start() };
}

/** Walks through stored pieces at the reader's pace. */
class Replay implements StreamControl {
  readonly #pieces: readonly Uint8Array[];
  readonly #end: ReplyEnd;
  readonly #sink: StreamSink;
  #position = 0;
  #over = false;

  constructor(pieces: readonly Uint8Array[], end: ReplyEnd, sink: StreamSink) {
    this.#pieces = pieces;
    this.#end = end;
    this.#sink = sink;
  }

  start(): StreamControl {
    this.resume();
    return this;
  }

  resume(): void {
    const last = this.#pieces.length - 1;
    while (!this.#over && this.#position < last) {
      const piece = this.#pieces[this.#position++] ?? noBytes;
      if (!this.#sink.chunk(piece)) return;
    }
    this.#finish(this.#pieces[last] ?? noBytes, this.#end);
  }

  cancel(): void {
    this.#finish(noBytes, { ...this.#end, complete: false });
  }

  #finish(lastBytes: Uint8Array, end: ReplyEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#sink.end(lastBytes, end);
  }
}
