import type { ClaimName } from "./caller.ts";
import type { ReportRow } from "./ledger.ts";
import type { PicoUsd } from "./money.ts";

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
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: readonly ReportDimension[];
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
