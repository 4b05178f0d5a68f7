import type { Command } from "commander";
import { type AdminEntry, readAdminLog } from "../../assembly/access/admin-log.ts";
import { type ConfigFlags, loadForCommand, readDuration } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { cleanCell, renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface AdminLogFlags extends ConfigFlags {
  readonly last: string;
  readonly json?: boolean;
}

/** `farthing admin-log`: who changed a key, a budget or a price, and when. */
export function addAdminLogCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("admin-log"))
    .description("who changed a key, a budget or a price, and when")
    .option("--last <duration>", "how far back", "30d")
    .option("--json", "one JSON object on stdout")
    .action((flags: AdminLogFlags) => showLog(flags, terminal));
}

function showLog(flags: AdminLogFlags, terminal: Terminal): void {
  const lastMs = readDuration(flags.last);
  if (lastMs === null) throw new CommandFailure(exitCodes.usage, "--last takes a duration, such as 24h or 30d.");
  const { dataDirectory } = loadForCommand(flags, terminal.env).config;
  const { entries, damaged } = readAdminLog(dataDirectory, Date.now() - lastMs);
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.admin-log.v1", entries, damaged }));
  else if (entries.length === 0) terminal.talk(`Nothing was changed in the last ${flags.last}.`);
  else {
    const headings = ["when", "who", "with", "what", "subject", "after"];
    const columns = headings.map((heading) => ({ heading, align: "left" as const }));
    for (const line of renderTable(columns, entries.map(cellsOf))) terminal.out(line);
  }
  if (damaged > 0) terminal.talk(`${damaged} lines of the log are damaged and left out.`);
}

function cellsOf({ atMs, who, with: tool, what, subject, after }: AdminEntry): readonly string[] {
  const when = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const texts = [who, tool, what, subject].map((text) => cleanCell(text));
  return [when, ...texts, after === null ? "-" : cleanCell(JSON.stringify(after), 120)];
}
