import * as fc from "fast-check";
import { drawnStory, openStage, type Stage, type StoryEnd } from "../../src/stores/sqlite/roll-ups/test-roll-ups.ts";
import type { Result } from "../measurement.ts";
import { counted, type ProofOptions } from "./proof.ts";

const picoUsdPerUsd = 10n ** 12n;

/** What occurred in the stories, lest they prove nothing. */
interface Tally {
  rows: number;
  lateRows: number;
  dearestPicoUsd: bigint;
}

/**
 * Stories of a ledger: batches in any order, rows that come late, folds that stop anywhere, restarts, other zones (+5:30, +5:45, both changes of
 * the clocks), pruning, totals above a billion dollars. After each: rows = roll-ups and tail = report = page, by SQL over the rows and by plain
 * arithmetic.
 */
export function proveRollUps({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const runs = quick ? 60 : 10_000;
  const stage = openStage();
  try {
    return Promise.resolve(prove(stage, runs, seed));
  } finally {
    stage.close();
  }
}

function prove(stage: Stage, runs: number, seed: number): readonly Result[] {
  const tally: Tally = { rows: 0, lateRows: 0, dearestPicoUsd: 0n };
  const property = fc.property(drawnStory, (story) => {
    const end = stage.play(story);
    add(tally, end);
    return end.wrong.length === 0;
  });
  const { failed, numRuns, counterexample } = fc.check(property, { numRuns: runs, seed });
  if (failed) {
    const story = counterexample?.[0];
    process.stderr.write(`seed ${seed}: ${story === undefined ? "" : stage.play(story).wrong.join("\n")}\n`);
  }
  const dearestUsd = Number(tally.dearestPicoUsd / picoUsdPerUsd);
  return [
    counted("stories-that-disagree", failed ? 1 : 0, numRuns, { op: "==", value: 0 }, "stories"),
    counted("stories", numRuns, numRuns, { op: ">=", value: runs }, "stories"),
    counted("rows", tally.rows, numRuns, { op: ">=", value: runs }, "rows"),
    counted("late-rows", tally.lateRows, numRuns, { op: ">=", value: runs }, "rows"),
    counted("dearest-story", dearestUsd, numRuns, { op: ">=", value: 1_000_000_000 }, "USD"),
  ];
}

function add(tally: Tally, { rows, lateRows, costPicoUsd }: StoryEnd): void {
  tally.rows += rows;
  tally.lateRows += lateRows;
  if (costPicoUsd > tally.dearestPicoUsd) tally.dearestPicoUsd = costPicoUsd;
}
