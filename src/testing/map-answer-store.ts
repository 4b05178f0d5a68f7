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

const generation = "map";

/**
 * The contract of {@link AnswerStore} in the plainest words: a map that forgets nothing but what it must, and shows all
 * it holds. Stages are tested over it, and proofs take it for their model.
 */
export class MapAnswerStore implements AnswerStore {
  readonly entries: Map<string, Kept> = new Map();
  readonly #sequences: Map<Scope, number> = new Map();
  readonly #epochs: Map<string, number> = new Map();

  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer {
    const entry = this.entries.get(nameOf(scope, key));
    const answer = entry !== undefined && this.#lives(entry, nowMs) ? entry.answer : null;
    return { answer, ticket: this.ticketOf(scope.owner) };
  }

  getMany(scope: CacheScope, keys: readonly string[], nowMs: number): readonly FoundAnswer[] {
    return keys.map((key) => this.get(scope, key, nowMs));
  }

  ticketOf(owner: Scope): AnswerTicket {
    return { generation, sequence: this.#sequences.get(owner) ?? 0 };
  }

  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, _nowMs = 0): void {
    const pieces = answer.pieces.map((piece) => piece.slice());
    this.entries.set(nameOf(scope, key), { scope, key, answer: { ...answer, pieces }, ticket });
  }

  invalidate(owner: Scope, tag: string, _nowMs = 0): void {
    const sequence = (this.#sequences.get(owner) ?? 0) + 1;
    this.#sequences.set(owner, sequence);
    this.#epochs.set(`${owner} ${tag}`, sequence);
  }

  purge(selector: AnswerSelector, _nowMs = 0): number {
    let gone = 0;
    for (const [name, entry] of this.entries) {
      if (!isMeant(entry, selector)) continue;
      this.entries.delete(name);
      gone++;
    }
    if (selector.owner !== undefined && selector.tag !== undefined) this.invalidate(selector.owner, selector.tag);
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

  #lives({ scope, answer, ticket }: Kept, nowMs: number): boolean {
    if (nowMs >= answer.endsAtMs || ticket.generation !== generation) return false;
    return answer.tags.every((tag) => (this.#epochs.get(`${scope.owner} ${tag}`) ?? 0) <= ticket.sequence);
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
