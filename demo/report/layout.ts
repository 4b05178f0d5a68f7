/** One column of a table of text. */
export interface Column {
  readonly width: number;
  readonly align: "left" | "right";
}

/** Cells in columns, two spaces before each; cells that are too long push the rest along. Nothing trails. */
export function layLine(cells: readonly string[], columns: readonly Column[]): string {
  let line = "";
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? "";
    line += `  ${column.align === "left" ? cell.padEnd(column.width) : cell.padStart(column.width)}`;
  }
  return line.trimEnd();
}

/** A part in a whole as `12.3 %`; `-` of nothing. */
export function percentOf(part: bigint, whole: bigint): string {
  if (whole === 0n) return "-";
  const size = part < 0n ? -part : part;
  // Per mille, rounded half up, keeps the arithmetic whole.
  const perMille = (size * 2_000n + whole) / (whole * 2n);
  return `${part < 0n ? "-" : ""}${perMille / 10n}.${perMille % 10n} %`;
}

/** `1,234` */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with its noun: `1 hit`, `2 hits`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}
