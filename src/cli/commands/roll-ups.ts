import type { Command } from "commander";
import { rebuildLedgerRollUps } from "../../assembly/ledger-reading.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { formatCount } from "../format-figures.ts";
import type { Terminal } from "../terminal.ts";

const tellEveryRows = 500_000;

/** `farthing roll-ups rebuild`: the sums that reports read, made anew from the rows. */
export function addRollUpsCommand(program: Command, terminal: Terminal): void {
  const rollUps = program.command("roll-ups").description("the sums that reports read");
  addConfigFlags(rollUps.command("rebuild"))
    .description("make the sums anew from the ledger's rows, while no gateway runs")
    .option("--json", "one JSON object on stdout")
    .action((flags: ConfigFlags & { readonly json?: boolean }) => {
      const { config } = loadForCommand(flags, terminal.env);
      let told = 0;
      const rows = rebuildLedgerRollUps(config, Date.now(), (folded) => {
        if (folded - told < tellEveryRows) return;
        told = folded;
        terminal.talk(`${formatCount(folded)} rows ...`);
      });
      if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.roll-ups.v1", rows }));
      else terminal.talk(`The roll-ups are made anew from ${formatCount(rows)} rows.`);
    });
}
