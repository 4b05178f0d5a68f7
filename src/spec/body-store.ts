import type { Scope } from "./caller.ts";
import type { DialectName } from "./request.ts";

/** The request's side of a stored exchange. */
export interface StoredRequestBody {
  /** Ledger id of the request. */
  readonly id: bigint;
  readonly owner: Scope;
  /** Keyed digest of the end user; null where the request names none. Its bodies go when the user's key is destroyed. */
  readonly user: Scope | null;
  readonly route: string;
  readonly dialect: DialectName;
  /** The model asked for; of another resource its method and path. */
  readonly called: string;
  readonly atMs: number;
  /** The caller's bytes. */
  readonly body: Uint8Array;
}

/** The answer's side. */
export interface StoredReplyBody {
  readonly id: bigint;
  readonly owner: Scope;
  readonly user: Scope | null;
  readonly atMs: number;
  readonly status: number;
  /** The answer came to its proper end. */
  readonly complete: boolean;
  readonly pieces: readonly Uint8Array[];
}

/** Why a chain of stored bodies is not whole: the first place where it breaks. */
export interface ChainBreak {
  /** Position in the chain, from 1. */
  readonly position: bigint;
  readonly what: string;
}

/** Where a chain ends: kept elsewhere, it shows later whether anything up to there was changed. */
export interface ChainHead {
  readonly position: bigint;
  /** Of everything up to there; 64 hex digits. */
  readonly digest: string;
}

/** Result of walking a chain. */
export interface ChainReport {
  /** Lines walked: requests, replies and deletions. */
  readonly records: bigint;
  /** The last line that fits; null where nothing was ever kept. */
  readonly head: ChainHead | null;
  readonly brokenAt: ChainBreak | null;
}

/** One stored body, decrypted; null bytes where its user's key was destroyed. */
export interface ExportedBody {
  readonly position: bigint;
  readonly id: bigint;
  readonly part: "request" | "reply";
  readonly route: string;
  /** As of the request; empty where retention took that. */
  readonly called: string;
  readonly atMs: number;
  /** Of a reply; null of a request. */
  readonly status: number | null;
  /** Whether a reply came to its proper end; null of a request. */
  readonly complete: boolean | null;
  readonly body: Uint8Array | null;
}

/**
 * Full requests and replies, encrypted at rest, in a chain over digests of what is written: nothing can be edited, left
 * out or put in between unnoticed. Deleting a user destroys the key of that user's bodies and leaves the chain whole.
 */
export interface BodyStore {
  /** Resolves when the request is on disk. Rejects when it is not: whoever has to keep it must not go on. */
  keepRequest(request: StoredRequestBody): Promise<void>;
  /** As {@link keepRequest} for the answer. */
  keepReply(reply: StoredReplyBody): Promise<void>;
  /**
   * Destroys the key of a user's bodies; the chain tells that it was. Rejects when a copy of it may be left.
   * @returns how many records can be read no more.
   */
  deleteUser(owner: Scope, user: Scope): Promise<number>;
  /** Walks the whole chain. `kept`: a head noted earlier, which must still be in it. Rejects when it cannot be read. */
  verify(kept?: ChainHead): Promise<ChainReport>;
  /** Every record in order; for export. `owner` given: of this owner only. */
  read(selector: { readonly owner?: Scope; readonly id?: bigint }): AsyncIterable<ExportedBody>;
  close(): Promise<void>;
}
