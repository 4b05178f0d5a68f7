/** A part of an account's time that spending is counted in: the whole window, or a slice of a sliding one. */
export interface BalanceKey {
  /** `Account.id`. */
  readonly account: string;
  /** Start of the window or slice, milliseconds since the epoch. */
  readonly sliceStartMs: number;
}

/** What a process asks the store to set aside for it. */
export interface LeaseAsk extends BalanceKey {
  /** Null: no limit; a soft account that is over its own. */
  readonly limit: bigint | null;
  /** Slices from this one on count against the limit together; equals `sliceStartMs` for a calendar window. */
  readonly windowStartMs: number;
  /** What it needs now. */
  readonly needed: bigint;
  /** What it would like on top, so as not to ask again soon; how much of it is granted says `kit/lease-grant.ts`. */
  readonly wished: bigint;
}

/** Everything that was needed was granted, with so much on top; or the first ask without room, and nothing was granted. */
export type LeaseResult =
  | { readonly granted: readonly bigint[] }
  | { readonly refused: number; readonly remaining: bigint };

/** What became of leased room since the last report. Both amounts are 0 or more; they need not be equal. */
export interface LeaseReport extends BalanceKey {
  /** Spent for good: the balance's `spent` grows by it. Beyond what was leased it counts in full all the same. */
  readonly used: bigint;
  /** How much of the lease is over, used or given back: the balance's `held` shrinks by it. */
  readonly ended: bigint;
}

/** An account as the store knows it, all owners together. `limit - spent - held - presumed` is left. */
export interface Balance extends BalanceKey {
  readonly spent: bigint;
  /** Leased by living processes and not used yet. */
  readonly held: bigint;
  /** Leased by processes that died: counted as spent until their owner recomputes it from its ledger. */
  readonly presumed: bigint;
}

/** What an owner has spent in a slice, from its ledger. */
export interface SpentTruth extends BalanceKey {
  readonly spent: bigint;
}

/**
 * Where budgets' balances live, shared by the processes that share the budgets. Every change is durable before it resolves;
 * a method that rejects changed nothing. What is called on one opened store takes effect in the order of the calls. An owner
 * is one data directory's ledger; it survives restarts, and one process at a time speaks for it.
 */
export interface LimitStore {
  /** Sets room aside for `owner` until `expiresAtMs`, all asks or none. At most one ask an account. */
  lease(owner: string, asks: readonly LeaseAsk[], nowMs: number, expiresAtMs: number): Promise<LeaseResult>;
  /** Books what was used, ends what was leased for it, and extends all leases of the owner to `expiresAtMs`. */
  report(owner: string, reports: readonly LeaseReport[], nowMs: number, expiresAtMs: number): Promise<void>;
  /** Balances of one account in slices that begin at `fromMs` or later, in no order; of all accounts when it is null. */
  balances(account: string | null, fromMs: number): Promise<readonly Balance[]>;
  /** Slices in which `owner` has leases, alive or presumed: what a process that begins must recompute. */
  leasedBy(owner: string): Promise<readonly BalanceKey[]>;
  /** Turns the leases of dead owners into presumed spending. Resolves how many. */
  sweep(nowMs: number): Promise<number>;
  /** Replaces everything `owner` ever booked in these slices by what its ledger says, and ends its leases there. */
  recompute(owner: string, truth: readonly SpentTruth[]): Promise<void>;
  /** Forgets slices that began before this moment. */
  forget(beforeMs: number): Promise<void>;
  close(): Promise<void>;
}
