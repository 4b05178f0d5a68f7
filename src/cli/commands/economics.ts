import type { Command } from "commander";
import { readLedgerEconomics } from "../../assembly/outcomes/outcomes-reports.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { describeEconomics } from "../describe-economics.ts";
import { amountsAsText, windowOf } from "../window-flags.ts";
import type { Terminal } from "../terminal.ts";

interface EconomicsFlags extends ConfigFlags {
  readonly last: string;
  readonly by: string;
  readonly json?: boolean;
}

/** `farthing economics`: what one unit of value costs. */
export function addEconomicsCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("economics"))
    .description("show what an outcome, user, feature, session, run or step costs, margins, and the dearest runs")
    .option("--last <duration>", "how far back: 24h, 7d, 30d, ...", "7d")
    .option("--by <dimensions>", "kind, feature, user, session, run or step", "kind")
    .option("--json", "one JSON object on stdout, money as decimal strings of pico-dollars")
    .action((flags: EconomicsFlags) => {
      const { dataDirectory } = loadForCommand(flags, terminal.env).config;
      const { fromMs, toMs } = windowOf(flags.last, Date.now());
      const found = readLedgerEconomics(dataDirectory, fromMs, toMs, flags.by);
      if (flags.json === true)
        terminal.out(amountsAsText({ schema: "farthing.economics.v1", currency: "USD", ...found }));
      else if (found.requests === 0 && found.kinds.length === 0) {
        terminal.talk(`No requests and no outcomes in the last ${flags.last}. The ledger is in ${dataDirectory}.`);
      } else for (const line of describeEconomics(found, flags.last, terminal)) terminal.out(line);
    });
}
