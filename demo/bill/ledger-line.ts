import type { Usage } from "../../src/spec/usage.ts";

/** What the ledger says about one request, as far as the bill needs it. Money in pico-dollars. */
export interface LedgerLine {
  /** `fr_...`, as in the header of the answer. */
  readonly requestId: string;
  readonly arrivedAtMs: number;
  /** `ok`, `error`, `aborted` or `truncated`. */
  readonly outcome: string;
  readonly requestedModel: string;
  /** The model that was asked last; null when no provider was called (a hit, a follower). */
  readonly calledModel: string | null;
  /** Of the answer; of a reused one, what was counted when it was bought. */
  readonly usage: Usage;
  /** The journal's note of an answer that was translated from another dialect; null for every other answer. */
  readonly translation: string | null;
  /** `hit`, `miss`, `off`, `bypass`, `not-cacheable` or `coalesced`. */
  readonly cache: string;
  /** Null: a price is not known. */
  readonly costPicoUsd: bigint | null;
  /** The part of it that providers bill; the rest is what the lookup of a hit cost here. */
  readonly callsPicoUsd: bigint | null;
  readonly baselinePicoUsd: bigint | null;
  readonly savings: readonly { readonly technique: string; readonly picoUsd: bigint }[];
  /** The provider's ids of the calls made for it. */
  readonly providerRequestIds: readonly string[];
}
