/** A part of an account's time that spending is counted in: the whole window, or a slice of a sliding one. */
export interface BalanceKey {
  /** `Account.id`. */
  readonly account: string;
  /** Start of the window or slice, milliseconds since the epoch. */
  readonly sliceStartMs: number;
}

/** What a process asks the store to set aside for it. */
export interface LeaseAsk extends BalanceKey {
  readonly limit: bigint;
  /** Slices from this one on count against the limit together; equals `sliceStartMs` for a calendar window. */
  readonly windowStartMs: number;
  /** What it needs now. */
  readonly needed: bigint;
  /** What it would like on top, so as not to ask again soon; granted in full, in part or not at all, never beyond the limit. */
  readonly wished: bigint;
}

/** Everything that was needed was granted, with so much on top; or the first ask without room, and nothing was granted. */
export type LeaseResult =
  | { readonly granted: readonly bigint[] }
  | { readonly refused: number; readonly remaining: bigint };

/** What became of leased room since the last report: some was used, some is given back. */
export interface LeaseReport extends BalanceKey {
  readonly used: bigint;
  readonly returned: bigint;
}

/** An account as the store knows it. `limit - spent - held` is left. */
export interface Balance extends BalanceKey {
  readonly spent: bigint;
  /** Leased by living processes and not used yet. */
  readonly held: bigint;
  /** Leased by processes that died: counted as spent until their owner recomputes it from its ledger. */
  readonly presumed: bigint;
}

/**
 * Where budgets' balances live, shared by the processes that share the budgets. Every change is durable before it resolves;
 * a method that rejects changed nothing. An owner is one data directory's ledger; it survives restarts.
 */
export interface LimitStore {
  /** Sets room aside for `owner` until `expiresAtMs`, all asks or none. */
  lease(owner: string, asks: readonly LeaseAsk[], nowMs: number, expiresAtMs: number): Promise<LeaseResult>;
  /** Books what was used and gives back what was not; extends the owner's leases to `expiresAtMs`. */
  report(owner: string, reports: readonly LeaseReport[], nowMs: number, expiresAtMs: number): Promise<void>;
  /** Balances of one account from `fromMs` on; of all accounts when it is null. */
  balances(account: string | null, fromMs: number): Promise<readonly Balance[]>;
  /** Turns the leases of dead owners into presumed spending. Resolves how many. */
  sweep(nowMs: number): Promise<number>;
  /** Replaces everything `owner` ever booked in these slices by what its ledger says, and ends its leases there. */
  recompute(owner: string, truth: readonly (BalanceKey & { readonly spent: bigint })[]): Promise<void>;
  /** Forgets slices that ended before this moment. */
  forget(beforeMs: number): Promise<void>;
  close(): Promise<void>;
}
