import type { Command } from "commander";
import type { Report, SizeForecast } from "../../spec/report.ts";
import { addConfigFlags } from "../config-flags.ts";
import { describeReport } from "../describe-report.ts";
import { readLedgerReport } from "../../assembly/ledger-reading.ts";
import { type ConfigFlags, forecastLedger, loadForCommand } from "../../assembly/operation.ts";
import { amountsAsText, namesIn, windowOf } from "../window-flags.ts";
import type { Terminal } from "../terminal.ts";

interface ReportFlags extends ConfigFlags {
  readonly last: string;
  readonly by?: string;
  readonly zone?: string;
  readonly json?: boolean;
}

/** `farthing report`: what became of the money. */
export function addReportCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("report"))
    .description("show cost, savings and who caused them; works while the gateway runs and when it does not")
    .option("--last <duration>", "how far back: 24h, 7d, 30d, ...", "24h")
    .option("--by <dimensions>", "group by feature, user, team, model, provider, key, route, day, ... (comma between)")
    .option("--zone <name>", "zone of days: UTC, Europe/Berlin, ...; default: the config's")
    .option("--json", "one JSON object on stdout, money as decimal strings of pico-dollars")
    .action((flags: ReportFlags) => report(flags, terminal));
}

function report(flags: ReportFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const window = windowOf(flags.last, Date.now());
  const found = readLedgerReport(config, { ...window, by: namesIn(flags.by ?? ""), zone: flags.zone });
  const forecast = forecastLedger(config, window.toMs);
  if (flags.json === true) terminal.out(reportJson(found, forecast));
  else if (found.total.requests === 0)
    terminal.talk(`No requests in the last ${flags.last}. The ledger is in ${config.dataDirectory}.`);
  else for (const line of describeReport(found, forecast, terminal)) terminal.out(line);
}

/** The report as one line of JSON; every amount is a decimal string of pico-dollars (1e-12 USD). */
export function reportJson(found: Report, forecast: SizeForecast | null): string {
  return amountsAsText({ schema: "farthing.report.v1", currency: "USD", ...found, ledger: forecast });
}
