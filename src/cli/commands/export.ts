import { once } from "node:events";
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Argument, type Command } from "commander";
import type { FarthingConfig } from "../../spec/config.ts";
import { readLedgerReport, readLedgerRows } from "../../assembly/ledger-reading.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import {
  exportFormats,
  type ExportFormat,
  exportGroup,
  type ExportLine,
  exportRequest,
  headerText,
  lineText,
} from "../export-format.ts";
import { formatCount } from "../format-figures.ts";
import type { Terminal } from "../terminal.ts";
import { namesIn, windowOf } from "../window-flags.ts";

interface ExportFlags extends ConfigFlags {
  readonly last: string;
  readonly by?: string;
  readonly zone?: string;
  readonly rows?: boolean;
  readonly out?: string;
}

/** Lines written between two looks at whether the reader keeps up. */
const linesAtOnce = 500;

/** `farthing export csv|ndjson`: sums or requests for another program. */
export function addExportCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("export"))
    .description("write sums, or every request, as CSV or NDJSON; amounts are exact decimals of a dollar")
    .addArgument(new Argument("<format>", "how lines are written").choices(exportFormats))
    .option("--last <duration>", "how far back: 24h, 7d, 30d, ...", "30d")
    .option("--by <dimensions>", "one line a group: dimensions as of `report`; default: day", "day")
    .option("--zone <name>", "zone of days: UTC, Europe/Berlin, ...; default: the config's")
    .option("--rows", "one line a request instead")
    .option("--out <file>", "write there instead of stdout; the file appears when it is complete")
    .action((format: ExportFormat, flags: ExportFlags) => runExport(format, flags, terminal));
}

async function runExport(format: ExportFormat, flags: ExportFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const lines = linesOf(config, flags);
  const count =
    flags.out === undefined ? await writeToTerminal(lines, format, terminal) : writeToFile(lines, format, flags.out);
  if (flags.out !== undefined) terminal.talk(`${formatCount(count)} lines in ${flags.out}.`);
  else if (count === 0)
    terminal.talk(`No requests in the last ${flags.last}. The ledger is in ${config.dataDirectory}.`);
}

function* linesOf(config: FarthingConfig, flags: ExportFlags): Generator<ExportLine> {
  const window = windowOf(flags.last, Date.now());
  if (flags.rows === true) {
    for (const row of readLedgerRows(config, window.fromMs, window.toMs)) yield exportRequest(row);
    return;
  }
  const by = namesIn(flags.by ?? "");
  const question = { ...window, by, zone: flags.zone, linesMax: Number.POSITIVE_INFINITY };
  const report = readLedgerReport(config, question);
  for (const line of by.length === 0 ? [report.total] : report.lines) yield exportGroup(line);
}

/** @returns the number of lines, the header aside. */
async function writeToTerminal(lines: Iterable<ExportLine>, format: ExportFormat, terminal: Terminal): Promise<number> {
  let count = 0;
  for (const line of lines) {
    const header = count === 0 ? headerText(line, format) : null;
    if (header !== null) terminal.out(header);
    terminal.out(lineText(line, format));
    count += 1;
    if (count % linesAtOnce === 0 && process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  }
  return count;
}

/** Through a file beside it, so that a file of that name is always a whole one. */
function writeToFile(lines: Iterable<ExportLine>, format: ExportFormat, file: string): number {
  const partial = `${file}.partial-${process.pid}`;
  const handle = open(partial);
  let count = 0;
  try {
    let text: string[] = [];
    for (const line of lines) {
      const header = count === 0 ? headerText(line, format) : null;
      if (header !== null) text.push(header);
      text.push(lineText(line, format));
      count += 1;
      if (text.length < linesAtOnce) continue;
      writeFileSync(handle, `${text.join("\n")}\n`);
      text = [];
    }
    if (text.length > 0) writeFileSync(handle, `${text.join("\n")}\n`);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  return count;
}

/** For its owner alone: features and users are in it. */
function open(file: string): number {
  try {
    return openSync(file, "w", 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(exitCodes.failure, `The export cannot be written: ${reason}`);
  }
}
