import type { FarthingConfig } from "../../spec/config.ts";
import { formatBytes } from "../format-figures.ts";
import { forecastLedger, ledgerSchemaVersion } from "../../assembly/operation.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

/** Whether the ledger opens, its schema, its size and what it will grow to. */
export function checkLedger(config: FarthingConfig, freeBytes: number, nowMs: number): Finding {
  try {
    const forecast = forecastLedger(config, nowMs);
    if (forecast === null) return good("ledger", "none yet; the first start makes it");
    const size = `schema ${ledgerSchemaVersion}, ${forecast.rows} requests, ${formatBytes(forecast.bytes)}`;
    if (forecast.rows === 0) return good("ledger", size);
    const text = `${size}; at this pace ${formatBytes(forecast.bytesAtRetention)} after ${forecast.retentionDays} days`;
    if (forecast.bytesAtRetention - forecast.bytes < freeBytes) return good("ledger", text);
    return doubtful("ledger", `${text}, more than the disk has free`, "Lower ledger.retention, or move dataDirectory.");
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return bad("ledger", text, "If the file is damaged, move it away; a new one is made at the next start.");
  }
}
