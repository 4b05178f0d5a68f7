import { existsSync, statSync } from "node:fs";
import type { Command } from "commander";
import { withInstallationAnswers } from "../../assembly/answers/installation-answers.ts";
import { warmDialects, type WarmTally } from "../../assembly/answers/warm-engine.ts";
import {
  dropWarmProgress,
  readWarmProgress,
  type WarmProgress,
  warmStart,
} from "../../assembly/answers/warm-progress.ts";
import { readConfiguredBodies } from "../../assembly/open-bodies.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { formatCount, formatShare } from "../format-figures.ts";
import { createProgressLine, type ProgressLine } from "../progress-line.ts";
import type { Terminal } from "../terminal.ts";
import { type WarmedBodies, warmFromBodies } from "../warm-bodies.ts";
import { type RefusedRow, warmFromFile } from "../warm-file.ts";

interface WarmFlags extends ConfigFlags {
  readonly from?: string;
  readonly fromBodies?: boolean;
  readonly asOfNow?: boolean;
  readonly restart?: boolean;
  readonly json?: boolean;
}

/** Refused rows that are told one by one; more are counted only. */
const refusedToldMax = 20;

/** `farthing cache warm`: recorded exchanges into the store, before the first caller asks. */
export function addCacheWarm(cache: Command, terminal: Terminal): void {
  addConfigFlags(cache.command("warm"))
    .description("store recorded exchanges or exported answers; calls nobody; again goes on where it stopped")
    .option(
      "--from <file>",
      "one JSON object a line: {tenant, dialect, request, answer, boughtAt}, or lines of `export`",
    )
    .option("--from-bodies", "instead: the requests and replies that this installation has kept")
    .option(
      "--as-of-now",
      "with --from-bodies: also what nobody knows of whether it was called back since it was asked",
    )
    .option("--restart", "begin with the first line again")
    .option("--json", "one JSON object on stdout")
    .action((flags: WarmFlags) => warm(flags, terminal));
}

async function warm(flags: WarmFlags, terminal: Terminal): Promise<void> {
  const { from, fromBodies } = flags;
  if ((from === undefined) === (fromBodies !== true))
    throw new CommandFailure(exitCodes.usage, "Say where from: --from FILE, or --from-bodies.");
  if (fromBodies === true ? flags.restart === true : flags.asOfNow === true)
    throw new CommandFailure(exitCodes.usage, "--restart goes with --from FILE, --as-of-now with --from-bodies.");
  if (from === undefined) await fromOwnBodies(flags, terminal);
  else await fromFile(from, flags, terminal);
}

async function fromOwnBodies(flags: WarmFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const reader = readConfiguredBodies(config);
  const asOfNow = flags.asOfNow === true;
  const done = await withProgress(terminal, (line, isInterrupted) => {
    const onRefused = tellRefused((text) => line.above(text));
    const onProgress = (progress: WarmedBodies, share: number): boolean => {
      line.show(share, wordsOf(progress.exchanges, "exchanges", progress));
      return !isInterrupted();
    };
    const work = { reader, config, asOfNow, onProgress, onRefused };
    return withInstallationAnswers(config, (answers) => warmFromBodies({ ...work, answers }));
  });
  const { complete, exchanges: lines, stored, known, refused } = done;
  const words = `${wordsOf(lines, "exchanges", done)}.`;
  tellEnd({ complete, lines, stored, known, refused }, words, flags, terminal);
}

/** Runs with a progress line, and stops between two batches where a person interrupts. */
async function withProgress<Result>(
  terminal: Terminal,
  work: (line: ProgressLine, isInterrupted: () => boolean) => Promise<Result>,
): Promise<Result> {
  let interrupted = false;
  const interrupt = (): void => void (interrupted = true);
  process.once("SIGINT", interrupt);
  const line = createProgressLine(terminal, process.stderr);
  try {
    const result = await work(line, () => interrupted);
    line.end();
    return result;
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}

async function fromFile(file: string, flags: WarmFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  if (!existsSync(file)) throw new CommandFailure(exitCodes.usage, `There is no file ${file}.`);
  const from = (flags.restart === true ? null : readWarmProgress(file)) ?? warmStart;
  if (from.lines > 0) terminal.talk(`Going on behind line ${formatCount(from.lines)}.`);
  const bytes = statSync(file).size;
  const done = await withProgress(terminal, (line, isInterrupted) => {
    const tell = tellRefused((text) => line.above(text));
    const onRefused = ({ line: number, why }: RefusedRow): void => tell(`${file}:${number}`, why);
    const onProgress = (progress: WarmProgress): boolean => {
      line.show(bytes === 0 ? 1 : progress.offset / bytes, wordsOf(progress.lines, "lines", progress));
      return !isInterrupted();
    };
    const work = { file, from, config, dialects: warmDialects, onProgress, onRefused };
    return withInstallationAnswers(config, (answers) => warmFromFile({ ...work, answers }));
  });
  const complete = done.offset >= bytes;
  if (complete) dropWarmProgress(file);
  const { lines, stored, known, refused } = done;
  const words = `${wordsOf(lines, "lines", done)}${complete ? "." : `: ${formatShare(done.offset / bytes)} of ${file}.`}`;
  tellEnd({ complete, lines, stored, known, refused }, words, flags, terminal);
}

interface WarmEnd extends WarmTally {
  readonly complete: boolean;
  readonly lines: number;
}

function tellEnd(end: WarmEnd, words: string, flags: WarmFlags, terminal: Terminal): void {
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.cache-warm.v1", ...end }));
  terminal.talk(words);
  if (!end.complete)
    throw new CommandFailure(exitCodes.interrupted, "Interrupted. Run the same command again to go on.");
}

function wordsOf(read: number, what: string, { stored, known, refused }: WarmTally): string {
  return `${formatCount(read)} ${what}: ${formatCount(stored)} stored, ${formatCount(known)} known, ${formatCount(refused)} refused`;
}

function tellRefused(tell: (text: string) => void): (where: string, why: string) => void {
  let told = 0;
  return (where, why) => {
    told++;
    if (told <= refusedToldMax) tell(`${where}: ${why}`);
    else if (told === refusedToldMax + 1) tell("Further refused ones are counted only.");
  };
}
