/** `12.3 MiB` or `4.1 GiB`. */
export function formatBytes(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes < 1024 ? `${mebibytes.toFixed(1)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

/** `12,345`. */
export function formatCount(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A fraction as `38.3 %`. */
export function formatShare(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

/** `0.8 ms`, `812 ms` or `12.3 s`. */
export function formatLatency(durationUs: number): string {
  const durationMs = durationUs / 1000;
  if (durationMs < 10) return `${durationMs.toFixed(1)} ms`;
  return durationMs < 10_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}
