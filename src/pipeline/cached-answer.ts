import type { StoredAnswer } from "../spec/answer-store.ts";
import type { Reply, ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";

/** A stored stream is replayed in pieces of this size, so that a slow reader can pause it. */
const pieceBytes = 16_384;
const noBytes = new Uint8Array(0);

/** A stream's pieces as they are stored: the whole text, cut evenly; the terminal event keeps a piece of its own. */
export function joinStream(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
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
  const end: ReplyEnd = { complete: stored.status === 200, usage: stored.usage, call: null, reused, settled: null };
  const start = { status: stored.status, headers, origin: "exact" } as const;
  if (stored.kind === "whole") return { ...start, kind: "whole", body: pieces[0] ?? noBytes, end };
  return { ...start, kind: "stream", open: (sink) => openPieces(pieces, end, sink) };
}

/** Gives pieces that are all there to a reader, at its pace; the last is the terminal event. */
export function openPieces(pieces: readonly Uint8Array[], end: ReplyEnd, sink: StreamSink): StreamControl {
  return new Replay(pieces, end, sink).start();
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
