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
import { decodeAnswer, encodeAnswer } from "../../answers/answer-codec.ts";
import { openAnswerParts, type AnswerParts, type OpenAnswerStoreOptions } from "./answer-parts.ts";
import { fingerprintOf } from "./key-index.ts";
import { KnownTickets } from "./known-tickets.ts";
import { closedError, RenewedParts } from "./renewed-parts.ts";

/** No answer takes more than this part of the room, nor more bytes than these. */
const entryShareMax = 8;
const entryBytesMax = 16 << 20;
/** Ended entries go at least this often, where nothing is stored meanwhile. */
const sweepMs = 60_000;

const unknown: FoundAnswer = { answer: null, ticket: null };

/**
 * Opens the answers that outlive a restart: `answers.sqlite` (0600, WAL) through `node:sqlite`, written by one thread and read by
 * another. What this process knows not to be there is answered at once, without a look into the file; so entries that
 * another process has written are found after the next start only. Invalidations of other processes hold at once. States and invariants
 * are in docs/specs/answer-cache.md.
 *
 * @throws FarthingError `config_invalid` when the file is newer than this version, or not a store of answers. A spoilt one is
 *   put aside with an alarm.
 */
export async function openSqliteAnswerStore(options: OpenAnswerStoreOptions): Promise<AnswerStore> {
  return new SqliteAnswerStore(options, await openAnswerParts(options));
}

class SqliteAnswerStore implements AnswerStore {
  readonly #options: OpenAnswerStoreOptions;
  readonly #tickets: KnownTickets;
  readonly #parts: RenewedParts;
  #watched: Promise<void> | null = null;
  #stopSweeping: () => void = () => undefined;

  constructor(options: OpenAnswerStoreOptions, parts: AnswerParts) {
    this.#options = options;
    this.#tickets = new KnownTickets(options.clock);
    this.#parts = new RenewedParts(options, parts, () => this.#tickets.forget());
    this.#scheduleSweep();
  }

  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer | Promise<FoundAnswer> {
    const parts = this.#parts.current;
    if (parts === null) return this.#parts.isClosed ? Promise.reject(closedError()) : unknown;
    const fingerprint = fingerprintOf(scope, key);
    if (parts.index.has(fingerprint)) return this.#read(parts, scope, key, fingerprint, nowMs);
    try {
      return { answer: null, ticket: this.#tickets.of(scope.owner, () => this.#readTicket(parts, scope.owner)) };
    } catch (error) {
      return Promise.reject(this.#parts.judge(error, parts));
    }
  }

  getMany(
    scope: CacheScope,
    keys: readonly string[],
    nowMs: number,
  ): readonly FoundAnswer[] | Promise<readonly FoundAnswer[]> {
    const found = keys.map((key) => this.get(scope, key, nowMs));
    return found.some((one) => one instanceof Promise) ? Promise.all(found) : (found as FoundAnswer[]);
  }

  ticketOf(owner: Scope): AnswerTicket | Promise<AnswerTicket> {
    try {
      const parts = this.#parts.demand();
      this.#parts.lookAtFile(parts);
      return this.#tickets.asOf(owner, parts.epochs.fileVersion(), () => ticketNow(parts, owner));
    } catch (error) {
      return Promise.reject(this.#parts.judge(error, this.#parts.current));
    }
  }

  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void | Promise<void> {
    const parts = this.#parts.current;
    if (parts === null) return;
    const body = encodeAnswer(scope, key, answer);
    if (body.length > Math.min(this.#options.bytesMax / entryShareMax, entryBytesMax)) return;
    const { storedAtMs, endsAtMs, costPicoUsd } = answer;
    const entry = {
      fingerprint: fingerprintOf(scope, key),
      owner: scope.owner,
      partition: scope.partition,
      isolation: scope.isolation,
      key,
      generation: ticket.generation,
      sequence: ticket.sequence,
      storedAtMs,
      endsAtMs,
      costPicoUsd: Number(costPicoUsd),
      tags: JSON.stringify(answer.tags.map((tag) => tag.toWellFormed())),
      body,
    };
    const written = parts.writer.store(entry, nowMs);
    // Many share it; a failure is judged once.
    if (written !== this.#watched) {
      this.#watched = written;
      written.catch((error: unknown) => this.#parts.judge(error, parts));
    }
    return written;
  }

  async invalidate(owner: Scope, tag: string, nowMs: number): Promise<void> {
    const parts = this.#parts.demand();
    await this.#raise(parts, { owner, tag: tag.toWellFormed() }, nowMs);
  }

  async purge(selector: AnswerSelector, nowMs: number): Promise<number> {
    const parts = this.#parts.demand();
    const gone = isEverything(selector)
      ? (await this.#parts.answerOf(parts, parts.writer.call({ kind: "clear" }, nowMs))).count
      : await this.#purgeSome(parts, selector, nowMs);
    this.#tickets.forget();
    // What was deleted must not lie in the log either.
    await this.#parts.answerOf(parts, parts.writer.call({ kind: "checkpoint" }, nowMs));
    return gone;
  }

  async stats(_nowMs: number): Promise<AnswerStats> {
    const parts = this.#parts.demand();
    const { entries, bytes } = await this.#parts.answerOf(parts, parts.reader.call({ kind: "stats" }));
    return { entries, bytes, bytesMax: this.#options.bytesMax, evicted: parts.evicted() };
  }

  async *scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    const parts = this.#parts.demand();
    const wellFormed = selector.tag === undefined ? selector : { ...selector, tag: selector.tag.toWellFormed() };
    for (let afterId = 0; ;) {
      const step = parts.reader.call({ kind: "scan", selector: wellFormed, afterId, nowMs });
      const { entries, lastId } = await this.#parts.answerOf(parts, step);
      for (const { owner, isolation, partition, key, body } of entries) {
        const scope: CacheScope = { owner: owner as Scope, isolation, partition: partition as Scope };
        const answer = decodeAnswer(scope, key, body);
        if (answer !== null) yield { scope, key, answer };
      }
      if (lastId === null) return;
      afterId = lastId;
    }
  }

  close(): Promise<void> {
    this.#stopSweeping();
    return this.#parts.close();
  }

  async #read(
    parts: AnswerParts,
    scope: CacheScope,
    key: string,
    fingerprint: number,
    nowMs: number,
  ): Promise<FoundAnswer> {
    const { owner, partition } = scope;
    const call = { kind: "get", fingerprint, owner, partition, key, nowMs } as const;
    const { id, body, sequence } = await this.#parts.answerOf(parts, parts.reader.call(call));
    const ticket = { generation: parts.epochs.generation, sequence };
    this.#tickets.learn(owner, ticket);
    if (body === null) return { answer: null, ticket };
    const answer = decodeAnswer(scope, key, body);
    if (answer === null) this.#dropTorn(parts, id, nowMs);
    else parts.writer.countHit(id);
    return { answer, ticket };
  }

  /** Its checksum does not fit: nobody gets it, and it makes room for a good one. */
  #dropTorn(parts: AnswerParts, id: number, nowMs: number): void {
    this.#options.alarm("cache-unreachable", "A stored answer was spoilt on the disk; it was deleted and not served.");
    parts.writer.call({ kind: "drop", id }, nowMs).catch(() => undefined);
  }

  async #purgeSome(parts: AnswerParts, asked: AnswerSelector, nowMs: number): Promise<number> {
    const selector = asked.tag === undefined ? asked : { ...asked, tag: asked.tag.toWellFormed() };
    const belowSequence = await this.#raise(parts, selector, nowMs);
    let gone = 0;
    for (let afterId = 0; ;) {
      const step = parts.writer.call({ kind: "delete", selector, belowSequence, afterId }, nowMs);
      const { count, lastId } = await this.#parts.answerOf(parts, step);
      gone += count;
      if (lastId === null) return gone;
      afterId = lastId;
    }
  }

  async #raise(parts: AnswerParts, selector: AnswerSelector, nowMs: number): Promise<number> {
    const { count } = await this.#parts.answerOf(parts, parts.writer.call({ kind: "raise", selector }, nowMs));
    this.#tickets.forget();
    return count;
  }

  #readTicket(parts: AnswerParts, owner: Scope): AnswerTicket {
    this.#parts.lookAtFile(parts);
    return ticketNow(parts, owner);
  }

  #scheduleSweep(): void {
    const { clock } = this.#options;
    this.#stopSweeping = clock.after(sweepMs, () => {
      // A failure is met again by the next call that somebody waits for.
      this.#parts.current?.writer.call({ kind: "sweep" }, clock.nowMs()).catch(() => undefined);
      this.#scheduleSweep();
    });
  }
}

/** @throws SQLite's error. */
function ticketNow({ epochs }: AnswerParts, owner: Scope): AnswerTicket {
  return { generation: epochs.generation, sequence: epochs.sequenceOf(owner) };
}

function isEverything({ owner, tag, key }: AnswerSelector): boolean {
  return owner === undefined && tag === undefined && key === undefined;
}
