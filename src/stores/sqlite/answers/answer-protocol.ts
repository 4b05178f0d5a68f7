import type { AnswerSelector } from "../../../spec/answer-store.ts";
import type { Isolation } from "../../../spec/cache-scope.ts";
import type { ThreadNews } from "../thread-news.ts";

/** Faults planted by tests and proofs that nothing can bring about from outside. */
export interface AnswerFaults {
  /** The writing thread dies with its first batch. */
  readonly dieAtFirstBatch?: boolean;
}

/** What both threads are started with. */
export interface AnswerThreadData {
  readonly directory: string;
  readonly bytesMax: number;
  readonly faults: AnswerFaults;
}

/** An answer on its way into the file. */
export interface EntryToStore {
  readonly fingerprint: number;
  readonly owner: string;
  readonly partition: string;
  readonly isolation: Isolation;
  readonly key: string;
  /** Ticket of the lookup. */
  readonly generation: string;
  readonly sequence: number;
  readonly storedAtMs: number;
  readonly endsAtMs: number;
  readonly costPicoUsd: number;
  /** JSON array of strings. */
  readonly tags: string;
  /** In the form of answer-codec.ts. */
  readonly body: Uint8Array;
}

/** An {@link EntryToStore} as it is posted: names of fields would cost as much again. Its body lies in `WriteBatch.bodies`. */
export type EntryRow = readonly [
  fingerprint: number,
  owner: string,
  partition: string,
  isolation: Isolation,
  key: string,
  generation: string,
  tags: string,
  sequence: number,
  storedAtMs: number,
  endsAtMs: number,
  costPicoUsd: number,
  bodyBytes: number,
];

/** One change that somebody waits for. `delete` is a step through the entries that fit and were looked up before `belowSequence`, behind `afterId`. */
export type WriteCommand =
  | { readonly kind: "raise"; readonly selector: AnswerSelector }
  | { readonly kind: "clear" }
  | {
      readonly kind: "delete";
      readonly selector: AnswerSelector;
      readonly belowSequence: number;
      readonly afterId: number;
    }
  | { readonly kind: "drop"; readonly id: number }
  | { readonly kind: "checkpoint" }
  | { readonly kind: "sweep" };

/**
 * What a change came to: of `raise` the new sequence; of `clear`, `delete` and `sweep` how many entries went. `lastId`: where
 * `delete` goes on; null: it has seen all.
 */
export interface WriteAnswer {
  readonly count: number;
  readonly lastId: number | null;
}

/** Changes of one transaction. */
export interface WriteBatch {
  readonly nowMs: number;
  readonly changes: readonly (EntryRow | WriteCommand)[];
  /** Of the entries, behind one another. */
  readonly bodies: Uint8Array;
  /** Hits since the last batch, by id of entry. */
  readonly hits: readonly (readonly [id: number, hits: number])[];
}

/** To the writing thread. */
export type ToAnswerWriter = WriteBatch | "close";

/** Why nothing of it was done. `spoilt`: the file cannot be made sense of; `replaced`: another one lies in its place. */
export interface AnswerFailure {
  readonly kind: "failed";
  readonly message: string;
  readonly cause: "spoilt" | "replaced" | "other";
}

/** From the writing thread. Once at the start what is stored; then one answer to each batch. */
export type FromAnswerWriter =
  | { readonly kind: "stored"; readonly fingerprints: Float64Array }
  | {
      readonly kind: "written";
      /** To the commands, in their order. */
      readonly answers: readonly WriteAnswer[];
      /** Everything that was stored before is gone. */
      readonly cleared: boolean;
      /** Fingerprints of what came, and negated of what went, in their order; after `cleared`. */
      readonly changes: readonly number[];
      /** Thrown out to make room. */
      readonly evicted: number;
    }
  | AnswerFailure
  | ThreadNews;

/** A question to the reading thread. */
export type ReadCall =
  | {
      readonly kind: "get";
      readonly fingerprint: number;
      readonly owner: string;
      readonly partition: string;
      readonly key: string;
      readonly nowMs: number;
    }
  | { readonly kind: "scan"; readonly selector: AnswerSelector; readonly afterId: number; readonly nowMs: number }
  | { readonly kind: "stats" };

/** An entry that may be served, and where its owner's invalidations stand. */
export interface ReadGet {
  readonly id: number;
  readonly body: Uint8Array | null;
  readonly sequence: number;
}

/** An entry of a scan. */
export interface ReadEntry {
  readonly id: number;
  readonly owner: string;
  readonly partition: string;
  readonly isolation: Isolation;
  readonly key: string;
  readonly body: Uint8Array;
}

/** Some entries of a scan. `lastId`: where it goes on; null: it has seen all. */
export interface ReadScan {
  readonly entries: readonly ReadEntry[];
  readonly lastId: number | null;
}

/** Totals of the file. */
export interface ReadStats {
  readonly entries: number;
  readonly bytes: number;
}

/** Answer to one question. */
export type ReadAnswer = ReadGet | ReadScan | ReadStats | AnswerFailure;

/** To the reading thread: questions of one turn. */
export type ToAnswerReader = readonly ReadCall[] | "close";

/** From the reading thread: answers in the order of the questions. */
export type FromAnswerReader = { readonly kind: "answers"; readonly answers: readonly ReadAnswer[] } | ThreadNews;
