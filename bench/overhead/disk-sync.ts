import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "../measurement.ts";

/** Milliseconds of one append of 4 KiB and its fdatasync in a directory: median and 99th percentile of 200. */
export function measureDiskSync(directory: string): { readonly p50Ms: number; readonly p99Ms: number } {
  const file = openSync(join(directory, "sync-probe"), "w");
  const page = Buffer.alloc(4096, 7);
  const timesMs = Array.from({ length: 200 }, () => {
    const started = process.hrtime.bigint();
    writeSync(file, page);
    fdatasyncSync(file);
    return Number(process.hrtime.bigint() - started) / 1e6;
  });
  closeSync(file);
  return { p50Ms: quantile(timesMs, 0.5), p99Ms: quantile(timesMs, 0.99) };
}
