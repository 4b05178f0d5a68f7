import type {
  AnswerEntry,
  AnswerSelector,
  AnswerStats,
  AnswerStore,
  AnswerTicket,
  FoundAnswer,
  StoredAnswer,
} from "../spec/answer-store.ts";
import type { CacheScope } from "../spec/cache-scope.ts";
import type { Scope } from "../spec/caller.ts";

interface Kept extends AnswerEntry {
  readonly ticket: AnswerTicket;
}

/** What an owner invalidated: how often, and what with which of them. */
interface Owned {
  readonly generation: string;
  sequence: number;
  readonly epochs: Map<string, number>;
}

/**
 * The contract of {@link AnswerStore} in the plainest words: a map that forgets nothing but what it must, and shows all
 * it holds. Stages are tested over it, and proofs take it for their model.
 */
export class MapAnswerStore implements AnswerStore {
  readonly entries: Map<string, Kept> = new Map();
  readonly #owners: Map<Scope, Owned> = new Map();
  #generations = 0;

  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer {
    const entry = this.entries.get(nameOf(scope, key));
    const answer = entry !== undefined && this.#lives(entry, nowMs) ? entry.answer : null;
    return { answer, ticket: this.ticketOf(scope.owner) };
  }

  getMany(scope: CacheScope, keys: readonly string[], nowMs: number): readonly FoundAnswer[] {
    return keys.map((key) => this.get(scope, key, nowMs));
  }

  ticketOf(owner: Scope): AnswerTicket {
    const { generation, sequence } = this.#owned(owner);
    return { generation, sequence };
  }

  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, _nowMs = 0): void {
    const pieces = answer.pieces.map((piece) => piece.slice());
    const entry: Kept = { scope, key, answer: { ...answer, pieces }, ticket };
    // What is dead already does not take the place of what lives.
    if (this.#lives(entry, Number.NEGATIVE_INFINITY)) this.entries.set(nameOf(scope, key), entry);
  }

  invalidate(owner: Scope, tag: string, _nowMs = 0): void {
    const owned = this.#owned(owner);
    owned.epochs.set(`tag ${tag}`, ++owned.sequence);
  }

  purge(selector: AnswerSelector, _nowMs = 0): number {
    let gone = 0;
    for (const [name, entry] of this.entries) {
      if (!isMeant(entry, selector)) continue;
      this.entries.delete(name);
      gone++;
    }
    const { owner, tag, key } = selector;
    for (const each of owner === undefined ? [...this.#owners.keys()] : [owner]) {
      const owned = this.#owned(each);
      if (key !== undefined) owned.epochs.set(`key ${key}`, ++owned.sequence);
      else if (tag !== undefined) this.invalidate(each, tag);
      else this.#owners.delete(each);
    }
    return gone;
  }

  stats(): AnswerStats {
    let bytes = 0;
    for (const { answer } of this.entries.values()) for (const piece of answer.pieces) bytes += piece.length;
    return { entries: this.entries.size, bytes, bytesMax: Number.POSITIVE_INFINITY, evicted: 0 };
  }

  async *scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    for (const entry of this.entries.values()) {
      if (this.#lives(entry, nowMs) && isMeant(entry, selector)) yield await Promise.resolve(entry);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #lives({ scope, key, answer, ticket }: Kept, nowMs: number): boolean {
    const { generation, epochs } = this.#owned(scope.owner);
    if (nowMs >= answer.endsAtMs || ticket.generation !== generation) return false;
    const names = [`key ${key}`, ...answer.tags.map((tag) => `tag ${tag}`)];
    return names.every((name) => (epochs.get(name) ?? 0) <= ticket.sequence);
  }

  #owned(owner: Scope): Owned {
    let owned = this.#owners.get(owner);
    if (owned === undefined) {
      owned = { generation: `map-${++this.#generations}`, sequence: 0, epochs: new Map() };
      this.#owners.set(owner, owned);
    }
    return owned;
  }
}

function nameOf({ owner, partition }: CacheScope, key: string): string {
  return JSON.stringify([owner, partition, key]);
}

function isMeant({ scope, key, answer }: AnswerEntry, selector: AnswerSelector): boolean {
  if (selector.owner !== undefined && selector.owner !== scope.owner) return false;
  if (selector.key !== undefined && selector.key !== key) return false;
  return selector.tag === undefined || answer.tags.includes(selector.tag);
}
