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

/** Result of walking a chain. */
export interface ChainReport {
  readonly records: bigint;
  readonly brokenAt: ChainBreak | null;
}

/** One stored body, decrypted; null bytes where its user's key was destroyed. */
export interface ExportedBody {
  readonly position: bigint;
  readonly id: bigint;
  readonly part: "request" | "reply";
  readonly route: string;
  readonly atMs: number;
  readonly status: number | null;
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
  /** Destroys the keys of a user's bodies. @returns how many records can be read no more. */
  deleteUser(owner: Scope, user: Scope): Promise<number>;
  verify(): Promise<ChainReport>;
  /** Every record in order; for export. `owner` given: of this owner only. */
  read(selector: { readonly owner?: Scope; readonly id?: bigint }): AsyncIterable<ExportedBody>;
  close(): Promise<void>;
}
