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

const nothing: FoundAnswer = { answer: null, ticket: null };

/**
 * An engine's store of answers, opened when it is first needed: by a config with a cache that is on, or by somebody who
 * looks into what an earlier one left. Lookups never wait for the opening; until then they find nothing and store nothing.
 */
export class HeldAnswers implements AnswerStore {
  readonly #open: () => Promise<AnswerStore>;
  #opening: Promise<AnswerStore> | null = null;
  #store: AnswerStore | null = null;

  /** @param open opens the store; called once, and again after it failed. */
  constructor(open: () => Promise<AnswerStore>) {
    this.#open = open;
  }

  /** Resolves when the store is open. Rejects with what keeps it from opening. */
  ready(): Promise<AnswerStore> {
    this.#opening ??= this.#open().then(
      (store) => (this.#store = store),
      (error: unknown) => {
        this.#opening = null;
        throw error;
      },
    );
    return this.#opening;
  }

  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer | Promise<FoundAnswer> {
    return this.#store === null ? nothing : this.#store.get(scope, key, nowMs);
  }

  getMany(
    scope: CacheScope,
    keys: readonly string[],
    nowMs: number,
  ): readonly FoundAnswer[] | Promise<readonly FoundAnswer[]> {
    return this.#store === null ? keys.map(() => nothing) : this.#store.getMany(scope, keys, nowMs);
  }

  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void | Promise<void> {
    return this.#store?.set(scope, key, answer, ticket, nowMs);
  }

  async ticketOf(owner: Scope, nowMs: number): Promise<AnswerTicket> {
    return (await this.ready()).ticketOf(owner, nowMs);
  }

  async invalidate(owner: Scope, tag: string, nowMs: number): Promise<void> {
    await (await this.ready()).invalidate(owner, tag, nowMs);
  }

  async purge(selector: AnswerSelector, nowMs: number): Promise<number> {
    return (await this.ready()).purge(selector, nowMs);
  }

  async stats(nowMs: number): Promise<AnswerStats> {
    return (await this.ready()).stats(nowMs);
  }

  async *scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    yield* (await this.ready()).scan(selector, nowMs);
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    if (this.#opening === null) return;
    await (await this.#opening).close();
  }
}
