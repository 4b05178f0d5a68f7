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
import type { Clock } from "../../spec/clock.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import { sizeOf } from "../../kit/concat-bytes.ts";
import { StoreBreaker } from "./store-breaker.ts";
import { waitBriefly, type Waited } from "./wait-briefly.ts";
import { attempt } from "./when-known.ts";
import { writeMsMax, WritesUnderWay } from "./writes-under-way.ts";

/** An operator's commands may take longer than a request's lookups. */
const commandMsMax = 60_000;

/** What may be slow, and how long anybody waits for it. */
export interface GuardOptions {
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** Longest wait of a request, milliseconds. */
  readonly waitMsMax: number;
  readonly alarm: (code: AlarmCode, detail: string) => void;
}

/** A store that nobody waits for long. */
export interface GuardedAnswerStore extends AnswerStore {
  /** True while the store behind is left alone. */
  readonly isOpen: boolean;
  /** Answers that were not written because too many waited, or the store was left alone. */
  readonly droppedWrites: number;
}

/**
 * Keeps a store that may be far away out of a request's way: nobody waits for it longer than `waitMsMax`, and after five
 * failures in a row, slowness being one, nobody waits at all until a probe beside the requests succeeds. A lookup that
 * fails gives no answer and no ticket; `ticketOf` rejects, as do an operator's commands. What the store answers at once
 * passes straight through.
 */
export function createGuardedAnswerStore(options: GuardOptions): GuardedAnswerStore {
  return new GuardedStore(options);
}

const unknown: FoundAnswer = { answer: null, ticket: null };

class GuardedStore implements GuardedAnswerStore {
  droppedWrites = 0;
  readonly #options: GuardOptions;
  readonly #store: AnswerStore;
  readonly #breaker = new StoreBreaker();
  readonly #writes = new WritesUnderWay();

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  get isOpen(): boolean {
    return this.#breaker.isOpen;
  }

  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer | Promise<FoundAnswer> {
    return this.#ask(
      scope.owner,
      nowMs,
      () => this.#store.get(scope, key, nowMs),
      () => unknown,
    );
  }

  getMany(
    scope: CacheScope,
    keys: readonly string[],
    nowMs: number,
  ): readonly FoundAnswer[] | Promise<readonly FoundAnswer[]> {
    return this.#ask<readonly FoundAnswer[]>(
      scope.owner,
      nowMs,
      () => this.#store.getMany(scope, keys, nowMs),
      () => keys.map(() => unknown),
    );
  }

  ticketOf(owner: Scope, nowMs: number): AnswerTicket | Promise<AnswerTicket> {
    return this.#ask(
      owner,
      nowMs,
      () => this.#store.ticketOf(owner, nowMs),
      () => Promise.reject(unavailable("question")),
    );
  }

  /** What it returns resolves when the write is done or has failed; no request waits for that. */
  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void | Promise<void> {
    const { turn } = this.#breaker;
    const startMs = this.#nowMs();
    for (let late = this.#writes.giveUp(startMs); late > 0; late--)
      this.#noteFailure(whyOf({ kind: "slow" }, writeMsMax), turn);
    const bytes = sizeOf(answer.pieces);
    if (this.#breaker.isOpen || !this.#writes.hasRoom(bytes)) {
      this.droppedWrites++;
      return;
    }
    try {
      const written = this.#store.set(scope, key, answer, ticket, nowMs);
      if (!(written instanceof Promise)) return;
      const watch = (error: unknown): void => this.#noteFailure(reasonOf(error), turn);
      return this.#writes.join(written, bytes) ?? this.#writes.begin(written, bytes, startMs, watch);
    } catch (error) {
      this.#noteFailure(reasonOf(error), turn);
    }
  }

  invalidate(owner: Scope, tag: string, nowMs: number): void | Promise<void> {
    return this.#command("invalidation", () => this.#store.invalidate(owner, tag, nowMs));
  }

  purge(selector: AnswerSelector, nowMs: number): number | Promise<number> {
    return this.#command("deletion", () => this.#store.purge(selector, nowMs));
  }

  stats(nowMs: number): AnswerStats | Promise<AnswerStats> {
    return this.#command("count", () => this.#store.stats(nowMs));
  }

  scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    return this.#store.scan(selector, nowMs);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #ask<Value>(
    owner: Scope,
    nowMs: number,
    call: () => Value | Promise<Value>,
    otherwise: () => Value | Promise<Value>,
  ): Value | Promise<Value> {
    const admission = this.#breaker.admit(this.#nowMs());
    if (admission === "probe") this.#probe(owner, nowMs);
    if (admission !== "go") return otherwise();
    const turn = this.#breaker.turn;
    try {
      const value = call();
      // What is known at once says nothing about the rest: it is no success that would end a row of failures.
      return value instanceof Promise ? this.#answer(value, otherwise, turn) : value;
    } catch (error) {
      this.#noteFailure(reasonOf(error), turn);
      return otherwise();
    }
  }

  async #answer<Value>(promise: Promise<Value>, otherwise: () => Value | Promise<Value>, turn: number): Promise<Value> {
    const { waitMsMax, clock } = this.#options;
    const waited = await waitBriefly(promise, waitMsMax, clock);
    if (waited.kind === "known") {
      this.#breaker.note(true, turn, this.#nowMs());
      return waited.value;
    }
    this.#noteFailure(whyOf(waited, waitMsMax), turn);
    return otherwise();
  }

  /** Tries the store with the smallest question there is; nobody waits for what it says. */
  #probe(owner: Scope, nowMs: number): void {
    const turn = this.#breaker.turn;
    const asked = attempt<AnswerTicket | null>(
      () => this.#store.ticketOf(owner, nowMs),
      () => null,
    );
    void this.#judgeProbe(Promise.resolve(asked), turn);
  }

  async #judgeProbe(asked: Promise<AnswerTicket | null>, turn: number): Promise<void> {
    const waited = await waitBriefly(asked, this.#options.waitMsMax, this.#options.clock);
    if (waited.kind === "known" && waited.value !== null) this.#breaker.note(true, turn, this.#nowMs());
    else this.#noteFailure("it does not answer a probe", turn);
  }

  #noteFailure(reason: string, turn: number): void {
    const opened = this.#breaker.note(false, turn, this.#nowMs());
    if (opened) this.#options.alarm("cache-unreachable", `The store of answers is left alone for a while: ${reason}.`);
  }

  /** A command is tried even while the store is left alone: whoever deletes has to know that it was done. */
  #command<Value>(what: string, call: () => Value | Promise<Value>): Value | Promise<Value> {
    const value = attempt<Value>(call, (error) => {
      throw unavailable(what, error);
    });
    return value instanceof Promise ? this.#finishCommand(what, value) : value;
  }

  async #finishCommand<Value>(what: string, value: Promise<Value>): Promise<Value> {
    const waited = await waitBriefly(value, commandMsMax, this.#options.clock);
    if (waited.kind === "known") return waited.value;
    throw waited.kind === "failed" ? waited.error : unavailable(what);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1_000;
  }
}

function unavailable(what: string, cause?: unknown): FarthingError {
  const message = `The store of answers cannot be reached for this ${what}: nothing is known to be done. Try again when it is back.`;
  return new FarthingError("cache_unavailable", message, cause === undefined ? {} : { cause });
}

function whyOf(waited: Exclude<Waited<unknown>, { kind: "known" }>, waitMs: number): string {
  return waited.kind === "slow" ? `no answer within ${waitMs} ms` : reasonOf(waited.error);
}

/** Code or kind of an error; its message may hold an address with a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it failed";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
