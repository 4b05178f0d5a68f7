import { formatUsd } from "../money/format-usd.ts";
import type { VendorStatement } from "../money/statements/statements.ts";
import { formatCount } from "./format-figures.ts";
import { cleanCell, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Lines of one vendor's statement: from the list price to what is owed. */
export function describeStatement(
  { vendor, statement, recordedPicoUsd }: VendorStatement,
  terminal: Terminal,
): string[] {
  const { provisioned, commitments, credits } = statement;
  const rows: (readonly [string, bigint, string?])[] = [
    ["list price of the calls", statement.listPicoUsd],
    ["discounts", -statement.discountsPicoUsd],
    ["contracted", statement.contractedPicoUsd],
    ...provisioned.map(({ id, hours, picoUsd }) => [`capacity ${id}`, picoUsd, `${formatCount(hours)} hours`] as const),
    ...commitments.map(
      ({ id, month, committedPicoUsd, countedPicoUsd, shortfallPicoUsd }) =>
        [
          `shortfall of ${id} in ${month}`,
          shortfallPicoUsd ?? 0n,
          shortfallPicoUsd === null
            ? "a part of the month falls short of nothing yet"
            : `${formatUsd(countedPicoUsd)} of ${formatUsd(committedPicoUsd)}`,
        ] as const,
    ),
    ...credits.map(
      ({ id, usedPicoUsd, leftPicoUsd }) => [`credit ${id}`, -usedPicoUsd, `${formatUsd(leftPicoUsd)} left`] as const,
    ),
    ["payable", statement.payablePicoUsd],
  ];
  const columns = (["left", "right", "left"] as const).map((align) => ({ heading: "", align }));
  const cells = rows.map(([what, picoUsd, note]) => [cleanCell(what), formatUsd(picoUsd), cleanCell(note ?? "", 80)]);
  return [
    terminal.paint("out", "bold", `${cleanCell(vendor)}, ${statement.from} to ${statement.to} (the end not included)`),
    ...renderTable(columns, cells).slice(1),
    ...notesOf({ vendor, statement, recordedPicoUsd }, terminal),
  ];
}

function notesOf({ statement, recordedPicoUsd }: VendorStatement, terminal: Terminal): string[] {
  const { estimatedPicoUsd, unpricedCalls, contractedPicoUsd } = statement;
  const notes: string[] = [];
  if (estimatedPicoUsd > 0n) notes.push(`${formatUsd(estimatedPicoUsd)} of it is an estimate`);
  if (unpricedCalls > 0)
    notes.push(
      terminal.paint("out", "yellow", `${formatCount(unpricedCalls)} calls without a price are in none of it`),
    );
  if (recordedPicoUsd !== contractedPicoUsd)
    notes.push(`the ledger wrote down ${formatUsd(recordedPicoUsd)}: prices or terms were entered since`);
  return notes.map((note) => `- ${note}`);
}
