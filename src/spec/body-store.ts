import type { AnswerTicket } from "./answer-store.ts";
import type { CacheControl } from "./cache-control.ts";
import type { Caller, Claims, Scope } from "./caller.ts";
import type { Origin } from "./reply.ts";
import type { DialectName } from "./request.ts";

/** How a request was asked beside its bytes: with them, what a repeat has to be like to be the same question. */
export interface AskedHow {
  readonly dialect: DialectName;
  /** A call of something else than a model. */
  readonly isResource: boolean;
  /** The model asked for, and whether its answer was to stream; some dialects say so in the path. */
  readonly model: string;
  readonly stream: boolean;
  readonly query: string;
  /** Names and values in turn that may go upstream; no credential is among them. */
  readonly headers: readonly string[];
  readonly callerKind: Caller["kind"];
  /** Public id of the caller's key. */
  readonly keyId: string;
  readonly claims: Claims;
  readonly documents: readonly string[];
  readonly cacheControl: CacheControl;
  /** Where the owner's invalidations stood before it was answered; null: it was not asked for, or could not be. */
  readonly ticket: AnswerTicket | null;
}

/** Where a reply came from. */
export interface AnsweredHow {
  /** Null: it is an error of ours. */
  readonly origin: Origin | null;
  /** Whom the last call went to, and which model it asked; null where none was made. */
  readonly endpointId: string | null;
  readonly model: string | null;
}

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
  /** Kept with the bytes, encrypted as they are. */
  readonly asked: AskedHow;
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
  /** Kept with the bytes, encrypted as they are. */
  readonly answered: AnsweredHow;
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
  readonly owner: Scope;
  readonly part: "request" | "reply";
  readonly route: string;
  /** As of the request; empty where retention took that. */
  readonly called: string;
  readonly atMs: number;
  /** Of a reply; null of a request. */
  readonly status: number | null;
  /** Whether a reply came to its proper end; null of a request. */
  readonly complete: boolean | null;
  /** Of a request, and of a reply; null of the other part, and without {@link body}. */
  readonly asked: AskedHow | null;
  readonly answered: AnsweredHow | null;
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
