import { existsSync, rmSync } from "node:fs";
import type { Command } from "commander";
import { openDataDirectory, writePrivateFile } from "../../assembly/data-directory.ts";
import { addConfigFlags } from "../config-flags.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import type { Terminal } from "../terminal.ts";

/** `farthing off` and `farthing on`: every optimisation at once, also of a gateway that is running. */
export function addOffSwitchCommands(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("off"))
    .description("switch every optimisation off at once; the ledger, limits and authentication stay")
    .action((flags: ConfigFlags) => {
      const { offFile } = openFor(flags, terminal);
      writePrivateFile(offFile, `Written by "farthing off". Remove it with "farthing on".\n`);
      terminal.talk(`Every optimisation is off. A running gateway follows within a second. Back with: farthing on`);
      terminal.out(offFile);
    });
  addConfigFlags(program.command("on"))
    .description("take back what `farthing off` did; the config decides again")
    .action((flags: ConfigFlags) => {
      const { offFile } = openFor(flags, terminal);
      const wasOff = existsSync(offFile);
      rmSync(offFile, { force: true });
      terminal.talk(
        wasOff ? "The config decides again. A running gateway follows within a second." : "It was not off.",
      );
    });
}

function openFor(flags: ConfigFlags, terminal: Terminal): { readonly offFile: string } {
  return openDataDirectory(loadForCommand(flags, terminal.env).config.dataDirectory);
}
