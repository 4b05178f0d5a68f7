const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a duration such as `250ms`, `5s`, `1.5h`, `1m30s`; null when the text is none or not a whole number
 * of milliseconds. A bare number is none: nobody should have to guess its unit.
 */
export function parseDuration(text: string): number | null {
  if (text.length > 40 || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * (unitMs[unit ?? ""] ?? Number.NaN);
  }
  const rounded = Math.round(totalMs);
  return Math.abs(totalMs - rounded) < 1e-6 && Number.isSafeInteger(rounded) ? rounded : null;
}

/** Text of a duration in its largest whole unit, so that it reads back as the same number. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0ms";
  for (const unit of ["d", "h", "m", "s"]) {
    const size = unitMs[unit] ?? 1;
    if (durationMs % size === 0) return `${durationMs / size}${unit}`;
  }
  return `${durationMs}ms`;
}
