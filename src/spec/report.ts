import type { ClaimName } from "./caller.ts";
import type { ReportRow } from "./ledger.ts";
import type { PicoUsd } from "./money.ts";
import type { TokenClass } from "./usage.ts";

/** What a report can be grouped by beside the claims: `model` and `provider` answered last, `requested-model` was asked for. */
export const reportDimensions = [
  "tags",
  "model",
  "requested-model",
  "provider",
  "key",
  "route",
  "day",
  "status",
] as const;

/** A dimension of a report. */
export type ReportDimension = ClaimName | (typeof reportDimensions)[number];

/** One line of a report. Amounts are exact; where a price or usage is unknown, they say so by what they leave out. */
export interface ReportLine extends ReportRow {
  /** Cost of the requests whose baseline is known too: `baselinePicoUsd - comparedCostPicoUsd` is the sum of the savings. */
  readonly comparedCostPicoUsd: PicoUsd;
  /** Cost divided by the requests whose cost is known, rounded down; null when there are none. */
  readonly meanCostPicoUsd: PicoUsd | null;
  /** Hits divided by lookups; null when nothing was looked up. */
  readonly hitRate: number | null;
  readonly aborted: number;
  /**
   * By technique: what the requests would have cost more had it alone been off. Not to be added up: what one technique
   * leaves undone another does.
   */
  readonly aloneOffPicoUsd: Readonly<Record<string, PicoUsd>>;
  /** Billed tokens of all calls, by class; classes without any are left out. */
  readonly tokens: Readonly<Partial<Record<TokenClass, number>>>;
  /**
   * How the percentiles are known. `approximate`: from histograms, within 4.5 %. `unknown`: the window has too many rows to read
   * and histograms are kept by model and provider only; the percentiles are null.
   */
  readonly latency: "exact" | "approximate" | "unknown";
}

/** What part of requests and of cost one value has, each from 0 to 1. */
export interface ReportShare {
  readonly name: string;
  readonly requests: number;
  readonly requestShare: number;
  readonly costPicoUsd: PicoUsd;
  readonly costShare: number;
}

/** What became of the money in a window of time. */
export interface Report {
  /** Wider than asked for, by whole spans of the roll-ups, where rows at an edge were deleted already. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Where the lines begin: later than `fromMs` where their grouping needs rows that retention deleted. */
  readonly linesFromMs: number;
  /** Zone of its days. */
  readonly zone: string;
  readonly by: readonly ReportDimension[];
  /** `rows`: no roll-up knows the grouping, every row of the window was read. The sums are the same either way. */
  readonly readFrom: "roll-ups" | "rows";
  readonly total: ReportLine;
  /** One line a group, dearest first. A request with several tags stands in the line of each. */
  readonly lines: readonly ReportLine[];
  /** Groups beyond the longest list a report shows. */
  readonly linesLeftOut: number;
  readonly models: readonly ReportShare[];
  /** The fewest features that together make 80 % of the cost, dearest first; empty when nothing cost anything. */
  readonly costliestFeatures: readonly ReportShare[];
  /** Requests served before their row was on disk; it is there now. */
  readonly rowsSpooled: number;
  /** Rows lost because the spool was full: the sums above lack them. */
  readonly rowsDropped: number;
  /** Rows that the tables refused, kept apart for a person to look at: the sums above lack them. */
  readonly rowsParked: number;
}

/** One request as an export has it: the ledger's columns by name, and apart from them what needs more than a number or a text. */
export interface ExportedRow {
  readonly requestId: string;
  readonly columns: Readonly<Record<string, string | number | null>>;
  /** Null where no price is known. */
  readonly costPicoUsd: PicoUsd | null;
  readonly baselinePicoUsd: PicoUsd | null;
  readonly savedPicoUsd: Readonly<Record<string, PicoUsd>>;
  readonly tags: readonly string[];
}

/** How large the ledger is and will become. */
export interface SizeForecast {
  readonly rows: number;
  /** Bytes of all its files now. */
  readonly bytes: number;
  /** Null while there are no rows. */
  readonly bytesPerRow: number | null;
  /** Of the last seven days, or as many as there are. */
  readonly rowsPerDay: number;
  readonly retentionDays: number;
  /** Bytes when as many days are held as retention keeps, at the present pace. */
  readonly bytesAtRetention: number;
}
