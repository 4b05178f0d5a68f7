import { existsSync, statSync } from "node:fs";
import type { Command } from "commander";
import { withInstallationAnswers } from "../../assembly/answers/installation-answers.ts";
import { warmDialects } from "../../assembly/answers/warm-engine.ts";
import {
  dropWarmProgress,
  readWarmProgress,
  type WarmProgress,
  warmStart,
} from "../../assembly/answers/warm-progress.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { formatCount, formatShare } from "../format-figures.ts";
import { createProgressLine } from "../progress-line.ts";
import type { Terminal } from "../terminal.ts";
import { type RefusedRow, warmFromFile } from "../warm-file.ts";

interface WarmFlags extends ConfigFlags {
  readonly from: string;
  readonly restart?: boolean;
  readonly json?: boolean;
}

/** Refused rows that are told one by one; more are counted only. */
const refusedToldMax = 20;

/** `farthing cache warm`: recorded exchanges into the store, before the first caller asks. */
export function addCacheWarm(cache: Command, terminal: Terminal): void {
  addConfigFlags(cache.command("warm"))
    .description("store recorded exchanges or exported answers; calls nobody; again goes on where it stopped")
    .requiredOption(
      "--from <file>",
      "one JSON object a line: {tenant, dialect, request, answer, boughtAt}, or lines of `export`",
    )
    .option("--restart", "begin with the first line again")
    .option("--json", "one JSON object on stdout")
    .action((flags: WarmFlags) => warm(flags, terminal));
}

async function warm(flags: WarmFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const { from: file } = flags;
  if (!existsSync(file)) throw new CommandFailure(exitCodes.usage, `There is no file ${file}.`);
  const from = (flags.restart === true ? null : readWarmProgress(file)) ?? warmStart;
  if (from.lines > 0) terminal.talk(`Going on behind line ${formatCount(from.lines)}.`);
  let interrupted = false;
  const interrupt = (): void => void (interrupted = true);
  process.once("SIGINT", interrupt);
  const bytes = statSync(file).size;
  const line = createProgressLine(terminal, process.stderr);
  try {
    const done = await withInstallationAnswers(config, (answers) =>
      warmFromFile({
        file,
        from,
        config,
        dialects: warmDialects,
        answers,
        onProgress: (progress) => {
          line.show(bytes === 0 ? 1 : progress.offset / bytes, wordsOf(progress));
          return !interrupted;
        },
        onRefused: tellRefused(file, (text) => line.above(text)),
      }),
    );
    line.end();
    finish(file, done, bytes, flags, terminal);
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}

function finish(file: string, done: WarmProgress, bytes: number, flags: WarmFlags, terminal: Terminal): void {
  const complete = done.offset >= bytes;
  if (complete) dropWarmProgress(file);
  const { lines, stored, known, refused } = done;
  if (flags.json === true)
    terminal.out(JSON.stringify({ schema: "farthing.cache-warm.v1", complete, lines, stored, known, refused }));
  terminal.talk(`${wordsOf(done)}${complete ? "." : `: ${formatShare(done.offset / bytes)} of ${file}.`}`);
  if (!complete) throw new CommandFailure(exitCodes.interrupted, "Interrupted. Run the same command again to go on.");
}

function wordsOf({ lines, stored, known, refused }: WarmProgress): string {
  return `${formatCount(lines)} lines: ${formatCount(stored)} stored, ${formatCount(known)} known, ${formatCount(refused)} refused`;
}

function tellRefused(file: string, tell: (text: string) => void): (row: RefusedRow) => void {
  let told = 0;
  return ({ line, why }) => {
    told++;
    if (told <= refusedToldMax) tell(`${file}:${line}: ${why}`);
    else if (told === refusedToldMax + 1) tell("Further refused lines are counted only.");
  };
}
