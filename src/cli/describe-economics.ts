import { formatUsd } from "../money/format-usd.ts";
import type { Economics } from "../spec/economics.ts";
import { formatCount, formatShare } from "./format-figures.ts";
import { cleanCell, type Column, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Unit economics for a person: what one outcome, user, feature, session, run or step costs, and what nothing explains. */
export function describeEconomics(found: Economics, last: string, terminal: Terminal): string[] {
  const heading = (text: string): string => terminal.paint("out", "bold", text);
  const lines = [
    heading(`The last ${last}: ${formatUsd(found.costPicoUsd)} for ${formatCount(found.requests)} requests`),
    ...kindLines(found),
    `without an outcome  ${formatUsd(found.withoutOutcome.costPicoUsd)}${shareOf(found.withoutOutcome.costPicoUsd, found)}, ${formatCount(found.withoutOutcome.requests)} requests`,
  ];
  if (found.unpriced > 0) {
    const gap = `not in the sums     ${formatCount(found.unpriced)} requests without a known price`;
    lines.push(terminal.paint("out", "yellow", gap));
  }
  if (found.by !== "kind") lines.push("", heading(`by ${found.by}`), ...groupLines(found));
  if (found.dearestRuns.length > 0) lines.push("", heading("dearest runs"), ...runLines(found));
  lines.push("", `saved this week     ${formatUsd(found.savedThisWeekPicoUsd)}`);
  return lines;
}

function kindLines({ kinds }: Economics): string[] {
  if (kinds.length === 0) {
    return ["No outcomes in this window: post them to /v1/outcomes, or farthing outcomes import --from FILE."];
  }
  const names = ["outcomes", "no calls found", "cost", "each", "value", "margin"];
  const rows = kinds.map((line) => [
    cleanCell(line.kind),
    formatCount(line.outcomes),
    line.unmatched === 0 ? "-" : formatCount(line.unmatched),
    formatUsd(line.costPicoUsd),
    formatUsd(line.costPerOutcomePicoUsd),
    line.valued === 0 ? "-" : formatUsd(line.valuePicoUsd),
    line.marginPicoUsd === null ? "-" : formatUsd(line.marginPicoUsd),
  ]);
  return renderTable([left("outcome"), ...names.map(right)], rows);
}

function groupLines({ by, lines, linesLeftOut, perNamed }: Economics): string[] {
  const rows = lines.map((line) => [
    cleanCell(line.name),
    formatCount(line.requests),
    formatUsd(line.costPicoUsd),
    formatUsd(line.joinedCostPicoUsd),
  ]);
  const shown = renderTable([left(by), right("requests"), right("cost"), right("with an outcome")], rows);
  if (linesLeftOut.groups > 0) {
    shown.push(`and ${formatCount(linesLeftOut.groups)} more, ${formatUsd(linesLeftOut.costPicoUsd)} together`);
  }
  if (perNamed === null) shown.push(`No request names its ${by}: send x-farthing-${by}.`);
  else shown.push(`${formatUsd(perNamed.meanCostPicoUsd)} for each ${by} of ${formatCount(perNamed.groups)}`);
  return shown;
}

function runLines({ dearestRuns }: Economics): string[] {
  const rows = dearestRuns.flatMap((run) => [
    [cleanCell(run.run), "", formatCount(run.requests), formatUsd(run.costPicoUsd)],
    ...run.steps.map((step) => ["", cleanCell(step.step), formatCount(step.requests), formatUsd(step.costPicoUsd)]),
    ...(run.stepsLeftOut === 0
      ? []
      : [["", `${formatCount(run.stepsLeftOut)} more steps`, "", formatUsd(run.leftOutCostPicoUsd)]]),
  ]);
  return renderTable([left("run"), left("step"), right("requests"), right("cost")], rows);
}

function shareOf(part: bigint, { costPicoUsd }: Economics): string {
  return costPicoUsd <= 0n ? "" : ` (${formatShare(Number((part * 1_000_000n) / costPicoUsd) / 1_000_000)})`;
}

function left(heading: string): Column {
  return { heading, align: "left" };
}

function right(heading: string): Column {
  return { heading, align: "right" };
}
