import { once } from "node:events";
import type { Command } from "commander";
import { answerLine } from "../../assembly/answers/answer-line.ts";
import { withInstallationAnswers } from "../../assembly/answers/installation-answers.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { formatCount } from "../format-figures.ts";
import type { Terminal } from "../terminal.ts";

interface ExportFlags extends ConfigFlags {
  readonly tenant?: string;
}

/** Lines written between two looks at whether the reader keeps up. */
const linesAtOnce = 200;

/** `farthing cache export`: every stored answer for another store of this installation, or for keeping. */
export function addCacheExport(cache: Command, terminal: Terminal): void {
  addConfigFlags(cache.command("export"))
    .description("write every answer that may still be served, in full, one JSON object a line; `warm` takes it back")
    .option("--tenant <name>", "this tenant's only")
    .action(async (flags: ExportFlags) => {
      const { config } = loadForCommand(flags, terminal.env);
      await withInstallationAnswers(config, async ({ store, digests }) => {
        const selector = flags.tenant === undefined ? {} : { owner: digests.scopeOf("tenant", flags.tenant) };
        let count = 0;
        for await (const entry of store.scan(selector, Date.now())) {
          terminal.out(answerLine(entry));
          count++;
          if (count % linesAtOnce === 0 && process.stdout.writableNeedDrain) await once(process.stdout, "drain");
        }
        terminal.talk(`${formatCount(count)} answers written.`);
      });
    });
}
