import { formatUsd } from "../money/format-usd.ts";
import { isResidual } from "../money/savings/residual.ts";
import type { Report, ReportLine, ReportShare, SizeForecast } from "../spec/report.ts";
import { formatBytes, formatCount, formatLatency, formatShare } from "./format-figures.ts";
import { cleanCell, type Column, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** A report for a person: the sums, where they come from, and what is not in them. */
export function describeReport(report: Report, forecast: SizeForecast | null, terminal: Terminal): string[] {
  const heading = (text: string): string => terminal.paint("out", "bold", text);
  const { total } = report;
  const lines = [
    heading(`Requests from ${minuteOf(report.fromMs)} to ${minuteOf(report.toMs)} UTC`),
    ...sumLines(total),
  ];
  const gaps = gapsOf(report);
  if (gaps !== "") lines.push(terminal.paint("out", "yellow", `not in the sums  ${gaps}`));
  if (Object.keys(total.savedPicoUsd).length > 0) lines.push("", heading("by technique"), ...techniqueLines(total));
  if (report.models.length > 0) lines.push("", heading("by model"), ...shareLines("model", report.models));
  if (report.costliestFeatures.length > 0) {
    lines.push("", heading("features that make 80 % of the cost"), ...shareLines("feature", report.costliestFeatures));
  }
  if (report.lines.length > 0) lines.push("", heading(`by ${report.by.join(", ")}`), ...groupLines(report));
  if (report.readFrom === "rows" && report.lines.length > 0) {
    lines.push("no sums are kept by this grouping, or not yet: every request was read");
  }
  if (report.lines.length > 0 && report.linesFromMs > report.fromMs) {
    lines.push(`these begin at ${minuteOf(report.linesFromMs)} UTC: requests before that were deleted`);
  }
  if (report.linesLeftOut > 0) lines.push(`and ${formatCount(report.linesLeftOut)} more groups, each cheaper`);
  if (forecast !== null) {
    const { rows, bytes, bytesAtRetention, retentionDays } = forecast;
    const size = `${formatBytes(bytes)} for ${formatCount(rows)} requests`;
    lines.push("", `Ledger: ${size}; at this pace ${formatBytes(bytesAtRetention)} after ${retentionDays} days.`);
  }
  return lines;
}

function sumLines(total: ReportLine): string[] {
  const saved = total.baselinePicoUsd - total.comparedCostPicoUsd;
  const share =
    total.baselinePicoUsd === 0n ? "" : ` (${formatShare(Number((saved * 1_000_000n) / total.baselinePicoUsd) / 1e6)})`;
  const mean = total.meanCostPicoUsd === null ? "" : `, mean ${formatUsd(total.meanCostPicoUsd)}`;
  const hits =
    total.hitRate === null
      ? "cache not in use"
      : `${formatShare(total.hitRate)} of ${formatCount(total.cacheLookups)} lookups`;
  return [
    `requests         ${formatCount(total.requests)}, ${formatCount(total.errors)} failed, ${formatCount(total.aborted)} left early`,
    `cost             ${formatUsd(total.costPicoUsd)}${mean}`,
    `cost as asked    ${formatUsd(total.baselinePicoUsd)}`,
    `saved            ${formatUsd(saved)}${share}`,
    `cache hits       ${hits}`,
    `latency          p50 ${latencyOf(total, total.p50Us)}, p99 ${latencyOf(total, total.p99Us)}`,
  ];
}

/** What each technique saved given those before it, which adds up, and what it would cost to switch it off, which does not. */
function techniqueLines({ savedPicoUsd, aloneOffPicoUsd }: ReportLine): string[] {
  const rows = Object.entries(savedPicoUsd).map(([technique, picoUsd]) => [
    cleanCell(technique),
    formatUsd(picoUsd),
    isResidual(technique) ? "-" : formatUsd(aloneOffPicoUsd[technique] ?? picoUsd),
  ]);
  const note = "alone off: how much more it would have cost with this one alone switched off; never to be added up";
  return [...renderTable([left("saved by"), right("saved"), right("alone off")], rows), note];
}

/** What the sums lack, so that nobody takes them for more than they are. */
function gapsOf(report: Report): string {
  const parts: readonly (readonly [number, string])[] = [
    [report.total.unpriced, "requests without a known price"],
    [report.rowsDropped, "requests lost because the disk stalled"],
    [report.rowsParked, "rows the ledger refused"],
  ];
  const gaps = parts.flatMap(([count, text]) => (count > 0 ? [`${formatCount(count)} ${text}`] : []));
  return gaps.join(", ");
}

function shareLines(name: string, shares: readonly ReportShare[]): string[] {
  const columns = [left(name), right("requests"), right("share"), right("cost"), right("share")];
  const rows = shares.map((share) => [
    cleanCell(share.name),
    formatCount(share.requests),
    formatShare(share.requestShare),
    formatUsd(share.costPicoUsd),
    formatShare(share.costShare),
  ]);
  return renderTable(columns, rows);
}

function groupLines(report: Report): string[] {
  const figures = ["requests", "cost", "as asked", "saved", "mean", "hits", "p50", "p99", "failed"];
  const rows = report.lines.map((line) => [
    ...report.by.map((dimension) => cleanCell(line.group[dimension] ?? "")),
    formatCount(line.requests),
    formatUsd(line.costPicoUsd),
    formatUsd(line.baselinePicoUsd),
    formatUsd(line.baselinePicoUsd - line.comparedCostPicoUsd),
    line.meanCostPicoUsd === null ? "-" : formatUsd(line.meanCostPicoUsd),
    line.hitRate === null ? "-" : formatShare(line.hitRate),
    latencyOf(line, line.p50Us),
    latencyOf(line, line.p99Us),
    formatCount(line.errors),
  ]);
  return renderTable([...report.by.map(left), ...figures.map(right)], rows);
}

/** `~` before a percentile read from a histogram, `-` where none is known. */
function latencyOf({ latency }: ReportLine, durationUs: number | null): string {
  if (durationUs === null) return "-";
  return (latency === "approximate" ? "~" : "") + formatLatency(durationUs);
}

function left(heading: string): Column {
  return { heading, align: "left" };
}

function right(heading: string): Column {
  return { heading, align: "right" };
}

function minuteOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
}
