import type { CacheScope } from "./cache-scope.ts";
import type { Scope } from "./caller.ts";
import type { PicoUsd } from "./money.ts";
import type { DialectName } from "./request.ts";
import type { Usage } from "./usage.ts";

/** A stored answer: a complete 200, or a refusal that every repeat would meet. */
export interface StoredAnswer {
  readonly kind: "whole" | "stream";
  /** 200, or the status of a refusal. */
  readonly status: number;
  /** Wire format of the bytes. */
  readonly dialect: DialectName;
  readonly headers: readonly string[];
  /** The body, or the stream's pieces; the last holds the terminal event. */
  readonly pieces: readonly Uint8Array[];
  /** A stream's bytes hold the usage chunk that its caller asked for. Of a refusal: what was refused was to be a stream. */
  readonly streamUsage: boolean;
  /** What the provider counted when it was bought; the basis of the saving. */
  readonly usage: Usage;
  readonly endpointId: string;
  readonly vendor: string;
  /** The model that was asked when it was bought. */
  readonly model: string;
  /** The snapshot that answered, where the provider told. */
  readonly servedModel: string | null;
  /** Ledger id of the request that bought it. */
  readonly boughtBy: bigint;
  /** What it cost; what a hit is worth when room has to be made. 0 where it is not known. */
  readonly costPicoUsd: PicoUsd;
  /** Digest of the request as it was, where the key is of a folded form of it; tells an exact hit from a normalised one. Null: the key itself. */
  readonly asked: string | null;
  readonly storedAtMs: number;
  /** From this moment on it is stale. */
  readonly freshUntilMs: number;
  /** From this moment on it is never served; at least `freshUntilMs`. */
  readonly endsAtMs: number;
  /** What it can be forgotten by, such as `model:gpt-4o-mini`, `document:4711`, `user:<digest>`. At most 64. */
  readonly tags: readonly string[];
}

/**
 * How far an owner's invalidations had come at a moment. Who stores an answer shows the ticket of its lookup, so that an
 * invalidation that came while the answer was being written by the model kills it too.
 */
export interface AnswerTicket {
  /** Changes when the store lost what it knew of an owner's invalidations: then no older answer may live. */
  readonly generation: string;
  /** Count of the owner's invalidations; grows. */
  readonly sequence: number;
}

/** Result of a lookup. */
export interface FoundAnswer {
  /** Null: none, or none that may be served at this moment. */
  readonly answer: StoredAnswer | null;
  /** Null: the store could not say; then nothing is to be stored. An older ticket than the true one is safe, a newer one is not. */
  readonly ticket: AnswerTicket | null;
}

/** Which entries are meant: those that fit every field given. None given: all. */
export interface AnswerSelector {
  readonly owner?: Scope;
  readonly tag?: string;
  readonly key?: string;
}

/** An entry with where it stands. */
export interface AnswerEntry {
  readonly scope: CacheScope;
  readonly key: string;
  readonly answer: StoredAnswer;
}

/** How full a store is. */
export interface AnswerStats {
  readonly entries: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** Entries thrown out to make room since the store was made. */
  readonly evicted: number;
}

/**
 * Where answers are kept. Rules that hold for every implementation (src/testing/answer-store-conformance.ts):
 * an entry is given only to the owner and partition it was stored under; never at or after `endsAtMs`, which reading does
 * not move; never once one of its tags was invalidated after its ticket; never torn. Methods of a store that cannot
 * reach its server reject; those who call keep them out of a request's way.
 */
export interface AnswerStore {
  get(scope: CacheScope, key: string, nowMs: number): FoundAnswer | Promise<FoundAnswer>;
  /** As {@link get} for several keys at once, in their order. */
  getMany(
    scope: CacheScope,
    keys: readonly string[],
    nowMs: number,
  ): readonly FoundAnswer[] | Promise<readonly FoundAnswer[]>;
  /** Where the owner's invalidations stand now. */
  ticketOf(owner: Scope, nowMs: number): AnswerTicket | Promise<AnswerTicket>;
  /** Keeps a copy: the pieces given often are windows on far larger buffers. The newer of two answers to one key stays. */
  set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): void | Promise<void>;
  /** No entry of this owner with this tag that was looked up before is served again, in any process that shares the store. */
  invalidate(owner: Scope, tag: string, nowMs: number): void | Promise<void>;
  /** Deletes the bytes of the entries meant, and forbids that one on its way is stored. @returns how many went. */
  purge(selector: AnswerSelector, nowMs: number): number | Promise<number>;
  stats(nowMs: number): AnswerStats | Promise<AnswerStats>;
  /** Every entry meant that may be served at this moment, in no particular order; for export. */
  scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry>;
  /** Writes out what waits and lets go. */
  close(): Promise<void>;
}
