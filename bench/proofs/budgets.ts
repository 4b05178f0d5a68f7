import type { LimitStore } from "../../src/spec/limit-store.ts";
import { createMemoryLimitStore } from "../../src/stores/memory/limit-store.ts";
import type { Result } from "../measurement.ts";
import { checkThenAct } from "./budget-control.ts";
import { measureAdmission } from "./budget-cost.ts";
import type { RaceCell } from "./budget-nest.ts";
import { raceProcesses } from "./budget-processes.ts";
import { realAdmission, runRace, type MakeAdmission } from "./budget-race.ts";
import { runSchedules } from "./budget-schedules.ts";
import { openInProcess } from "./budget-store.ts";
import { counted, withScratch, type ProofOptions } from "./proof.ts";

const remainders = [0, 0.5, 1, 3, 10];

/**
 * Budgets hold: hard limits under up to 1,000 calls at once, in one process and in four on one file, with aborts, failures and
 * killed processes; what is reserved is settled or released, over random schedules; a check-then-act admission is caught.
 */
export async function proveBudgets({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const seeds = quick ? 2 : 100;
  const crowds = quick ? [2, 16, 256] : [2, 16, 64, 256, 1_000];
  const results: Result[] = [];
  for (const instances of [1, 4] as const) {
    const cells = cellsOf(crowds, instances);
    results.push(
      ...(await raceVirtually("memory", cells, seed, seeds, () => [createMemoryLimitStore()])),
      ...(await withScratch(async (directory) => {
        const stores = Array.from({ length: instances }, () => openInProcess(directory));
        const emptied = async (): Promise<readonly LimitStore[]> => {
          await stores[0]?.forget(Number.MAX_SAFE_INTEGER);
          return stores;
        };
        const raced = await raceVirtually("sqlite", cells, seed, seeds, emptied);
        for (const store of stores) await store.close();
        return raced;
      })),
    );
  }
  const cells = cellsOf(quick ? [64] : crowds, 4);
  results.push(...(await raceInProcesses(cells, seed, quick ? 3 : 5)));
  results.push(...(await raceFromAfar(seed, quick ? 4 : 100)));
  results.push(await plantedControl(seed, quick ? 4 : 50));
  results.push(...(await runSchedules(seed, quick ? 300 : 10_000)));
  // Short timings beside other tests are noise: no bar then.
  results.push(...(await measureAdmission(quick ? 20_000 : 200_000, quick ? null : { op: "<=", value: 3_000 })));
  return results;
}

function cellsOf(crowds: readonly number[], instances: 1 | 4): readonly RaceCell[] {
  return crowds.flatMap((calls) => remainders.map((remainder) => ({ calls, remainder, instances })));
}

/** Races in virtual time: whole schedules of messages are drawn, not only those that this machine happens to make. */
async function raceVirtually(
  kind: string,
  cells: readonly RaceCell[],
  seed: number,
  seeds: number,
  makeStores: () => readonly LimitStore[] | Promise<readonly LimitStore[]>,
): Promise<readonly Result[]> {
  const sums = { missed: 0, overshoot: 0n, leaked: 0n, wrong: 0n, falseAnswers: 0 };
  let instances = 1;
  for (const cell of cells) {
    instances = cell.instances;
    for (let index = 0; index < seeds; index++) {
      const race = await runRace(cell, seed + index, await makeStores(), realAdmission);
      if (race.admitted !== race.expected) sums.missed += 1;
      sums.overshoot += race.overshoot;
      sums.leaked += race.leaked;
      sums.wrong += race.wrong;
      sums.falseAnswers += race.falseAnswers;
    }
  }
  process.stderr.write(`  ${kind}, ${instances} virtual processes: done\n`);
  const labels = { store: kind, processes: `${instances} (virtual)` };
  const races = cells.length * seeds;
  return [
    zero("races-with-another-number-admitted", sums.missed, races, "races", labels),
    zero("hard-overshoot", Number(sums.overshoot), races, "pico-USD", labels),
    zero("leaked-reservations", Number(sums.leaked), races, "pico-USD", labels),
    zero("balances-unlike-rows", Number(sums.wrong), races, "pico-USD", labels),
    zero("false-answers-afterwards", sums.falseAnswers, races, "calls", labels),
  ];
}

async function raceInProcesses(cells: readonly RaceCell[], seed: number, seeds: number): Promise<readonly Result[]> {
  return withScratch(async (directory) => {
    const list = Array.from({ length: seeds }, (_, index) => seed + index);
    const total = await raceProcesses(directory, cells, list);
    const labels = { store: "sqlite", processes: "4 (real)" };
    return [
      zero("races-with-another-number-admitted", total.missed, total.races, "races", labels),
      zero("hard-overshoot", Number(total.overshootPicoUsd), total.races, "pico-USD", labels),
      zero("leaked-reservations", Number(total.leakedPicoUsd), total.races, "pico-USD", labels),
      zero("balances-unlike-rows", Number(total.wrongPicoUsd), total.races, "pico-USD", labels),
      counted("processes-killed", total.kills, total.races, null, "kills", labels),
    ];
  });
}

/**
 * Races that begin far from the limit, where processes hold idle room while others are refused: in one process none is left
 * unused, in four no more than four leases' worth, an eighth of what was left each; and it is all back soon after.
 */
async function raceFromAfar(seed: number, seeds: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const instances of [1, 4] as const) {
    const cell = { calls: 1_000, remainder: 900, instances };
    const unused: number[] = [];
    let wrong = 0;
    for (let index = 0; index < seeds; index++) {
      const race = await runRace(cell, seed + index, [createMemoryLimitStore()], realAdmission);
      unused.push(race.expected - race.admitted);
      if (race.overshoot + race.leaked + race.wrong > 0n || race.falseAnswers > 0) wrong += 1;
    }
    const labels = { processes: `${instances} (virtual)` };
    const bar = { op: "<=", value: instances === 1 ? 0 : (instances * cell.remainder) / 8 } as const;
    results.push(counted("most-room-unused-from-afar", Math.max(...unused), seeds, bar, "calls", labels));
    results.push(zero("races-from-afar-otherwise-wrong", wrong, seeds, "races", labels));
  }
  return results;
}

/** An admission in two steps must lose the same races. */
async function plantedControl(seed: number, seeds: number): Promise<Result> {
  const wrong: MakeAdmission = checkThenAct;
  let caught = 0;
  for (let index = 0; index < seeds; index++) {
    const cell = { calls: 64, remainder: 3, instances: 1 } as const;
    const race = await runRace(cell, seed + index, [createMemoryLimitStore()], wrong);
    if (race.admitted > race.expected && race.overshoot > 0n) caught += 1;
  }
  return counted("check-then-act-caught", caught, seeds, { op: "==", value: seeds }, "races");
}

function zero(name: string, value: number, n: number, unit: string, labels: Record<string, string>): Result {
  return counted(name, value, n, { op: "==", value: 0 }, unit, labels);
}
