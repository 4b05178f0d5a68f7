import { formatUsd } from "../../src/money/format-usd.ts";
import { classOf, compareBy, type Comparison, compareGroups } from "./compare.ts";
import type { TwinGroup } from "./read-sides.ts";

const usd = (picoUsd: bigint): string => formatUsd(picoUsd, { digits: 6 });
const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;

/** The run as tables for a person: by what happened, then by technique and method, then what had to be estimated. */
export function renderTwins(groups: readonly TwinGroup[]): readonly string[] {
  const all = compareGroups("all", groups);
  return [
    ...table("WHAT HAPPENED", [...compareBy(groups, kindOf), all]),
    "",
    ...table("TECHNIQUE AND METHOD", [...compareBy(groups, classOf), all]),
    "",
    ...estimateLines(groups),
  ];
}

/** Translated requests by the vendor that answered them: each counts tokens in its own way. */
function kindOf({ group }: TwinGroup): string {
  if (!group.usesLocalKey) return group.kind;
  return `${group.kind} to ${group.requests[0]?.path === "/v1/messages" ? "openai" : "anthropic"}`;
}

function cells(first: string, rest: readonly string[]): string {
  return first.padEnd(46) + rest.map((cell) => cell.padStart(13)).join("");
}

function table(title: string, lines: readonly Comparison[]): readonly string[] {
  return [
    cells(title, ["requests", "direct", "through", "invoices", "ledger", "error", "95 % from", "to"]),
    ...lines.map((line) =>
      cells(line.name, [
        String(line.requests),
        usd(line.directPicoUsd),
        usd(line.throughPicoUsd),
        usd(line.directPicoUsd - line.throughPicoUsd),
        usd(line.netPicoUsd),
        line.groupsOff === 0 ? "0" : line.netPicoUsd === 0n ? usd(line.errorPicoUsd) : percent(line.errorShare),
        ...(line.groupsOff === 0 ? ["", ""] : line.interval.map(percent)),
      ]),
    ),
  ];
}

/** Calls that nobody counted: which kinds they are, what the ledger put down, what the provider invoiced. */
function estimateLines(groups: readonly TwinGroup[]): readonly string[] {
  const estimated = groups.filter(({ ledger }) => ledger.estimated > 0);
  const kinds = [...new Set(estimated.map(({ group }) => group.kind))].toSorted();
  return [
    "ESTIMATED (no final count came; the same estimate stands in baseline and cost)",
    ...kinds.map((kind) => {
      const of = estimated.filter(({ group }) => group.kind === kind);
      const ledger = of.reduce((sum, one) => sum + one.ledger.billedPicoUsd, 0n);
      const invoice = of.reduce((sum, one) => sum + one.through.picoUsd, 0n);
      return `  ${kind.padEnd(22)} ${String(of.length).padStart(5)} groups: ledger ${usd(ledger)}, invoice ${usd(invoice)}`;
    }),
  ];
}
