import type { Command } from "commander";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { alertsFiringNow, type ShownAlert, testAlertSinks } from "../../assembly/alerts/alerts-once.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { cleanCell } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface AlertFlags extends ConfigFlags {
  readonly json?: boolean;
}

/** Longest line of an alert on a terminal. */
const lineMax = 240;

/** `farthing alerts show|test`: what is firing, and whether messages arrive. */
export function addAlertsCommand(program: Command, terminal: Terminal): void {
  const alerts = program.command("alerts").description("what is firing now, and whether messages arrive");
  addConfigFlags(alerts.command("show", { isDefault: true }))
    .description("show the alerts that are firing now; works while the gateway runs and when it does not")
    .option("--json", "one JSON object on stdout")
    .action((flags: AlertFlags) => {
      const { config } = loadForCommand(flags, terminal.env);
      const firing = alertsFiringNow(config, Date.now());
      if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.alerts.v1", alerts: firing }));
      else if (firing.length === 0) terminal.talk("Nothing is firing.");
      else for (const line of firing.flatMap((alert) => describeAlert(alert, terminal))) terminal.out(line);
    });
  addConfigFlags(alerts.command("test"))
    .description("send a test message to the log and the webhook of the config")
    .option("--json", "one JSON object on stdout")
    .action((flags: AlertFlags) => test(flags, terminal));
}

async function test(flags: AlertFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const results = await testAlertSinks(config, (line) => terminal.talk(JSON.stringify(line)), Date.now());
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.alerts-test.v1", sinks: results }));
  else for (const { sink, failure } of results) terminal.talk(`${sink}: ${failure ?? "arrived"}`);
  if (results.length === 0) throw new CommandFailure(exitCodes.failure, "The config has no place to send alerts to.");
  const failed = results.filter(({ failure }) => failure !== null).map(({ sink }) => sink);
  if (failed.length > 0) throw new CommandFailure(exitCodes.network, `No message arrived at: ${failed.join(", ")}.`);
}

function describeAlert(alert: ShownAlert, terminal: Terminal): string[] {
  const colour = alert.severity === "critical" ? "red" : "yellow";
  const since = alert.sinceMs === null ? "" : `, told at ${new Date(alert.sinceMs).toISOString()}`;
  return [
    `${terminal.paint("out", colour, alert.severity)} ${alert.rule}${since}`,
    `  ${cleanCell(alert.summary, lineMax)}`,
    `  ${cleanCell(alert.meaning, lineMax)}`,
    `  ${cleanCell(alert.nextStep, lineMax)}`,
  ];
}
