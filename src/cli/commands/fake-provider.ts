import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { CommandFailure, exitCodes } from "../exit-codes.ts";

/**
 * `farthing fake-provider`: a provider that answers by itself and costs nothing. It is a process of its own, started by
 * path, since it must share no code with the gateway it tests.
 */
export function addFakeProviderCommand(program: Command): void {
  program
    .command("fake-provider")
    .description(
      "run a provider that answers by itself, for trying things out (its flags: farthing fake-provider --help)",
    )
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument("[flags...]", "passed on as they are")
    .action(async (words: readonly string[]) => {
      const code = await runToEnd(programFile(), words);
      if (code !== 0) throw new CommandFailure(exitCodes.failure, `The fake provider ended with code ${code}.`);
    });
}

/** Beside the sources it is TypeScript, in the published package JavaScript. */
function programFile(): string {
  const source = join(import.meta.dirname, "..", "..", "testing", "fake-provider", "main.ts");
  return existsSync(source) ? source : source.replace(/\.ts$/, ".js");
}

/** Resolves the child's exit code; 0 when it ended by the signal that it was sent. */
function runToEnd(file: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // The child ends when its stdin does, so it outlives this process under no circumstances.
    const env = { ...process.env, FARTHING_FAKE_PROVIDER_CHILD: "1" };
    const child = spawn(process.execPath, [file, ...words], { stdio: ["pipe", "inherit", "inherit"], env });
    const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGTERM", passOn);
    process.on("SIGINT", passOn);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.off("SIGTERM", passOn);
      process.off("SIGINT", passOn);
      resolve(signal === null ? (code ?? 1) : 0);
    });
  });
}
