import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { LimitStore } from "../../src/spec/limit-store.ts";
import { systemClock } from "../../src/assembly/system-clock.ts";
import { truthOf } from "../../src/money/budgets/fold-truth.ts";
import { openLimitStore } from "../../src/stores/sqlite/limits/open-limit-store.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { stopChild } from "../child-process.ts";
import { beforePicoUsd, bookBefore, nestBudgets, sliceName, type Nest, type RaceCell } from "./budget-nest.ts";
import type { RacerCommand, RacerRow } from "./budget-racer.ts";
import { pause } from "./proof.ts";

/** What races between processes came to. */
export interface ProcessRaces {
  readonly races: number;
  /** Races in which another number was admitted than there was room for. */
  readonly missed: number;
  readonly overshootPicoUsd: bigint;
  readonly leakedPicoUsd: bigint;
  readonly wrongPicoUsd: bigint;
  readonly kills: number;
}

/** Four processes race on one SQLite file, cell after cell; some are killed while they settle, and begin again. */
export async function raceProcesses(
  directory: string,
  cells: readonly RaceCell[],
  seeds: readonly number[],
): Promise<ProcessRaces> {
  const store = await openLimitStore({ directory, clock: systemClock, lockWaitMs: 60_000 });
  const racers = Array.from({ length: 4 }, (_, index) => new RacerProcess(directory, index));
  const nests: Nest[] = [];
  const before = new Set<string>();
  const atMs = Date.now();
  const total = { races: 0, missed: 0, overshootPicoUsd: 0n, kills: 0 };
  try {
    for (const cell of cells) {
      for (const seed of seeds) {
        const race = { cell, seed, org: `race-${nests.length}`, atMs };
        const nest = nestBudgets(cell, createSeededRandom(seed), race.org);
        nests.push(nest);
        for (const name of await bookBefore(store, nest, atMs)) before.add(name);
        const admitted = await Promise.all(racers.map((racer) => racer.ask({ ...race, kind: "race" })));
        const sum = admitted.reduce((all, one) => all + one, 0);
        if (sum !== Math.min(cell.calls, Math.floor(cell.remainder))) total.missed += 1;
        total.races += 1;
        total.overshootPicoUsd += await overshootOf(store, nest);
        await Promise.all(racers.map((racer) => racer.ask({ ...race, kind: "end" })));
      }
    }
    const last = { cell: { calls: 0, remainder: 0, instances: 4 }, seed: 0, org: "", atMs } as const;
    await Promise.all(racers.map((racer) => racer.ask({ ...last, kind: "close" })));
    total.kills = racers.reduce((sum, { kills }) => sum + kills, 0);
    return { ...total, ...(await compare(store, nests, before, racers)) };
  } finally {
    await Promise.all(racers.map((racer) => racer.stop()));
    await store.close();
  }
}

/** A racer and its place: a new process takes it when one was killed. */
class RacerProcess {
  readonly rowsFile: string;
  kills = 0;
  readonly #directory: string;
  readonly #index: number;
  #child: ChildProcess;
  #stopped = false;
  #onAnswer: ((admitted: number) => void) | null = null;

  constructor(directory: string, index: number) {
    this.#directory = directory;
    this.#index = index;
    this.rowsFile = join(directory, `rows-${index}.jsonl`);
    this.#child = this.#start();
  }

  /** Resolves how many it has admitted; 0 when it was killed meanwhile. */
  ask(command: Omit<RacerCommand, "index">): Promise<number> {
    return new Promise((resolve) => {
      this.#onAnswer = resolve;
      this.#child.stdin?.write(`${JSON.stringify({ ...command, index: this.#index })}\n`);
    });
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return stopChild(this.#child);
  }

  #start(): ChildProcess {
    const file = join(import.meta.dirname, "budget-racer.ts");
    const child = spawn(process.execPath, [file, this.#directory, `owner-${this.#index}`, this.rowsFile], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (child.stdout === null) throw new Error("a racer has no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#answer((JSON.parse(line) as { admitted: number }).admitted);
    });
    child.once("exit", (_code, signal) => {
      if (this.#stopped) return;
      if (signal !== "SIGKILL") throw new Error("a racer ended by itself");
      this.kills += 1;
      this.#child = this.#start();
      this.#answer(0);
    });
    return child;
  }

  #answer(admitted: number): void {
    const answer = this.#onAnswer;
    this.#onAnswer = null;
    answer?.(admitted);
  }
}

async function overshootOf(store: LimitStore, { accounts }: Nest): Promise<bigint> {
  let over = 0n;
  for (const { id, budget } of accounts) {
    let left = budget.limit;
    for (const { spent, held, presumed } of await store.balances(id, 0)) left -= spent + held + presumed;
    if (left < 0n) over -= left;
  }
  return over;
}

async function compare(
  store: LimitStore,
  nests: readonly Nest[],
  before: ReadonlySet<string>,
  racers: readonly RacerProcess[],
): Promise<{ leakedPicoUsd: bigint; wrongPicoUsd: bigint }> {
  await pause(100);
  const balances = await store.balances(null, 0);
  const known = new Set(balances.map((one) => one.account));
  const rows = racers
    .filter(({ rowsFile }) => existsSync(rowsFile))
    .flatMap(({ rowsFile }) => readFileSync(rowsFile, "utf8").split("\n").slice(0, -1))
    .map((line) => JSON.parse(line) as RacerRow)
    .map(({ subject, atMs, picoUsd }) => ({ subject, atMs, spend: { picoUsd: BigInt(picoUsd), tokens: 0n } }));
  const budgets = nests.flatMap((nest) => nest.budgets);
  const truth = truthOf(balances, known, budgets, rows);
  let [leakedPicoUsd, wrongPicoUsd] = [0n, 0n];
  for (const [index, one] of balances.entries()) {
    const expected = (truth[index]?.spent ?? 0n) + (before.has(sliceName(one)) ? beforePicoUsd : 0n);
    leakedPicoUsd += one.held + one.presumed;
    wrongPicoUsd += one.spent > expected ? one.spent - expected : expected - one.spent;
  }
  return { leakedPicoUsd, wrongPicoUsd };
}
