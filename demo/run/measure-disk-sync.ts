import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { median } from "../../bench/measurement.ts";

const rounds = 40;
const bytes = Buffer.alloc(4_096, 1);

/** Median time of one write of 4 KiB and its sync in this directory, milliseconds: what a strict ledger cannot be quicker than. */
export function measureDiskSync(directory: string): number {
  const path = join(directory, "sync-probe");
  const file = openSync(path, "w", 0o600);
  try {
    const durations = Array.from({ length: rounds }, () => {
      const startedAt = performance.now();
      writeSync(file, bytes);
      fdatasyncSync(file);
      return performance.now() - startedAt;
    });
    return median(durations);
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}
