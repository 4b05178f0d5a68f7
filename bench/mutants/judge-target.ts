import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findMutants } from "./find-mutants.ts";
import { listCode } from "./list-code.ts";
import type { Fate, Mutant } from "./mutant.ts";
import { judges, type Target } from "./targets.ts";
import { openTestBench, type TestBench } from "./test-bench.ts";

/** What became of the mutants of one target. */
export interface Verdict {
  readonly mutants: number;
  readonly survivors: readonly Mutant[];
  /** Test files that fail without any mutant: their word did not count. */
  readonly failing: readonly string[];
}

/** How a target is judged. */
export interface Judging {
  /** Benches at work at once, each on a copy and in a process of its own. */
  readonly benches: number;
  /** Only the mutants of this file; null: of all. */
  readonly file: string | null;
  /** Takes some of the mutants, or all. */
  readonly choose: (mutants: readonly Mutant[]) => readonly Mutant[];
  /** Told of every mutant as soon as it is judged, in no order. */
  readonly onJudged: (mutant: Mutant, fate: Fate, done: number, of: number) => void;
}

/** Judges every mutant of a target. */
export async function judgeTarget(root: string, target: Target, judging: Judging): Promise<Verdict> {
  const files = listCode(root, target.code).filter((file) => judging.file === null || file === judging.file);
  const mutants = judging.choose(files.flatMap((file) => findMutants(file, readFileSync(join(root, file), "utf8"))));
  if (mutants.length === 0) return { mutants: 0, survivors: [], failing: [] };
  const benches = await Promise.all(
    Array.from({ length: judging.benches }, () => openTestBench(root, (path) => judges(target, path))),
  );
  try {
    const failing = new Set((await Promise.all(benches.map((bench) => bench.setFailingAside()))).flat());
    const survivors = await judgeAll(benches, mutants, judging.onJudged);
    return { mutants: mutants.length, survivors, failing: [...failing] };
  } finally {
    await Promise.all(benches.map((bench) => bench.close()));
  }
}

async function judgeAll(
  benches: readonly TestBench[],
  mutants: readonly Mutant[],
  onJudged: Judging["onJudged"],
): Promise<readonly Mutant[]> {
  const survivors: Mutant[] = [];
  const waiting = mutants.values();
  let done = 0;
  const work = async (bench: TestBench): Promise<void> => {
    for (const mutant of waiting) {
      const fate = await bench.judge(mutant);
      if (fate === "survived") survivors.push(mutant);
      done += 1;
      onJudged(mutant, fate, done, mutants.length);
    }
  };
  await Promise.all(benches.map(work));
  return survivors;
}
