import { tasks, type Task } from "./workload-row.ts";

/** How many rows of each variant a task gets. */
export interface TaskCounts {
  readonly originals: number;
  readonly paraphrases: number;
  readonly identicals: number;
}

/** How often a task occurs and how much of it has been asked before, all as shares. */
interface TaskShares {
  /** Of all requests: 25,000, 12,000, 8,000, 3,000 and 2,000 of 50,000 a day. */
  readonly ofAll: number;
  /** Of the task's requests: word for word an earlier request. */
  readonly identical: number;
  /** Of the task's requests: an earlier request in other words. */
  readonly paraphrased: number;
}

/**
 * Identical and paraphrased together lie within the hit rates that operators report: classification 60-70 %, support and
 * document Q&A 28-55 %, general 15-25 %, code 12-18 %. Compliance work is never taken for a repeat.
 */
export const taskShares: Readonly<Record<Task, TaskShares>> = {
  classification: { ofAll: 0.5, identical: 0.12, paraphrased: 0.49 },
  qa: { ofAll: 0.24, identical: 0.1, paraphrased: 0.26 },
  summary: { ofAll: 0.16, identical: 0.04, paraphrased: 0.16 },
  code: { ofAll: 0.06, identical: 0.03, paraphrased: 0.12 },
  compliance: { ofAll: 0.04, identical: 0, paraphrased: 0 },
};

/** Rows of each task and variant; together exactly `requests`. Without repeats the identical ones become originals. */
export function planCounts(requests: number, repeats: boolean): Readonly<Record<Task, TaskCounts>> {
  const counts: Partial<Record<Task, TaskCounts>> = {};
  let given = 0;
  let share = 0;
  for (const task of tasks) {
    const shares = taskShares[task];
    share += shares.ofAll;
    // Rounding the running sum, not each share, makes the parts add up.
    const all = Math.round(requests * share) - given;
    given += all;
    const identicals = repeats ? Math.floor(all * shares.identical) : 0;
    const paraphrases = Math.floor(all * shares.paraphrased);
    counts[task] = { originals: all - identicals - paraphrases, paraphrases, identicals };
  }
  return counts as Readonly<Record<Task, TaskCounts>>;
}
