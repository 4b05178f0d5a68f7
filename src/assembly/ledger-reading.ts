import type { FarthingConfig } from "../spec/config.ts";
import type { ExportedRow, Report } from "../spec/report.ts";
import { exportRows } from "../stores/sqlite/requests/export-rows.ts";
import { readReport } from "../stores/sqlite/reports/read-report.ts";
import { rebuildRollUps } from "../stores/sqlite/roll-ups/rebuild-roll-ups.ts";
import { zoneOf } from "./report-document.ts";

/** A window of arrivals and how its sums are grouped. */
export interface ReportWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** Names of dimensions; none: the total alone. */
  readonly by: readonly string[];
  /** Zone of days; absent: that of the config. */
  readonly zone?: string | undefined;
  /** Groups shown at most; absent: 1,000. */
  readonly linesMax?: number;
}

/** Sums over a window of the ledger. See `readReport` for what it throws. */
export function readLedgerReport(config: FarthingConfig, window: ReportWindow): Report {
  const { zone = zoneOf(config), ...rest } = window;
  return readReport({ directory: config.dataDirectory, zone, ...rest });
}

/** Every request of a window, oldest first. @throws FarthingError `not_found` without a ledger. */
export function readLedgerRows(config: FarthingConfig, fromMs: number, toMs: number): Iterable<ExportedRow> {
  return exportRows(config.dataDirectory, fromMs, toMs);
}

/**
 * Makes the roll-ups anew, while no gateway runs. @returns the number of rows folded.
 * @throws FarthingError `config_invalid` while another process writes the ledger.
 */
export function rebuildLedgerRollUps(
  config: FarthingConfig,
  nowMs: number,
  onProgress: (rows: number) => void,
): number {
  return rebuildRollUps({ directory: config.dataDirectory, zone: zoneOf(config), nowMs, onProgress });
}
