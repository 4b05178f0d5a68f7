import type {
  AnswerEntry,
  AnswerSelector,
  AnswerStats,
  AnswerStore,
  AnswerTicket,
  FoundAnswer,
  StoredAnswer,
} from "../../spec/answer-store.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Scope } from "../../spec/caller.ts";
import { AnswerShelf, type EntryStamp } from "../memory/answers/answer-shelf.ts";
import { sharingHead } from "./answer-codec.ts";
import { GenerationNumbers } from "./generation-numbers.ts";
import { attempt, whenKnown } from "./when-known.ts";

/** This part of the tier's room is for what is known of owners. */
const partForOwners = 16;

interface Copy {
  readonly answer: StoredAnswer;
  readonly serves: boolean;
}

/** What a store gives that cannot say. */
const unknown: FoundAnswer = { answer: null, ticket: null };

/**
 * Copies of answers in the memory of this process, in front of a store that others may share. A copy is served only when
 * the store behind says, at this very lookup, that nothing of its owner was forgotten since the copy was last known to
 * be alive; a small question instead of the answer's bytes. Where it does not say there is no answer: it may have been
 * forgotten by another process. Synchronous where the store behind is.
 *
 * @param options.bytesMax bytes of the tier.
 * @param options.back the store behind; what is kept is what it keeps.
 */
export function createTieredAnswerStore(options: {
  readonly bytesMax: number;
  readonly back: AnswerStore;
}): AnswerStore {
  return new TieredAnswerStore(options.bytesMax, options.back);
}

class TieredAnswerStore implements AnswerStore {
  readonly #bytesMax: number;
  readonly #back: AnswerStore;
  readonly #numbers: GenerationNumbers;
  readonly #shelf: AnswerShelf;
  /** What was read before a purge is not put on the shelf after it. */
  #purges = 0;

  constructor(bytesMax: number, back: AnswerStore) {
    this.#bytesMax = bytesMax;
    this.#back = back;
    this.#numbers = new GenerationNumbers(bytesMax / partForOwners);
    this.#shelf = new AnswerShelf(bytesMax - this.#numbers.bytesMax, (owner, _key, { generation }) =>
      this.#numbers.isCurrent(owner, generation),
    );
  }

  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer | Promise<FoundAnswer> {
    if (!this.#hasUsable(scope, key, nowMs)) return this.#fetch(scope, key, nowMs);
    return whenKnown(this.#lookUp(scope, [key], nowMs), ([found = unknown]) => found);
  }

  getMany(
    scope: CacheScope,
    keys: readonly string[],
    nowMs: number,
  ): readonly FoundAnswer[] | Promise<readonly FoundAnswer[]> {
    const anyUsable = keys.some((key) => this.#hasUsable(scope, key, nowMs));
    return anyUsable ? this.#lookUp(scope, keys, nowMs) : this.#fetchMany(scope, keys, nowMs);
  }

  ticketOf(owner: Scope, nowMs: number): AnswerTicket | Promise<AnswerTicket> {
    return this.#back.ticketOf(owner, nowMs);
  }

  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void | Promise<void> {
    return sharingHead(answer, () => {
      this.#put(scope, key, answer, ticket, nowMs);
      return this.#back.set(scope, key, answer, ticket, nowMs);
    });
  }

  invalidate(owner: Scope, tag: string, nowMs: number): void | Promise<void> {
    return this.#back.invalidate(owner, tag, nowMs);
  }

  async purge(selector: AnswerSelector, nowMs: number): Promise<number> {
    try {
      return await this.#back.purge(selector, nowMs);
    } finally {
      this.#purges++;
      await this.#shelf.erase(selector);
    }
  }

  stats(nowMs: number): AnswerStats | Promise<AnswerStats> {
    return whenKnown(this.#back.stats(nowMs), (back) => ({
      ...back,
      bytes: back.bytes + this.#shelf.bytes + this.#numbers.bytes,
      bytesMax: back.bytesMax + this.#bytesMax,
    }));
  }

  scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    return this.#back.scan(selector, nowMs);
  }

  close(): Promise<void> {
    this.#shelf.clear();
    return this.#back.close();
  }

  #hasUsable(scope: CacheScope, key: string, nowMs: number): boolean {
    const handle = this.#shelf.find(scope, key);
    if (handle < 0) return false;
    if (nowMs < this.#shelf.endsAtMsOf(handle)) return true;
    this.#shelf.remove(handle);
    return false;
  }

  /** Copies where nothing was forgotten since; the rest from the store behind. */
  #lookUp(
    scope: CacheScope,
    keys: readonly string[],
    nowMs: number,
  ): readonly FoundAnswer[] | Promise<readonly FoundAnswer[]> {
    return whenKnown(this.#ticketOrNull(scope.owner, nowMs), (ticket) => {
      if (ticket === null) return keys.map(() => unknown);
      const copies = keys.map((key) => this.#copyOf(scope, key, ticket, nowMs));
      const missing = keys.filter((_, index) => copies[index]?.serves !== true);
      if (missing.length === 0) return copies.map((copy) => ({ answer: copy?.answer ?? null, ticket }));
      return whenKnown(this.#fetchMany(scope, missing, nowMs), (fetched) => {
        const rest = fetched.values();
        return copies.map((copy) => {
          const found = copy?.serves === true ? unknown : (rest.next().value ?? unknown);
          // What the store behind threw out for room is as good as it was.
          return found.answer === null && copy !== null ? { answer: copy.answer, ticket } : found;
        });
      });
    });
  }

  /** The copy, where nothing was forgotten since it was last known to be alive; `serves` false: ask the store behind first. */
  #copyOf(scope: CacheScope, key: string, ticket: AnswerTicket, nowMs: number): Copy | null {
    const handle = this.#shelf.find(scope, key);
    if (handle < 0 || nowMs >= this.#shelf.endsAtMsOf(handle)) return null;
    const { generation, sequence } = this.#shelf.stampOf(handle);
    if (generation !== this.#numbers.of(scope.owner, ticket.generation) || sequence !== ticket.sequence) return null;
    const answer = this.#shelf.read(handle);
    const hits = this.#shelf.countHit(handle, nowMs);
    // Each time the hits double the store behind is asked, so that it knows what is wanted; and when it may have a fresh one.
    return { answer, serves: !isDoubled(hits) && nowMs < answer.freshUntilMs };
  }

  #fetch(scope: CacheScope, key: string, nowMs: number): FoundAnswer | Promise<FoundAnswer> {
    return whenKnown(this.#fetchMany(scope, [key], nowMs), ([found = unknown]) => found);
  }

  #fetchMany(
    scope: CacheScope,
    keys: readonly string[],
    nowMs: number,
  ): readonly FoundAnswer[] | Promise<readonly FoundAnswer[]> {
    const purges = this.#purges;
    const [only] = keys;
    const fetched = attempt<readonly FoundAnswer[]>(
      () =>
        keys.length === 1 && only !== undefined
          ? whenKnown(this.#back.get(scope, only, nowMs), (found) => [found])
          : this.#back.getMany(scope, keys, nowMs),
      () => keys.map(() => unknown),
    );
    return whenKnown(fetched, (found) => {
      if (purges === this.#purges)
        for (const [index, key] of keys.entries()) this.#copy(scope, key, found[index] ?? unknown, nowMs);
      return found;
    });
  }

  /** What the store behind gave, put on the shelf. */
  #copy(scope: CacheScope, key: string, { answer, ticket }: FoundAnswer, nowMs: number): void {
    if (answer === null || ticket === null) return;
    const handle = this.#shelf.find(scope, key);
    const former = handle < 0 ? null : this.#shelf.read(handle);
    if (former === null || former.storedAtMs < answer.storedAtMs) this.#put(scope, key, answer, ticket, nowMs);
    else if (former.boughtBy === answer.boughtBy && former.storedAtMs === answer.storedAtMs) {
      this.#shelf.stamp(handle, this.#stampOf(scope, ticket));
    }
  }

  #put(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void {
    this.#shelf.put(scope, key, answer, this.#stampOf(scope, ticket), nowMs);
  }

  #stampOf(scope: CacheScope, { generation, sequence }: AnswerTicket): EntryStamp {
    return { generation: this.#numbers.of(scope.owner, generation), sequence };
  }

  #ticketOrNull(owner: Scope, nowMs: number): AnswerTicket | null | Promise<AnswerTicket | null> {
    return attempt<AnswerTicket | null>(
      () => this.#back.ticketOf(owner, nowMs),
      () => null,
    );
  }
}

/** Whether this hit brought the count to or over a power of two, from 2 on. */
function isDoubled(hits: number): boolean {
  return hits >= 2 && Math.floor(Math.log2(hits)) > Math.floor(Math.log2(hits - 1));
}
