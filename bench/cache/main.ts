// `npm run bench:cache`: six levels of traffic, from a help page to research, through the library with the answer caches on: hits,
// added time, net money, and whether the cache switches itself off where it is of no use. `--requests N`; `--seeds N`, 2 to 10; `--data DIR`
// adds a real query log.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printMeasurement, readFlags, type Result } from "../measurement.ts";
import { judgeLevel } from "./judge-levels.ts";
import { readQueryLog } from "./query-log.ts";
import { repeatingLevels } from "./repeating-levels.ts";
import { replayLevel, type LevelRun } from "./replay-level.ts";
import type { TrafficLevel } from "./traffic-level.ts";
import { variedLevels } from "./varied-levels.ts";

function takeWord(words: string[], name: string): string | null {
  const at = words.indexOf(name);
  if (at < 0) return null;
  const [, value] = words.splice(at, 2);
  return value ?? "";
}

function takeCount(words: string[], name: string, least: number, most: number, fallback: number): number {
  const word = takeWord(words, name);
  if (word === null) return fallback;
  const value = Number(word);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  process.stderr.write(`${name} takes a whole number from ${least} to ${most}\n`);
  process.exit(2);
}

const words = process.argv.slice(2);
const requestsGiven = takeCount(words, "--requests", 100, 1_000_000, 0);
const seedsGiven = takeCount(words, "--seeds", 2, 10, 0);
const folder = takeWord(words, "--data");
const flags = readFlags(words);
const requests = requestsGiven > 0 ? requestsGiven : flags.quick ? 1_300 : 3_000;
const seeds = seedsGiven > 0 ? seedsGiven : flags.quick ? 2 : 5;
const scratch = mkdtempSync(join(tmpdir(), "farthing-bench-cache-"));
const results: Result[] = [];
try {
  for (const level of [...repeatingLevels, ...variedLevels]) results.push(...judgeLevel(await runsOf(level, requests)));
  if (folder !== null) results.push(...(await resultsOfLog(folder)));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
printMeasurement({ command: "bench:cache", seed: flags.seed, load: { requests, seeds }, results }, flags);

/** A level's traffic with each seed. The reported ones begin at 101: the switch's constants were chosen with `--seed 0`. */
async function runsOf(level: TrafficLevel, length: number): Promise<readonly LevelRun[]> {
  const runs: LevelRun[] = [];
  for (let place = 1; place <= seeds; place += 1) {
    process.stderr.write(`${level.name} ${place}/${seeds}\r`);
    runs.push(await replayLevel(level, flags.seed * 100 + place, length, scratch));
  }
  return runs;
}

/** A log is what it is: one run, and no bar, since nobody says what it should do. */
async function resultsOfLog(from: string): Promise<readonly Result[]> {
  const log = readQueryLog(from);
  if (log === null) {
    process.stderr.write(`query-log skipped: no such data in ${from}\n`);
    return [];
  }
  const run = await replayLevel(log.level, flags.seed, flags.quick ? 1_300 : log.requests, scratch);
  return judgeLevel([run]).map((result) => ({ ...result, bar: null }));
}
