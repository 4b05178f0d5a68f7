import { renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { Finding } from "./finding.ts";

const colours = { ok: "green", warn: "yellow", fail: "red" } as const;
const columns = ["", "", ""].map((heading) => ({ heading, align: "left" as const }));

/** Findings for a person: a line each, and its fix below. */
export function describeFindings(findings: readonly Finding[], terminal: Terminal): string[] {
  const rows = findings.flatMap((finding) => [
    [terminal.paint("out", colours[finding.level], finding.level), finding.check, finding.text],
    ...(finding.fix === undefined ? [] : [["", "", `-> ${finding.fix}`]]),
  ]);
  return renderTable(columns, rows).slice(1);
}
