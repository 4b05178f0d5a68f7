// `npm run check:money`: plants small mistakes, one at a time, in the code that reckons, writes down and holds back money, and
// runs its tests on each. `--quick` judges a seeded sample; `--only NAME` one target, `--file PATH` one file.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { printMeasurement, readFlags, type Result } from "../measurement.ts";
import { judgeTarget } from "./judge-target.ts";
import type { Mutant } from "./mutant.ts";
import { explanationOf, readExplained } from "./survivors.ts";
import { targets } from "./targets.ts";

const root = join(import.meta.dirname, "../..");
/** Mutants of each target in a quick run. */
const quickMutants = 12;
const benchesMax = 8;

const words = process.argv.slice(2);
const only = takeOption("--only");
const file = takeOption("--file");
const flags = readFlags(words);
const explained = readExplained();

function takeOption(name: string): string | null {
  const at = words.indexOf(name);
  return at < 0 ? null : (words.splice(at, 2)[1] ?? null);
}

function sampleOf(mutants: readonly Mutant[]): readonly Mutant[] {
  const chance = createSeededRandom(flags.seed);
  return mutants
    .map((mutant) => ({ mutant, rank: chance() }))
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, quickMutants)
    .map(({ mutant }) => mutant);
}

function tell(survivor: Mutant): void {
  const reason = explanationOf(survivor, explained) ?? "NOT EXPLAINED";
  process.stderr.write(
    `survived ${survivor.file}:${survivor.line} ${survivor.operator}: ${survivor.original} -> ${survivor.text}: ${reason}\n`,
  );
}

const results: Result[] = [];
const none = { bar: null, interval: null, unit: "" };
let mutants = 0;
let survivors = 0;
let unexplained = 0;
let failing = 0;
for (const target of targets) {
  if (only !== null && only !== target.name) continue;
  const startMs = performance.now();
  const verdict = await judgeTarget(root, target, {
    benches: Math.min(availableParallelism(), benchesMax),
    file,
    choose: flags.quick ? sampleOf : (all) => all,
    onJudged: (mutant, fate, done, of) => {
      if (fate === "survived") tell(mutant);
      if (done % 50 === 0) process.stderr.write(`${target.name} ${done}/${of}\n`);
    },
  });
  const n = verdict.mutants;
  if (n === 0) continue;
  for (const path of verdict.failing) process.stderr.write(`fails without any mutant: ${path}\n`);
  mutants += n;
  failing += verdict.failing.length;
  survivors += verdict.survivors.length;
  unexplained += verdict.survivors.filter((survivor) => explanationOf(survivor, explained) === null).length;
  const labels = { target: target.name };
  const seconds = (performance.now() - startMs) / 1000;
  results.push(
    { ...none, name: "killed-share", labels, value: 1 - verdict.survivors.length / n, n },
    { ...none, name: "time", labels, value: seconds, unit: "s", n },
  );
}
const whole = { ...none, labels: {}, n: mutants };
results.push(
  { ...whole, name: "killed-share", value: 1 - survivors / mutants, bar: { op: ">=", value: 0.95 } },
  { ...whole, name: "survivors", value: survivors },
  { ...whole, name: "survivors-unexplained", value: unexplained, bar: { op: "==", value: 0 } },
  { ...whole, name: "tests-failing-without-a-mutant", value: failing, bar: { op: "==", value: 0 } },
);
// Vitest set it to 1 with the first mutant that was noticed.
process.exitCode = 0;
printMeasurement({ command: "check:money", seed: flags.seed, load: { quick: flags.quick, mutants }, results }, flags);
