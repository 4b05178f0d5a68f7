import type { Command } from "commander";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { addConfigFlags } from "../config-flags.ts";
import {
  checkConfig,
  type ConfigFlags,
  configSchemaText,
  configText,
  loadForCommand,
} from "../../assembly/operation.ts";
import type { Terminal } from "../terminal.ts";

interface JsonFlag {
  readonly json?: boolean;
}

/** `farthing config check|print|schema`. */
export function addConfigCommand(program: Command, terminal: Terminal): void {
  const config = program.command("config").description("check, print or describe the config");
  addConfigFlags(config.command("check"))
    .description("say what is wrong with the config; exit 3 if anything is")
    .option("--json", "one JSON object on stdout")
    .action((flags: ConfigFlags & JsonFlag) => reportCheck(flags, terminal));
  addConfigFlags(config.command("print"))
    .description("print the config in force, defaults filled in, secrets as ***")
    .option("--json", "as JSON instead of YAML")
    .action((flags: ConfigFlags & JsonFlag) => {
      const { config: loaded } = loadForCommand(flags, terminal.env);
      terminal.out(configText(loaded, flags.json === true ? "json" : "yaml"));
    });
  config
    .command("schema")
    .description("print the JSON Schema of farthing.yaml, for editors")
    .action(() => terminal.out(configSchemaText()));
}

function reportCheck(flags: ConfigFlags & JsonFlag, terminal: Terminal): void {
  const { file, problems, warnings } = checkConfig(flags, terminal.env);
  const count = problems.length;
  if (flags.json === true) {
    const told = problems.map((problem) => ({ ...problem, text: undefined }));
    terminal.out(
      JSON.stringify({ schema: "farthing.config-check.v1", ok: count === 0, file, problems: told, warnings }),
    );
    if (count > 0) throw new CommandFailure(exitCodes.configInvalid, "");
    return;
  }
  for (const warning of warnings) terminal.talk(`${terminal.paint("talk", "yellow", "warning")} ${warning}`);
  for (const problem of problems) terminal.talk(problem.text);
  if (count > 0) throw new CommandFailure(exitCodes.configInvalid, `${count} ${count === 1 ? "problem" : "problems"}.`);
  terminal.out(`${file ?? "The default config (there is no farthing.yaml here)"} is valid.`);
}
