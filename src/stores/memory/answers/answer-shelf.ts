import { setImmediate as turn } from "node:timers/promises";
import type { AnswerEntry, AnswerSelector, StoredAnswer } from "../../../spec/answer-store.ts";
import type { CacheScope, Isolation } from "../../../spec/cache-scope.ts";
import type { Scope } from "../../../spec/caller.ts";
import { answerOf, headTextOf, type AnswerHead } from "../../answers/answer-codec.ts";
import { AnswerIndex, hashOf } from "./answer-index.ts";
import { SegmentQueue } from "./segment-queue.ts";
import { entryBytes, type EntryJudge, type EntryText } from "./segment.ts";

/** The index has a slot for this many bytes at least; an answer with its place and head takes twice as many. */
const bytesPerSlot = 256;
const slotsMin = 64;
/** Segments that are erased before others have their turn. */
const segmentsPerTurn = 16;

/** What the shelf knows about an entry by heart, beside the answer: when it was last known to be alive. */
export interface EntryStamp {
  /** Number of its owner's generation; the shelf's user says what it means. */
  readonly generation: number;
  readonly sequence: number;
}

/** Decides whether an entry that earned its keep may be kept; asked about those with hits only. */
export type ShelfJudge = (owner: Scope, key: string, stamp: EntryStamp, tags: () => readonly string[]) => boolean;

/**
 * Answers in memory outside of the heap, in room of a fixed size: which there are, and who goes. Whether one may still
 * be served is for its user to know, who marks every entry with a stamp. Entries are named by handles, which hold until
 * the next `put`.
 */
export class AnswerShelf {
  readonly #index: AnswerIndex;
  readonly #queue: SegmentQueue;

  /** @param bytesMax room for entries and index. */
  constructor(bytesMax: number, judge: ShelfJudge) {
    this.#index = new AnswerIndex(2 ** Math.floor(Math.log2(Math.max(slotsMin, bytesMax / bytesPerSlot))));
    const keeps: EntryJudge = (segment, at) => {
      const { scope, key } = parsePlace(segment.placeOf(at), "tenant");
      const stamp = { generation: segment.generationOf(at), sequence: segment.sequenceOf(at) };
      return judge(scope.owner, key, stamp, () => tagsOf(parseHead(segment.headOf(at))));
    };
    this.#queue = new SegmentQueue(bytesMax - this.#index.bytes, this.#index, keeps);
  }

  /** Bytes held, blocks that were begun counted whole. */
  get bytes(): number {
    return this.#index.bytes + this.#queue.bytes;
  }

  get entries(): number {
    return this.#index.entries;
  }

  /** Entries thrown out to make room. */
  get evicted(): number {
    return this.#queue.evicted;
  }

  /** @returns the entry at this place; -1: none. */
  find(scope: CacheScope, key: string): number {
    const hash = hashOf(key);
    return this.#index.first(hash) < 0 ? -1 : this.#find(placeOf(scope, key), hash);
  }

  stampOf(handle: number): EntryStamp {
    const [segment, at] = this.#queue.at(handle);
    return { generation: segment.generationOf(at), sequence: segment.sequenceOf(at) };
  }

  endsAtMsOf(handle: number): number {
    const [segment, at] = this.#queue.at(handle);
    return segment.endsAtMsOf(at);
  }

  tagsOf(handle: number): readonly string[] {
    const [segment, at] = this.#queue.at(handle);
    return tagsOf(parseHead(segment.headOf(at)));
  }

  /** A copy of the answer. */
  read(handle: number): StoredAnswer {
    const [segment, at] = this.#queue.at(handle);
    return answerOf(parseHead(segment.headOf(at))[1], segment.bodyOf(at));
  }

  /** @returns hits of the entry with this one, those long ago counting less. */
  countHit(handle: number, nowMs: number): number {
    const [segment, at] = this.#queue.at(handle);
    return segment.countHit(at, nowMs);
  }

  /** The entry was found alive at this stand. */
  stamp(handle: number, { generation, sequence }: EntryStamp): void {
    const [segment, at] = this.#queue.at(handle);
    segment.stamp(at, generation, sequence);
  }

  /** Lets an entry go; `erase`: its bytes are written over, too. */
  remove(handle: number, erase = false): void {
    const [segment, at] = this.#queue.at(handle);
    this.#index.remove(segment.hashOf(at), handle);
    segment.remove(at, erase);
  }

  /** Puts a copy there, in place of what was; makes room for it. @returns false where it is too large to be kept. */
  put(scope: CacheScope, key: string, answer: StoredAnswer, stamp: EntryStamp, nowMs: number): boolean {
    const place = placeOf(scope, key);
    const head = `["${scope.isolation}",${headTextOf(answer)}]`;
    const text: EntryText = { hash: hashOf(key), place, head, pieces: answer.pieces };
    const former = this.#find(place, text.hash);
    const hits = former < 0 ? 0 : this.#queue.hitsOf(former, nowMs);
    if (former >= 0) this.remove(former);
    const size = entryBytes(text);
    if (size > this.#queue.entryBytesMax) return false;
    const cost = Number(answer.costPicoUsd);
    this.#queue.append(text, size, { ...stamp, endsAtMs: answer.endsAtMs, cost, hits, nowMs });
    return true;
  }

  /** Every entry that fits, segment by segment: in lists that nothing comes between. */
  *list(selector: AnswerSelector): Generator<readonly (readonly [handle: number, read: () => AnswerEntry])[]> {
    for (const segment of this.#queue.segments()) {
      const found: (readonly [number, () => AnswerEntry])[] = [];
      for (const at of segment.entries()) {
        const { scope, key } = parsePlace(segment.placeOf(at), "tenant");
        if (selector.owner !== undefined && selector.owner !== scope.owner) continue;
        if (selector.key !== undefined && selector.key !== key) continue;
        const tags = (): readonly string[] => tagsOf(parseHead(segment.headOf(at)));
        if (selector.tag !== undefined && !tags().includes(selector.tag)) continue;
        found.push([
          this.#queue.handleOf(segment, at),
          () => entryOf(scope, key, segment.headOf(at), segment.bodyOf(at)),
        ]);
      }
      yield found;
    }
  }

  /**
   * Writes over every entry that fits, a few segments at a time; the rest waits its turn. Its user makes sure that none
   * of them is served meanwhile.
   *
   * @returns how many.
   */
  async erase(selector: AnswerSelector): Promise<number> {
    if (Object.values(selector).every((field) => field === undefined)) return this.clear();
    let [gone, segments] = [0, 0];
    for (const listed of this.list(selector)) {
      for (const [handle] of listed) this.remove(handle, true);
      gone += listed.length;
      if (++segments % segmentsPerTurn === 0) await turn();
    }
    return gone;
  }

  /** Lets everything go, and its memory. @returns how many entries there were. */
  clear(): number {
    const gone = this.#index.entries;
    this.#index.clear();
    this.#queue.clear();
    return gone;
  }

  #find(place: string, hash: number): number {
    for (let slot = this.#index.first(hash); slot >= 0; slot = this.#index.next(slot, hash)) {
      const handle = this.#index.handleAt(slot);
      const [segment, at] = this.#queue.at(handle);
      if (segment.placeOf(at) === place) return handle;
    }
    return -1;
  }
}

type EntryHead = readonly [isolation: Isolation, head: AnswerHead];

function parseHead(text: string): EntryHead {
  return JSON.parse(text) as EntryHead;
}

function tagsOf([, head]: EntryHead): readonly string[] {
  return head[17];
}

function entryOf(scope: CacheScope, key: string, headText: string, body: Uint8Array): AnswerEntry {
  const [isolation, head] = parseHead(headText);
  return { scope: { ...scope, isolation }, key, answer: answerOf(head, body) };
}

/** The lengths go first, so that no two places make one text. */
function placeOf({ owner, partition }: CacheScope, key: string): string {
  return `${owner.length} ${partition.length} ${owner}${partition}${key}`;
}

function parsePlace(text: string, isolation: Isolation): { readonly scope: CacheScope; readonly key: string } {
  const first = text.indexOf(" ");
  const second = text.indexOf(" ", first + 1);
  const partitionAt = second + 1 + Number(text.slice(0, first));
  const keyAt = partitionAt + Number(text.slice(first + 1, second));
  const [owner, partition] = [text.slice(second + 1, partitionAt) as Scope, text.slice(partitionAt, keyAt) as Scope];
  return { scope: { owner, isolation, partition }, key: text.slice(keyAt) };
}
