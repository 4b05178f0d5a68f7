import { expect, test } from "vitest";
import { generateWorkload } from "../workload/generate-workload.ts";
import type { WorkloadRow } from "../workload/workload-row.ts";
import type { CallOutcome } from "./call-outcome.ts";
import { createProgress } from "./progress.ts";
import { replay } from "./replay.ts";

const rows = generateWorkload({ seed: 4, requests: 600, repeats: true });
const outcome: CallOutcome = {
  text: "",
  status: 200,
  requestId: null,
  durationMs: 0,
  failure: null,
  failureCode: null,
};

function at(times: ReadonlyMap<string, number>, id: string | null): number {
  return times.get(id ?? "") ?? Number.NaN;
}

function writtenProgress(isTTY: boolean): string[] {
  const written: string[] = [];
  const progress = createProgress({ isTTY, write: (text) => written.push(text) }, "replaying", 1_000);
  for (let done = 1; done <= 1_000; done += 1) progress.update(done);
  progress.finish();
  return written;
}

test("repeats come after the answer that they repeat, companions at the same moment, and the limit holds", async () => {
  const started = new Map<string, number>();
  const ended = new Map<string, number>();
  let clock = 0;
  let open = 0;
  let openMax = 0;
  const call = async (row: WorkloadRow): Promise<CallOutcome> => {
    started.set(row.id, (clock += 1));
    if (!row.together) openMax = Math.max(openMax, (open += 1));
    // Calls end in another order than they began.
    for (let turn = 0; turn < (Number(row.id.slice(1)) * 7) % 13; turn += 1) await Promise.resolve();
    if (!row.together) open -= 1;
    ended.set(row.id, (clock += 1));
    return outcome;
  };
  const done: number[] = [];
  const outcomes = await replay(rows, { concurrency: 6, call, onProgress: (count) => done.push(count) });
  expect(outcomes.size).toBe(600);
  expect(done.at(-1)).toBe(600);
  expect(openMax).toBe(6);
  const repeats = rows.filter((row) => row.repeats !== null);
  for (const row of repeats.filter(({ together }) => !together)) {
    expect(at(started, row.id)).toBeGreaterThan(at(ended, row.repeats));
  }
  const companions = repeats.filter(({ together }) => together);
  expect(companions.length).toBeGreaterThan(3);
  for (const row of companions) expect(at(started, row.id)).toBeLessThanOrEqual(at(started, row.repeats) + 3);
});

test("progress is a bar on a terminal and four lines elsewhere", () => {
  const lines = writtenProgress(false);
  expect(lines).toHaveLength(4);
  expect(lines.at(-1)).toMatch(/^replaying: 1000 of 1000 \(\d+\.\d s\)\n$/);
  const bar = writtenProgress(true);
  expect(bar.length).toBeLessThanOrEqual(202);
  expect(bar.at(-2)).toContain(`[${"#".repeat(40)}] 1000/1000`);
  expect(bar.at(-1)).toBe("\n");
});
