/**
 * One of several processes that race for the same budgets on one SQLite file. Takes commands as JSON lines on stdin, answers each
 * with a line on stdout. `argv`: directory of the store, name of its owner, file of its rows.
 */
import { appendFileSync, existsSync, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Reservation, Subject } from "../../src/spec/budget.ts";
import type { BalanceKey, SpentTruth } from "../../src/spec/limit-store.ts";
import { systemClock } from "../../src/assembly/system-clock.ts";
import { truthOf } from "../../src/money/budgets/fold-truth.ts";
import { createBudgetAdmission } from "../../src/pipeline/admission/budget-admission.ts";
import { openLimitStore } from "../../src/stores/sqlite/limits/open-limit-store.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { nestBudgets, reservationPicoUsd, sliceName, type RaceCell } from "./budget-nest.ts";

/** Which race, and which of its calls are this process's. */
export interface RacerCommand {
  readonly kind: "race" | "end" | "close";
  readonly cell: RaceCell;
  readonly seed: number;
  readonly org: string;
  readonly atMs: number;
  readonly index: number;
}

/** A settled call, as the file of rows has it. */
export interface RacerRow {
  readonly cell: RaceCell;
  readonly seed: number;
  readonly org: string;
  readonly subject: Subject;
  readonly atMs: number;
  readonly picoUsd: string;
}

const [directory = "", owner = "", rowsFile = ""] = process.argv.slice(2);
const store = await openLimitStore({ directory, clock: systemClock, lockWaitMs: 60_000 });
const admission = createBudgetAdmission({
  budgets: [],
  store,
  owner,
  clock: systemClock,
  // The machine may be slow; what is measured is who gets in.
  waitMsMax: 60_000,
  alarm: (code, detail) => process.stderr.write(`${code}: ${detail}\n`),
});
await admission.start(readTruth);

let open: { readonly subject: Subject; readonly reservation: Reservation }[] = [];
for await (const line of createInterface({ input: process.stdin.on("close", () => process.exit()) })) {
  const command = JSON.parse(line) as RacerCommand;
  if (command.kind === "race") await race(command);
  else if (command.kind === "end") end(command);
  else await admission.close();
  // Every report made until now is on disk when this resolves.
  await store.balances("none", 0);
  say({ admitted: open.length });
}

function say(value: object): void {
  writeSync(1, `${JSON.stringify(value)}\n`);
}

async function race({ cell, seed, org, atMs, index }: RacerCommand): Promise<void> {
  const nest = nestBudgets(cell, createSeededRandom(seed), org);
  admission.replaceBudgets(nest.budgets);
  const calls = Array.from({ length: cell.calls }, (_, call) => call).filter((call) => call % cell.instances === index);
  const results = await Promise.all(
    calls.map(async (call) => {
      const subject = nest.subjectOf(call);
      const result = await admission.admit(subject, { picoUsd: reservationPicoUsd, tokens: 0n }, atMs);
      return "refusal" in result ? [] : [{ subject, reservation: result.reservation }];
    }),
  );
  open = results.flat();
}

/** 20 % abort, 10 % fail, the rest settle; 5 % kill this process, with a row written that the store does not know. */
function end({ cell, seed, org, atMs, index }: RacerCommand): void {
  const random = createSeededRandom(seed * 131 + index);
  for (const { subject, reservation } of open) {
    const [fate, dies] = [random(), random() < 0.05];
    const picoUsd = (reservationPicoUsd * BigInt(Math.floor(random() * 1_001))) / 1_000n;
    if (fate >= 0.3) {
      const row: RacerRow = { cell, seed, org, subject, atMs, picoUsd: picoUsd.toString() };
      appendFileSync(rowsFile, `${JSON.stringify(row)}\n`);
    }
    if (dies) process.kill(process.pid, "SIGKILL");
    if (fate < 0.3) reservation.release();
    else reservation.settle({ picoUsd, tokens: 0n });
  }
  open = [];
}

/** What this owner's rows say, over all races that it ran. */
async function readTruth(keys: readonly BalanceKey[]): Promise<readonly SpentTruth[]> {
  const known = new Set((await store.balances(null, 0)).map((one) => one.account));
  const rows = existsSync(rowsFile) ? readFileSync(rowsFile, "utf8").split("\n").slice(0, -1) : [];
  const sums = new Map(keys.map((key) => [sliceName(key), { ...key, spent: 0n }]));
  for (const line of rows) {
    const { cell, seed, org, subject, atMs, picoUsd } = JSON.parse(line) as RacerRow;
    const { budgets } = nestBudgets(cell, createSeededRandom(seed), org);
    const row = { subject, atMs, spend: { picoUsd: BigInt(picoUsd), tokens: 0n } };
    for (const { spent, ...key } of truthOf(keys, known, budgets, [row])) {
      const sum = sums.get(sliceName(key));
      if (sum !== undefined) sum.spent += spent;
    }
  }
  return [...sums.values()];
}
