const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
};

/** Bytes of a size such as `32MiB`, `500kB`, `64B`; null when the text is none or not a whole number of bytes. */
export function parseSize(text: string): number | null {
  const match = text.length > 40 ? null : /^(\d+(?:\.\d+)?)(B|kB|MB|GB|KiB|MiB|GiB)$/.exec(text);
  if (match === null) return null;
  const bytes = Number(match[1]) * (unitBytes[match[2] ?? ""] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Text of a size in its largest whole binary unit, so that it reads back as the same number. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return "0B";
  for (const unit of ["GiB", "MiB", "KiB"]) {
    const size = unitBytes[unit] ?? 1;
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}
