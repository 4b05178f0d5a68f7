import type { Command } from "commander";
import { readLedgerWaste } from "../../assembly/outcomes/outcomes-reports.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { describeWaste } from "../describe-waste.ts";
import { amountsAsText, windowOf } from "../window-flags.ts";
import type { Terminal } from "../terminal.ts";

interface WasteFlags extends ConfigFlags {
  readonly last: string;
  readonly json?: boolean;
}

/** `farthing waste`: what was paid for nothing. */
export function addWasteCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("waste"))
    .description("show what was paid for nothing: failures, time-outs, aborts, repeats, truncations")
    .option("--last <duration>", "how far back: 24h, 7d, 30d, ...", "7d")
    .option("--json", "one JSON object on stdout, money as decimal strings of pico-dollars")
    .action((flags: WasteFlags) => {
      const { dataDirectory } = loadForCommand(flags, terminal.env).config;
      const { fromMs, toMs } = windowOf(flags.last, Date.now());
      const found = readLedgerWaste(dataDirectory, fromMs, toMs);
      if (flags.json === true) terminal.out(amountsAsText({ schema: "farthing.waste.v1", currency: "USD", ...found }));
      else if (found.requests === 0) {
        terminal.talk(`No requests in the last ${flags.last}. The ledger is in ${dataDirectory}.`);
      } else for (const line of describeWaste(found, flags.last, terminal)) terminal.out(line);
    });
}
