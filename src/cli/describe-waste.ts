import { formatUsd } from "../money/format-usd.ts";
import type { Waste } from "../spec/waste.ts";
import { formatCount, formatShare } from "./format-figures.ts";
import { type Column, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const columns: readonly Column[] = ["what", "requests", "cost", "share", "without a price"].map((heading, index) => ({
  heading,
  align: index === 0 ? "left" : "right",
}));

/** A waste report for a person: the lines that hold anything, what to do about each, and what nobody can tell. */
export function describeWaste(found: Waste, last: string, terminal: Terminal): string[] {
  const share = found.costPicoUsd <= 0n ? 0 : Number((found.wastePicoUsd * 1_000_000n) / found.costPicoUsd) / 1e6;
  const sums = `${formatUsd(found.wastePicoUsd)} of ${formatUsd(found.costPicoUsd)} (${formatShare(share)})`;
  const lines = [terminal.paint("out", "bold", `Paid for nothing in the last ${last}: ${sums}`)];
  const some = found.lines.filter(({ requests }) => requests > 0);
  if (some.length > 0) {
    const rows = some.map((line) => [
      line.name,
      formatCount(line.requests),
      formatUsd(line.picoUsd),
      formatShare(line.share),
      line.unpriced === 0 ? "-" : formatCount(line.unpriced),
    ]);
    lines.push(...renderTable(columns, rows), "");
    for (const { name, meaning, nextStep } of some) lines.push(`${name}: ${meaning} ${nextStep}`);
  }
  lines.push("", "Not known:", ...found.notKnown.map(({ name, why }) => `  ${name}. ${why}`));
  return lines;
}
