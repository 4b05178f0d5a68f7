import type { Command } from "commander";

/** Adds the flags by which every command finds its config. */
export function addConfigFlags(command: Command): Command {
  return command
    .option("-c, --config <file>", "config file (default: ./farthing.yaml if it is there)")
    .option("--data-dir <directory>", "directory of ledger, keys and switches (default: ~/.farthing)");
}
