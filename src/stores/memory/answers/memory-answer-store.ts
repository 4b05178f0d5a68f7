import { setImmediate as turn } from "node:timers/promises";
import type {
  AnswerEntry,
  AnswerSelector,
  AnswerStats,
  AnswerStore,
  AnswerTicket,
  FoundAnswer,
  StoredAnswer,
} from "../../../spec/answer-store.ts";
import type { CacheScope } from "../../../spec/cache-scope.ts";
import type { Scope } from "../../../spec/caller.ts";
import { AnswerShelf, type EntryStamp } from "./answer-shelf.ts";
import { OwnerEpochs, type Owned } from "./owner-epochs.ts";

/** This part of the room is for what is known of owners and their invalidations. */
const partForOwners = 16;

/** The store in memory: lookups and storing are done when the call returns. */
export interface MemoryAnswerStore extends AnswerStore {
  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer;
  getMany(scope: CacheScope, keys: readonly string[], nowMs: number): readonly FoundAnswer[];
  ticketOf(owner: Scope, nowMs: number): AnswerTicket;
  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void;
  invalidate(owner: Scope, tag: string, nowMs: number): void;
  purge(selector: AnswerSelector, nowMs: number): Promise<number>;
  stats(nowMs: number): AnswerStats;
}

/**
 * Answers in the memory of this process. When room has to be made, what earned least for its bytes goes first, and an
 * answer above an eighth of the room is not kept. Restarting forgets everything, tickets too.
 *
 * @param options.bytesMax bytes held at most: answers with all that is written of them, the index, what is known of owners.
 */
export function createMemoryAnswerStore(options: { readonly bytesMax: number }): MemoryAnswerStore {
  return new SegmentedAnswerStore(options.bytesMax);
}

class SegmentedAnswerStore implements MemoryAnswerStore {
  readonly #bytesMax: number;
  readonly #owners: OwnerEpochs;
  readonly #shelf: AnswerShelf;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#owners = new OwnerEpochs(bytesMax / partForOwners);
    this.#shelf = new AnswerShelf(bytesMax - this.#owners.bytesMax, (owner, key, stamp, tags) =>
      isAlive(this.#owners.of(owner), key, stamp, tags),
    );
  }

  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer {
    const owned = this.#owners.of(scope.owner);
    const handle = this.#shelf.find(scope, key);
    if (handle < 0) return owned.nothing;
    if (!this.#lives(owned, key, handle, nowMs)) {
      this.#shelf.remove(handle);
      return owned.nothing;
    }
    this.#shelf.countHit(handle, nowMs);
    return { answer: this.#shelf.read(handle), ticket: owned.ticket };
  }

  getMany(scope: CacheScope, keys: readonly string[], nowMs: number): readonly FoundAnswer[] {
    return keys.map((key) => this.get(scope, key, nowMs));
  }

  ticketOf(owner: Scope): AnswerTicket {
    return this.#owners.of(owner).ticket;
  }

  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void {
    const owned = this.#owners.of(scope.owner);
    const stamp = { generation: owned.number, sequence: Math.min(ticket.sequence, owned.ticket.sequence) };
    // What would be dead at its first reading may not take the place of what lives.
    if (ticket.generation !== owned.ticket.generation || !isAlive(owned, key, stamp, () => answer.tags)) return;
    this.#shelf.put(scope, key, answer, stamp, nowMs);
  }

  invalidate(owner: Scope, tag: string): void {
    this.#owners.forbid(owner, tagName(tag));
  }

  purge(selector: AnswerSelector): Promise<number> {
    const { owner, tag, key } = selector;
    for (const each of owner === undefined ? this.#owners.owners() : [owner]) {
      if (key !== undefined) this.#owners.forbid(each, keyName(key));
      else if (tag !== undefined) this.#owners.forbid(each, tagName(tag));
      else this.#owners.renew(each);
    }
    // From here on what is erased is dead.
    return this.#shelf.erase(selector);
  }

  stats(): AnswerStats {
    const bytes = this.#shelf.bytes + this.#owners.bytes;
    return { entries: this.#shelf.entries, bytes, bytesMax: this.#bytesMax, evicted: this.#shelf.evicted };
  }

  async *scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    for (const listed of this.#shelf.list(selector)) {
      const entries: AnswerEntry[] = [];
      for (const [handle, read] of listed) {
        const entry = read();
        if (this.#lives(this.#owners.of(entry.scope.owner), entry.key, handle, nowMs)) entries.push(entry);
      }
      yield* entries;
      await turn();
    }
  }

  close(): Promise<void> {
    this.#shelf.clear();
    return Promise.resolve();
  }

  #lives(owned: Owned, key: string, handle: number, nowMs: number): boolean {
    if (nowMs >= this.#shelf.endsAtMsOf(handle)) return false;
    const stamp = this.#shelf.stampOf(handle);
    const { sequence } = owned.ticket;
    if (stamp.generation === owned.number && stamp.sequence === sequence) return true;
    if (!isAlive(owned, key, stamp, () => this.#shelf.tagsOf(handle))) return false;
    this.#shelf.stamp(handle, { generation: owned.number, sequence });
    return true;
  }
}

function isAlive(owned: Owned, key: string, stamp: EntryStamp, tags: () => readonly string[]): boolean {
  if (stamp.generation !== owned.number) return false;
  if (stamp.sequence >= owned.ticket.sequence) return true;
  const isForbidden = (name: string): boolean => (owned.epochs.get(name) ?? 0) > stamp.sequence;
  return !isForbidden(keyName(key)) && !tags().some((tag) => isForbidden(tagName(tag)));
}

function tagName(tag: string): string {
  return `tag ${tag}`;
}

function keyName(key: string): string {
  return `key ${key}`;
}
