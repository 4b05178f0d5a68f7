import type { Command } from "commander";
import { importOutcomes } from "../../assembly/outcomes/outcomes-import.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { formatCount } from "../format-figures.ts";
import { cleanCell } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface ImportFlags extends ConfigFlags {
  readonly from: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** `farthing outcomes import`: what calls were good for, from a file. */
export function addOutcomesCommand(program: Command, terminal: Terminal): void {
  const outcomes = program.command("outcomes").description("what calls were good for");
  addConfigFlags(outcomes.command("import"))
    .description("store the outcomes of a file; again changes nothing; works while the gateway runs")
    .requiredOption("--from <file>", "CSV (named .csv) or one JSON object a line")
    .option("--key <id>", "as if posted with this key: joined to its tenant's requests only (default: to anybody's)")
    .option("--json", "one JSON object on stdout")
    .action((flags: ImportFlags) => {
      const { dataDirectory: directory } = loadForCommand(flags, terminal.env).config;
      const nowMs = Date.now();
      const result = importOutcomes({ directory, file: flags.from, keyId: flags.key ?? null, nowMs });
      if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.outcomes.v1", ...result }));
      else {
        const again = result.repeated === 0 ? "" : `, ${formatCount(result.repeated)} were there already`;
        terminal.talk(`${formatCount(result.stored)} outcomes stored${again}.`);
      }
      if (result.conflict === null) return;
      const id = cleanCell(result.conflict);
      throw new CommandFailure(
        exitCodes.failure,
        `The outcome ${id} is stored with another content; nothing from its thousand on is stored. Give it an id of its own.`,
      );
    });
}
