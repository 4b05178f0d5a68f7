import * as fc from "fast-check";
import { drawnStory, playStory } from "../../src/stores/sqlite/test-roll-ups.ts";
import type { Result } from "../measurement.ts";
import { counted, type ProofOptions } from "./proof.ts";

/**
 * Stories of a ledger: batches in any order, rows that come late, folds that stop anywhere, restarts, other zones (+5:30, +5:45, both changes of
 * the clocks), pruning. After each: rows = roll-ups and tail = report = page, by SQL over the rows and by plain arithmetic.
 */
export function proveRollUps({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const runs = quick ? 30 : 10_000;
  const property = fc.property(drawnStory, (story) => playStory(story).length === 0);
  const { failed, numRuns, counterexample } = fc.check(property, { numRuns: runs, seed });
  if (failed) {
    const story = counterexample?.[0];
    process.stderr.write(`seed ${seed}: ${story === undefined ? "" : playStory(story).join("\n")}\n`);
  }
  return Promise.resolve([
    counted("stories-that-disagree", failed ? 1 : 0, numRuns, { op: "==", value: 0 }, "stories"),
    counted("stories", numRuns, numRuns, { op: ">=", value: runs }, "stories"),
  ]);
}
