import type { CacheFigures } from "../assembly/answers/cache-figures.ts";
import { formatUsd } from "../money/format-usd.ts";
import type { AnswerEntry, AnswerStats } from "../spec/answer-store.ts";
import { formatBytes, formatCount, formatShare } from "./format-figures.ts";
import { cleanCell, type Column, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const columnsOf = (...headings: readonly string[]): readonly Column[] =>
  headings.map((heading, index) => ({ heading, align: index === 0 ? "left" : "right" }));

/** How full the store is; null for one that lives in the gateway's process. */
export type ShownStats = { readonly store: string } & (AnswerStats | { readonly entries: null });

/** The caches for a person: how full, what they found, week by week, and what that was worth. */
export function describeCacheStats(stats: ShownStats, figures: CacheFigures, terminal: Terminal): string[] {
  const lines = [terminal.paint("out", "bold", `Answers in ${stats.store}`), fullness(stats)];
  const saved = Object.entries(figures.savedPicoUsd).map(([name, picoUsd]) => `${formatUsd(picoUsd)} by ${name}`);
  lines.push(`Saved, net of the hits' own lookups: ${saved.length === 0 ? "nothing yet" : saved.join(", ")}`);
  if (figures.layers.length > 0) {
    const rows = figures.layers.map(({ layer, requests }) => [layer, formatCount(requests)]);
    lines.push("", ...renderTable(columnsOf("answered without a call", "requests"), rows));
  }
  if (figures.weeks.length > 0) {
    const rows = figures.weeks.map(({ monday, lookups, hits, hitRate }) => [
      monday,
      formatCount(lookups),
      formatCount(hits),
      hitRate === null ? "-" : formatShare(hitRate),
    ]);
    lines.push("", ...renderTable(columnsOf("week from", "lookups", "hits", "hit rate"), rows));
  }
  return lines;
}

function fullness(stats: ShownStats): string {
  if (stats.entries === null) return "In the gateway's process; it alone knows how many.";
  const share = stats.bytesMax > 0 ? formatShare(stats.bytes / stats.bytesMax) : "-";
  const room = `${formatBytes(stats.bytes)} of ${formatBytes(stats.bytesMax)} (${share})`;
  return `${formatCount(stats.entries)} entries, ${room}, ${formatCount(stats.evicted)} thrown out to make room`;
}

const moment = (atMs: number): string => new Date(atMs).toISOString();

/** One entry for a person: everything but the answer. */
export function describeEntry({ scope, key, answer }: AnswerEntry): string[] {
  const bytes = answer.pieces.reduce((sum, piece) => sum + piece.length, 0);
  const rows: readonly (readonly [string, string])[] = [
    ["key", key],
    ["shared by", scope.isolation],
    ["answer", `${answer.kind}, status ${answer.status}, ${answer.dialect}, ${formatCount(bytes)} bytes`],
    [
      "bought from",
      cleanCell(`${answer.endpointId}/${answer.model} (${answer.servedModel ?? "snapshot not told"})`, 120),
    ],
    ["cost then", formatUsd(answer.costPicoUsd)],
    ["stored", moment(answer.storedAtMs)],
    ["fresh until", moment(answer.freshUntilMs)],
    ["ends", moment(answer.endsAtMs)],
    ["forgotten by", cleanCell(answer.tags.join(", "), 400)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)}${value}`);
}
