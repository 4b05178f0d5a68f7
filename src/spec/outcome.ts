import type { PicoUsd } from "./money.ts";

/**
 * Whose requests an outcome may be joined to, and among whose outcomes its id is unique: the holder of an own key, the
 * keys of a tenant, or the operator, whose outcomes are joined to anybody's requests.
 */
export type OutcomeOwner = `own:${string}` | `tenant:${string}` | "operator";

/** Something of value that happened because of model calls: a resolved ticket, a report, a sale. Posted by the application. */
export interface Outcome {
  /** The poster's own id; posting it again changes nothing. 1 to 128 characters. */
  readonly id: string;
  readonly kind: string;
  /** What it is worth in money, signed; null: not said. */
  readonly valuePicoUsd: PicoUsd | null;
  /** How much of an outcome it is, above 0, in whole millionths; default 1. */
  readonly weight: number;
  /** What it is joined by: exactly one of the two. */
  readonly session: string | null;
  readonly requestId: string | null;
  /** When it happened; null: when it was posted. */
  readonly atMs: number | null;
}

/** Who posts. */
export interface OutcomePoster {
  readonly owner: OutcomeOwner;
  /** Public id of the key; `operator` for an import. */
  readonly keyId: string;
  /** Keys whose requests are the owner's; empty for the operator. */
  readonly keyIds: readonly string[];
}

/** What became of a post: nothing of it is stored when it is refused. */
export type OutcomeReceipt =
  | { readonly stored: number; readonly repeated: number }
  /** This id is stored with another content already. */
  | { readonly conflict: string };

/** Where outcomes are kept. Rows are immutable and leave with the requests of the time they were posted in. */
export interface OutcomeStore {
  /** Stores all or none. Resolves when they are on disk. Rejects with FarthingError `overloaded` when too many posts wait. */
  post(poster: OutcomePoster, outcomes: readonly Outcome[]): Promise<OutcomeReceipt>;
  close(): Promise<void>;
}
