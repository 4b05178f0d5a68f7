import { resolve } from "node:path";
import { printMeasurement } from "../bench/measurement.ts";
import { readFlags, UsageError, usageText, type DemoFlags } from "./read-flags.ts";
import { findDefects } from "./report/demo-result.ts";
import { renderReport } from "./report/render-report.ts";
import { toMeasurement } from "./report/to-measurement.ts";
import { createRunDirectory, isNewOrEmpty } from "./run/data-directory.ts";
import { runDemo, type DemoRun } from "./run-demo.ts";

/** Exit codes: the run failed or its bill does not stand; the command line cannot be used; ended by a signal. */
const exitCodes = { defect: 1, usage: 2, interrupted: 130 };

function interrupt(): never {
  process.exit(exitCodes.interrupted);
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags === null) {
    process.stdout.write(usageText);
    return;
  }
  // Until the table is there a signal ends the run at once; processes started here die with this one.
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  process.stderr.write("Starting a fake provider and a gateway on this machine ...\n");
  const run = await runDemo({
    ...flags,
    dataDirectory: chooseDirectory(flags),
    usualPorts: !flags.once,
    progress: process.stderr,
  });
  try {
    if (flags.json)
      printMeasurement(toMeasurement(run.result), { json: true, check: true, quick: false, seed: flags.seed });
    else process.stdout.write(renderReport(run.result, !flags.once));
    const defects = findDefects(run.result);
    if (defects.length > 0) process.exitCode = exitCodes.defect;
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    if (!flags.once) await untilStopped(run);
  } finally {
    await run.stop();
  }
}

function chooseDirectory(flags: DemoFlags): string {
  if (flags.dataDirectory === null) return createRunDirectory(new Date());
  const directory = resolve(flags.dataDirectory);
  if (!isNewOrEmpty(directory))
    throw new UsageError(`--data needs a new or empty directory; ${directory} is not empty`);
  return directory;
}

/** Resolves with the first signal, or when the gateway ends by itself. */
async function untilStopped(run: DemoRun): Promise<void> {
  const signal = new Promise<null>((resolveSignal) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolveSignal(null));
  });
  const lastWords = await Promise.race([signal, run.gatewayEnded]);
  // A terminal's Ctrl-C reaches the gateway too; only an end that nobody asked for is worth its words.
  if (lastWords !== null && !/\((SIGINT|SIGTERM|code 0)\)/.test(lastWords)) {
    process.stderr.write(`${lastWords}\n`);
    process.exitCode = exitCodes.defect;
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${usageText}`);
  process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.defect;
}
