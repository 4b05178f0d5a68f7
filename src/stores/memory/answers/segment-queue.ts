import type { AnswerIndex } from "./answer-index.ts";
import { judgeSegments } from "./judge-segments.ts";
import { alignmentBytes, Segment, type EntryJudge, type EntryNumbers, type EntryText } from "./segment.ts";

/** Room is divided into this many segments at least, ... */
const segmentsMin = 32;
/** ... of this size at most, so that making room takes short. */
const segmentBytesMax = 1 << 18;
const segmentBytesMin = 1 << 10;
/** An entry above this part of a segment gets one of its own, so that little of a segment stays unused. */
const entriesPerSegment = 8;
/** An entry above this part of all room is not kept. */
const partsOfRoom = 8;

/**
 * Segments in the order they were begun, in room of a fixed size. When it is used up the oldest are judged: of their
 * entries those that were asked for, and earn most for their bytes, are written together into a new segment, the rest
 * goes; an answer that nobody asked for again goes at the end of its first round, however many come.
 * After Yang, Yue, Vinayak, "Segcache" (NSDI 2021), with money for what a hit is worth.
 */
export class SegmentQueue {
  /** Largest entry that is kept. */
  readonly entryBytesMax: number;
  evicted = 0;
  readonly #roomBytes: number;
  readonly #segmentBytes: number;
  readonly #index: AnswerIndex;
  readonly #keeps: EntryJudge;
  #queue = new Set<Segment>();
  readonly #byId: (Segment | undefined)[] = [];
  #freeIds: number[] = [];
  /** Segments that are empty, to be written again. */
  #spare: Segment[] = [];
  #open: Segment | null = null;
  #kept: Segment | null = null;
  #bytes = 0;

  constructor(roomBytes: number, index: AnswerIndex, keeps: EntryJudge) {
    const even = 2 ** Math.floor(Math.log2(Math.max(1, roomBytes / segmentsMin)));
    this.#segmentBytes = Math.min(segmentBytesMax, Math.max(segmentBytesMin, even));
    // One segment stays free for those that are kept.
    this.#roomBytes = roomBytes - this.#segmentBytes;
    this.entryBytesMax = this.#roomBytes < partsOfRoom * this.#segmentBytes ? 0 : Math.floor(roomBytes / partsOfRoom);
    this.#index = index;
    this.#keeps = keeps;
  }

  /** Bytes of all segments, empty ones too. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Where a handle points; handles come from here, and hold until something is appended. */
  at(handle: number): readonly [segment: Segment, at: number] {
    const units = this.#segmentBytes / alignmentBytes;
    const segment = this.#byId[Math.floor(handle / units)];
    if (segment === undefined) throw new RangeError(`no segment has the entry ${handle}`);
    return [segment, (handle % units) * alignmentBytes];
  }

  handleOf(segment: Segment, at: number): number {
    return segment.id * (this.#segmentBytes / alignmentBytes) + at / alignmentBytes;
  }

  hitsOf(handle: number, nowMs: number): number {
    const [segment, at] = this.at(handle);
    return segment.hitsOf(at, nowMs);
  }

  /** The segments at this moment, and those begun while they are walked through. */
  segments(): Iterable<Segment> {
    return this.#queue;
  }

  /** Appends an entry of at most `entryBytesMax`, and throws out others where that takes room. */
  append(text: EntryText, size: number, over: EntryNumbers): void {
    while (this.#index.entries >= this.#index.entriesMax) this.#evict(over.nowMs);
    const segment = this.#segmentFor(size, over.nowMs);
    this.#index.add(text.hash, this.handleOf(segment, segment.append(text, size, over)));
  }

  clear(): void {
    this.#queue = new Set();
    this.#byId.length = 0;
    this.#freeIds = [];
    this.#spare = [];
    [this.#open, this.#kept] = [null, null];
    this.#bytes = 0;
  }

  #segmentFor(size: number, nowMs: number): Segment {
    if (size > this.#segmentBytes / entriesPerSegment) {
      while (this.#bytes + size > this.#roomBytes) if (!this.#dropSpare()) this.#evict(nowMs);
      return this.#begin(size);
    }
    while (this.#open === null || this.#open.used + size > this.#segmentBytes) {
      if (this.#spare.length === 0 && this.#bytes + this.#segmentBytes > this.#roomBytes) this.#evict(nowMs);
      else this.#open = this.#begin(this.#segmentBytes);
    }
    return this.#open;
  }

  #begin(capacity: number): Segment {
    let segment = capacity === this.#segmentBytes ? this.#spare.pop() : undefined;
    if (segment === undefined) {
      segment = new Segment(this.#freeIds.pop() ?? this.#byId.length, capacity);
      this.#byId[segment.id] = segment;
      this.#bytes += segment.capacity;
    }
    this.#queue.add(segment);
    return segment;
  }

  #dropSpare(): boolean {
    const segment = this.#spare.pop();
    if (segment !== undefined) this.#forget(segment);
    return segment !== undefined;
  }

  #forget(segment: Segment): void {
    this.#byId[segment.id] = undefined;
    this.#freeIds.push(segment.id);
    this.#bytes -= segment.capacity;
  }

  /** Judges the oldest few segments and lets at least half of their bytes go. */
  #evict(nowMs: number): void {
    const busy = new Set([this.#open, this.#kept]);
    const { segments, keep } = judgeSegments(this.#queue, busy, this.#keeps, nowMs);
    if (segments.length === 0) [this.#open, this.#kept] = [null, null];
    for (const segment of segments) {
      this.#queue.delete(segment);
      const kept = keep.get(segment) ?? new Set();
      // One of its own is not written again: it goes to the end of the queue as it is.
      if (segment.capacity !== this.#segmentBytes && kept.size > 0) this.#queue.add(segment);
      else this.#empty(segment, kept);
    }
  }

  #empty(segment: Segment, kept: ReadonlySet<number>): void {
    for (const at of segment.entries()) {
      const [hash, handle] = [segment.hashOf(at), this.handleOf(segment, at)];
      const moved = kept.has(at) ? this.#adopt(segment, at) : null;
      if (moved === null) {
        this.#index.remove(hash, handle);
        this.evicted++;
      } else this.#index.move(hash, handle, moved);
    }
    segment.used = 0;
    if (segment.capacity === this.#segmentBytes) this.#spare.push(segment);
    else this.#forget(segment);
  }

  /** @returns the entry's new handle; null where the ends of segments left no room for it after all. */
  #adopt(from: Segment, at: number): number | null {
    if (this.#kept === null || this.#kept.used + from.sizeOf(at) > this.#kept.capacity) {
      if (this.#spare.length === 0 && this.#bytes > this.#roomBytes) return null;
      this.#kept = this.#begin(this.#segmentBytes);
    }
    return this.handleOf(this.#kept, this.#kept.adopt(from, at));
  }
}
