import { randomBytes } from "node:crypto";
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
import { keyDigest, ownerDigest, placeDigest, tagDigest } from "../answer-digests.ts";
import { entryAt, writePlace } from "../answer-place.ts";
import { worthOf } from "../answer-worth.ts";
import { decodeAnswer, encodeAnswer } from "../answers/answer-codec.ts";
import { HitCounts } from "./hit-counts.ts";
import { PostgresConnection, type PostgresConnectionOptions, type PostgresRow } from "./postgres-connection.ts";

/** Where answers are kept, and how many bytes of them. */
export interface PostgresAnswerStoreOptions extends PostgresConnectionOptions {
  readonly bytesMax: number;
  readonly clock: Clock;
}

/** What the server holds for an entry beside its bytes: the row's columns and three indexes; measured on 15 with answers of 1 KiB. */
const entryOverheadBytes = 1_400;
/** Share of the room that one answer may take; a larger one would throw out too many. */
const largestShare = 1 / 8;
/** Distinct tags whose invalidation is remembered for an owner; with more, all its answers die. */
const epochsMax = 10_000;
/** Hits wait at most so long before they are told. */
const hitsWaitMs = 1_000;
/** Owners that have nothing any more are forgotten so often. */
const clearEveryMs = 3_600_000;
/** Entries deleted, or fetched, in a step. */
const dropStep = 2_000;
const peekStep = 16;

/**
 * Opens answers in PostgreSQL 13 or newer. Resolves also where the server does not answer: methods reject until it does.
 *
 * @throws FarthingError `config_invalid` where the client library is not installed, or the schema is of a newer Farthing.
 */
export async function openPostgresAnswerStore(options: PostgresAnswerStoreOptions): Promise<AnswerStore> {
  return new PostgresAnswerStore(await PostgresConnection.open(options), options);
}

/** The contract over functions of the server (postgres-schema.ts): each call is one round trip, but those that look through everything. */
class PostgresAnswerStore implements AnswerStore {
  readonly #connection: PostgresConnection;
  readonly #bytesMax: number;
  readonly #clock: Clock;
  readonly #hits = new HitCounts();
  #cancelHits: (() => void) | null = null;
  #cancelClear: () => void = () => {};

  constructor(connection: PostgresConnection, { bytesMax, clock }: PostgresAnswerStoreOptions) {
    this.#connection = connection;
    this.#bytesMax = bytesMax;
    this.#clock = clock;
    this.#clearLater();
  }

  async get(scope: CacheScope, key: string, nowMs: number): Promise<FoundAnswer> {
    const [found] = await this.getMany(scope, [key], nowMs);
    return found ?? { answer: null, ticket: null };
  }

  async getMany(scope: CacheScope, keys: readonly string[], nowMs: number): Promise<readonly FoundAnswer[]> {
    const places = keys.map((key) => placeDigest(scope, key));
    const rows = await this.#find(scope.owner, places, nowMs);
    const ticket = ticketOfRow(rows[0]);
    const bodies = new Map(rows.map(({ place, body }) => [place, body]));
    const owner = ownerDigest(scope.owner);
    return keys.map((key, index) => {
      const body = bodies.get(places[index]);
      const answer = body instanceof Buffer ? decodeAnswer(scope, key, body) : null;
      if (answer !== null) this.#noteHit(owner, places[index] ?? "");
      return { answer, ticket };
    });
  }

  async ticketOf(owner: Scope, nowMs: number): Promise<AnswerTicket> {
    return ticketOfRow((await this.#find(owner, [], nowMs))[0]);
  }

  async set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): Promise<void> {
    if (answer.endsAtMs <= nowMs) return;
    const body = Buffer.from(encodeAnswer(scope, key, answer));
    const bytes = body.length + entryOverheadBytes;
    if (bytes > this.#bytesMax * largestShare) return;
    // First, so that what was asked for of late is not thrown out for this one.
    await this.#tellHits();
    await this.#connection.run("SELECT $S.keep($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", [
      ownerDigest(scope.owner),
      placeDigest(scope, key),
      ticket.generation,
      ticket.sequence,
      Math.floor(answer.endsAtMs),
      Math.floor(answer.storedAtMs),
      Math.floor(nowMs),
      bytes,
      this.#bytesMax,
      worthOf(answer, bytes),
      [...new Set([keyDigest(key), ...answer.tags.map(tagDigest)])],
      writePlace(scope, key),
      body,
    ]);
  }

  async invalidate(owner: Scope, tag: string, nowMs: number): Promise<void> {
    await this.#forbid(owner, [tagDigest(tag)], nowMs);
  }

  async purge(selector: AnswerSelector, nowMs: number): Promise<number> {
    const wanted = digestsOf(selector);
    // First nothing more can come, then what is there goes: so none slips through in between. With a key, only the key is
    // forbidden: its tag may be on many others.
    await this.#forbid(selector.owner, wanted.slice(0, 1), nowMs);
    const owner = selector.owner === undefined ? null : ownerDigest(selector.owner);
    for (let gone = 0; ;) {
      const [row] = await this.#connection.runLong("SELECT $S.drop_answers($1, $2, $3) AS gone", [
        owner,
        wanted,
        dropStep,
      ]);
      const step = Number(row?.["gone"] ?? 0);
      gone += step;
      if (step < dropStep) return gone;
    }
  }

  async stats(_nowMs: number): Promise<AnswerStats> {
    const [row] = await this.#connection.run("SELECT entries, bytes, evicted FROM $S.room", []);
    const count = (name: string): number => Number(row?.[name] ?? 0);
    return { entries: count("entries"), bytes: count("bytes"), bytesMax: this.#bytesMax, evicted: count("evicted") };
  }

  async *scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    const owner = selector.owner === undefined ? null : ownerDigest(selector.owner);
    const wanted = digestsOf(selector);
    let after: readonly [owner: string, place: string] = ["", ""];
    for (;;) {
      const statement = "SELECT * FROM $S.peek($1, $2, $3, $4, $5, $6)";
      const rows = await this.#connection.runLong(statement, [owner, wanted, Math.floor(nowMs), ...after, peekStep]);
      for (const { spot, body } of rows) {
        const entry = body instanceof Buffer ? entryAt(String(spot), body, selector) : null;
        if (entry !== null) yield entry;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < peekStep) return;
      after = [String(last["owner"]), String(last["place"])];
    }
  }

  async close(): Promise<void> {
    this.#cancelClear();
    // A server that is gone takes hits of the last second with it, which are worth nothing then.
    await this.#tellHits().catch(() => {});
    this.#cancelHits?.();
    await this.#connection.close();
  }

  #find(owner: Scope, places: readonly string[], nowMs: number): Promise<readonly PostgresRow[]> {
    const values = [ownerDigest(owner), newGeneration(), places, Math.floor(nowMs)];
    return this.#connection.run("SELECT * FROM $S.find($1, $2, $3, $4)", values);
  }

  /** Kills what an owner, or everybody, has under these digests, stored or on its way; everything where none is given. */
  async #forbid(owner: Scope | undefined, digests: readonly string[], nowMs: number): Promise<void> {
    const digest = owner === undefined ? null : ownerDigest(owner);
    const values = [digest, newGeneration(), digests, epochsMax, Math.floor(nowMs)];
    await this.#connection.run("SELECT $S.forbid($1, $2, $3, $4, $5)", values);
  }

  #noteHit(owner: string, place: string): void {
    this.#hits.note(owner, place);
    this.#cancelHits ??= this.#clock.after(hitsWaitMs, () => {
      this.#cancelHits = null;
      // They only steer what is thrown out: those that are lost cost nothing but a little precision.
      this.#tellHits().catch(() => {});
    });
  }

  async #tellHits(): Promise<void> {
    if (this.#hits.isEmpty) return;
    const { owners, places, hits } = this.#hits.take();
    await this.#connection.run("SELECT $S.count_hits($1, $2, $3)", [owners, places, hits]);
  }

  #clearLater(): void {
    this.#cancelClear = this.#clock.after(clearEveryMs, () => {
      const values = [Math.floor(this.#clock.nowMs())];
      this.#connection.run("SELECT $S.clear_owners($1)", values).catch(() => {});
      this.#clearLater();
    });
  }
}

function ticketOfRow(row: PostgresRow | undefined): AnswerTicket {
  if (row === undefined) throw new Error("PostgreSQL gave no ticket");
  return { generation: String(row["generation"]), sequence: Number(row["sequence"]) };
}

/** The key's digest first. */
function digestsOf({ key, tag }: AnswerSelector): readonly string[] {
  const digests = key === undefined ? [] : [keyDigest(key)];
  if (tag !== undefined) digests.push(tagDigest(tag));
  return digests;
}

function newGeneration(): string {
  return randomBytes(12).toString("base64url");
}
