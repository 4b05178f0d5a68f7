import { Command, CommanderError } from "commander";
import { packageVersion } from "../assembly/package-version.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { addAdminLogCommand } from "./commands/admin-log.ts";
import { addApplyCommand } from "./commands/apply.ts";
import { addAlertsCommand } from "./commands/alerts.ts";
import { addBodiesCommands } from "./commands/bodies.ts";
import { addBudgetsCommand } from "./commands/budgets.ts";
import { addCacheCommand } from "./commands/cache.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addEconomicsCommand } from "./commands/economics.ts";
import { addExportCommand } from "./commands/export.ts";
import { addFakeProviderCommand } from "./commands/fake-provider.ts";
import { addKeysCommand } from "./commands/keys.ts";
import { addOffSwitchCommands } from "./commands/off-switch.ts";
import { addOutcomesCommand } from "./commands/outcomes.ts";
import { addPricesCommands } from "./commands/prices.ts";
import { addReportCommand } from "./commands/report.ts";
import { addRequestCommand } from "./commands/request.ts";
import { addRollUpsCommand } from "./commands/roll-ups.ts";
import { addSelfHostCommand } from "./commands/self-host.ts";
import { addStartCommand } from "./commands/start.ts";
import { addWasteCommand } from "./commands/waste.ts";
import { CommandFailure, type ExitCode, exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** Runs one command line (without the program's name) and resolves its exit code. Never rejects. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    await buildProgram(terminal).parseAsync([...words], { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    return explainFailure(error, terminal);
  }
}

/** Every command with its flags. */
export function buildProgram(terminal: Terminal): Command {
  const program = new Command("farthing")
    .description("A gateway that cuts the bill of applications that call language models, and proves it.")
    .version(packageVersion(), "-V, --version")
    .showHelpAfterError("(farthing --help shows what there is)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.talk(text.trimEnd()),
    })
    .configureHelp({ showGlobalOptions: false });
  addStartCommand(program, terminal);
  addReportCommand(program, terminal);
  addExportCommand(program, terminal);
  addRollUpsCommand(program, terminal);
  addEconomicsCommand(program, terminal);
  addWasteCommand(program, terminal);
  addOutcomesCommand(program, terminal);
  addAlertsCommand(program, terminal);
  addRequestCommand(program, terminal);
  addPricesCommands(program, terminal);
  addSelfHostCommand(program, terminal);
  addDoctorCommand(program, terminal);
  addOffSwitchCommands(program, terminal);
  addConfigCommand(program, terminal);
  addKeysCommand(program, terminal);
  addApplyCommand(program, terminal);
  addBudgetsCommand(program, terminal);
  addBodiesCommands(program, terminal);
  addCacheCommand(program, terminal);
  addAdminLogCommand(program, terminal);
  addFakeProviderCommand(program);
  return program;
}

function explainFailure(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) {
    // Help and version end this way too, having been printed; everything else is a mistake in the command line.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  const label = terminal.paint("talk", "red", "error");
  if (error instanceof CommandFailure) {
    if (error.message !== "") terminal.talk(`${label} ${error.message}`);
    return error.exitCode;
  }
  if (FarthingError.isInstance(error)) {
    // A ledger that another process holds has the same code, but is not the file's fault.
    const isConfig = error.name === "ConfigError";
    terminal.talk(isConfig ? `${label} The config is not valid:\n${error.message}` : `${label} ${error.message}`);
    if (isConfig) return exitCodes.configInvalid;
    return error.code === "invalid_request" ? exitCodes.usage : exitCodes.failure;
  }
  terminal.talk(`${label} ${error instanceof Error ? error.message : String(error)}`);
  if (terminal.env["FARTHING_DEBUG"] && error instanceof Error) terminal.talk(error.stack ?? "");
  return exitCodes.failure;
}
