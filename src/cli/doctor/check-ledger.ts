import type { FarthingConfig } from "../../spec/config.ts";
import { readLedgerSpan } from "../operation.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

const dayMs = 86_400_000;
const mebibyte = 1024 ** 2;

/** Whether the ledger opens, its schema, its size and what it will grow to. */
export function checkLedger(config: FarthingConfig, freeBytes: number): Finding {
  try {
    const span = readLedgerSpan(config.dataDirectory);
    if (span === null) return good("ledger", "none yet; the first start makes it");
    const size = `schema ${span.schemaVersion}, ${formatBytes(span.bytes)}`;
    if (span.oldestMs === null || span.newestMs === null) return good("ledger", `${size}, no requests yet`);
    const forecastBytes = forecastLedgerBytes(span.bytes, span.newestMs - span.oldestMs, config.ledger.retentionDays);
    if (forecastBytes === null) return good("ledger", `${size}; less than a day of requests, too few for a forecast`);
    const text = `${size}; at this pace ${formatBytes(forecastBytes)} after ${config.ledger.retentionDays} days`;
    if (forecastBytes - span.bytes < freeBytes) return good("ledger", text);
    return doubtful("ledger", `${text}, more than the disk has free`, "Lower ledger.retention, or move dataDirectory.");
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return bad("ledger", text, "If the file is damaged, move it away; a new one is made at the next start.");
  }
}

/** Size once the oldest rows leave as fast as new ones come; null while there is less than a day to judge by. */
export function forecastLedgerBytes(bytes: number, spanMs: number, retentionDays: number): number | null {
  if (spanMs < dayMs) return null;
  return Math.max(bytes, Math.round((bytes / spanMs) * dayMs * retentionDays));
}

/** `12.3 MiB` or `4.1 GiB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1024 * mebibyte
    ? `${(bytes / mebibyte).toFixed(1)} MiB`
    : `${(bytes / mebibyte / 1024).toFixed(1)} GiB`;
}
