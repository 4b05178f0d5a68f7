import { picoToDecimal } from "../money/decimal.ts";
import type { PicoUsd } from "../spec/money.ts";
import type { ExportedRow, ReportLine } from "../spec/report.ts";
import { tokenClasses } from "../spec/usage.ts";

/** What a cell of an export can hold; null and an empty text look alike in CSV only. */
export type Cell = string | number | null;

/** One line: cells by name, always the same names in the same order. */
export type ExportLine = readonly (readonly [name: string, cell: Cell])[];

/** How lines are written. */
export const exportFormats = ["csv", "ndjson"] as const;

/** One of {@link exportFormats}. */
export type ExportFormat = (typeof exportFormats)[number];

/** A group's sums; amounts are exact decimals of a dollar. */
export function exportGroup(line: ReportLine): ExportLine {
  return [
    ...Object.entries(line.group),
    ["requests", line.requests],
    ["cost_usd", picoToDecimal(line.costPicoUsd)],
    ["compared_cost_usd", picoToDecimal(line.comparedCostPicoUsd)],
    ["baseline_usd", picoToDecimal(line.baselinePicoUsd)],
    ["saved_usd", picoToDecimal(line.baselinePicoUsd - line.comparedCostPicoUsd)],
    ["saved_by_technique", savedText(line.savedPicoUsd)],
    ["unpriced", line.unpriced],
    ["estimated", line.estimated],
    ["cache_hits", line.cacheHits],
    ["cache_lookups", line.cacheLookups],
    ["errors", line.errors],
    ["aborted", line.aborted],
    ...tokenClasses.map((name): [string, Cell] => [`${snakeCase(name)}_tokens`, line.tokens[name] ?? 0]),
    ["p50_us", line.p50Us],
    ["p99_us", line.p99Us],
    ["latency", line.latency],
  ];
}

/** A request; amounts are exact decimals of a dollar, empty where no price is known. */
export function exportRequest(row: ExportedRow): ExportLine {
  const { arrived_at_ms: arrivedAtMs, ...columns } = row.columns;
  return [
    ["request_id", row.requestId],
    ["arrived_at", new Date(Number(arrivedAtMs)).toISOString()],
    ...Object.entries(columns),
    ["tags", JSON.stringify(row.tags)],
    ["cost_usd", amountCell(row.costPicoUsd)],
    ["baseline_usd", amountCell(row.baselinePicoUsd)],
    ["saved_by_technique", savedText(row.savedPicoUsd)],
  ];
}

/** The names of a line's cells as the first line of a CSV file; null for formats that have none. */
export function headerText(line: ExportLine, format: ExportFormat): string | null {
  return format === "csv" ? line.map(([name]) => csvCell(name)).join(",") : null;
}

/** A line as text, without its line break. */
export function lineText(line: ExportLine, format: ExportFormat): string {
  return format === "csv" ? line.map(([, cell]) => csvCell(cell)).join(",") : JSON.stringify(Object.fromEntries(line));
}

/**
 * RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it: names come from callers
 * (https://owasp.org/www-community/attacks/CSV_Injection). Amounts keep their minus.
 */
function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) && !/^-\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function amountCell(picoUsd: PicoUsd | null): Cell {
  return picoUsd === null ? null : picoToDecimal(picoUsd);
}

function savedText(saved: Readonly<Record<string, PicoUsd>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(saved).map(([name, picoUsd]) => [name, picoToDecimal(picoUsd)])),
  );
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]|(?<=[a-z])\d/g, (part) => `_${part.toLowerCase()}`);
}
