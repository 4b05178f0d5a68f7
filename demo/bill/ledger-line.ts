/** What the ledger says about one request, as far as the bill needs it. Money in pico-dollars. */
export interface LedgerLine {
  /** `fr_...`, as in the header of the answer. */
  readonly requestId: string;
  readonly requestedModel: string;
  /** The model that was asked last; null when no provider was called (a hit, a follower). */
  readonly calledModel: string | null;
  /** `hit`, `miss`, `off`, `bypass`, `not-cacheable` or `coalesced`. */
  readonly cache: string;
  /** Null: a price is not known. */
  readonly costPicoUsd: bigint | null;
  readonly baselinePicoUsd: bigint | null;
  readonly savings: readonly { readonly technique: string; readonly picoUsd: bigint }[];
  /** The provider's ids of the calls made for it. */
  readonly providerRequestIds: readonly string[];
}
