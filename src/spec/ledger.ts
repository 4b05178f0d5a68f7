import type { Attempt } from "./attempt.ts";
import type { Claims } from "./caller.ts";
import type { JournalEntry } from "./decision.ts";
import type { Cost, PicoUsd, Saving } from "./money.ts";
import type { Origin } from "./reply.ts";
import type { DialectName } from "./request.ts";
import type { Usage } from "./usage.ts";

/** How a request ended for its caller. */
export type RequestOutcome = "ok" | "error" | "aborted" | "truncated";

/** Result of the exact cache for one request. */
export type CacheResult = "hit" | "miss" | "off" | "bypass" | "not-cacheable" | "coalesced";

/** One request: one row, immutable. Its first attempt is stored inline, further ones in their own table. */
export interface RequestRecord {
  readonly id: bigint;
  readonly requestId: string;
  readonly arrivedAtMs: number;
  readonly durationUs: number;
  /** Until the first byte of the answer was at hand; null when none came. */
  readonly timeToFirstByteUs: number | null;
  readonly dialect: DialectName;
  readonly route: string;
  readonly keyId: string;
  readonly claims: Claims;
  readonly requestedModel: string;
  readonly stream: boolean;
  readonly bypass: boolean;
  readonly clientRetries: number;
  readonly status: number;
  readonly outcome: RequestOutcome;
  readonly origin: Origin | null;
  readonly cache: CacheResult;
  /** Usage of the answer the caller got; of a cached one, what it cost when it was bought. */
  readonly usage: Usage;
  /** What providers bill for it, all attempts, and what Farthing itself spent on it: the time of the lookup that found its answer. */
  readonly cost: Cost;
  /** What it would have cost as the caller asked it, at the prices of that moment. */
  readonly baseline: Cost;
  /** Signed; their sum is baseline minus cost, exactly, wherever both are known. */
  readonly savings: readonly Saving[];
  readonly attempts: readonly Attempt[];
  readonly journal: readonly JournalEntry[];
  readonly configGeneration: number;
  readonly priceVersion: string;
}

/** What became of a row handed over: on disk; waiting in memory because the disk stalls; lost because that memory is full. */
export type AppendResult = "synced" | "accepted" | "spooled" | "dropped";

/** The one place where spent money is remembered. */
export interface LedgerStore {
  /**
   * Hands a row over. With `sync` resolves `synced` when the row is on disk, or `spooled` after the longest wait.
   * Without it resolves `accepted` at once. Never rejects.
   */
  append(record: RequestRecord, sync: boolean): Promise<AppendResult>;
  /** The row of a request by our id or either of the provider's ids; null when there is none. */
  find(anyId: string): Promise<StoredRequest | null>;
  /** Rows and amounts for health pages. */
  status(): LedgerStatus;
  /** Writes everything out and closes; resolves when done. */
  close(): Promise<void>;
}

/** A request as read back: JSON as the admin API shows it (money as decimal strings of pico-dollars). */
export interface StoredRequest {
  readonly [field: string]: unknown;
}

/** Health of the ledger. */
export interface LedgerStatus {
  readonly rowsQueued: number;
  readonly rowsWritten: number;
  readonly rowsSpooled: number;
  readonly rowsDropped: number;
  readonly lastError: string | null;
}

/** One line of a report: sums over the rows of one group. */
export interface ReportRow {
  readonly group: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly costPicoUsd: PicoUsd;
  readonly baselinePicoUsd: PicoUsd;
  readonly savedPicoUsd: Readonly<Record<string, PicoUsd>>;
  readonly unpriced: number;
  readonly estimated: number;
  readonly cacheHits: number;
  readonly cacheLookups: number;
  readonly errors: number;
  /** Null where they are not known. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
}
