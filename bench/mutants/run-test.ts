import type { TestSpecification, Vitest } from "vitest/node";
import type { Fate } from "./mutant.ts";
import type { WarmPool } from "./open-warm-pool.ts";

/** What a test file runs in. */
export interface Surroundings {
  readonly vitest: Vitest;
  readonly pool: WarmPool;
  /** The states of the test files that have come to their end, by module. */
  readonly ended: Map<string, string>;
}

/** One test file and its time. */
export interface TimedTest {
  readonly specification: TestSpecification;
  /** Milliseconds that it takes on the untouched copy. */
  readonly tookMs: number;
}

/** A mutant that loops for ever is noticed by this many times what the file took untouched, and by as many milliseconds on top. */
const slowerMax = 5;
const slackMs = 3000;

/** Runs one test file. Throws what vitest throws, or an Error when the file did not run at all, in a fresh process neither. */
export async function runTest(around: Surroundings, test: TimedTest, isRetry = false): Promise<Fate> {
  const { vitest, pool, ended } = around;
  const { specification, tookMs } = test;
  let timedOut = false;
  let timer: NodeJS.Timeout | undefined;
  pool.onBegin = () => {
    timer = setTimeout(
      () => {
        timedOut = true;
        pool.kill();
      },
      slackMs + slowerMax * tookMs,
    );
  };
  ended.clear();
  try {
    const { unhandledErrors } = await vitest.runTestSpecifications([specification]);
    if (timedOut) return "timed-out";
    // The file's own word of this run: vitest also remembers how the last one ended.
    const state = ended.get(specification.moduleId);
    if (state === "failed") return "killed";
    if (state === "passed" && unhandledErrors.length === 0) return "survived";
    if (isRetry && state === undefined) throw new Error(`${specification.moduleId} did not run`);
  } catch (error) {
    if (timedOut) return "timed-out";
    if (isRetry) throw error;
  } finally {
    clearTimeout(timer);
  }
  // Something broke beside the tests, or they did not run: perhaps by what an earlier mutant had left running.
  if (isRetry) return "killed";
  pool.renew();
  return runTest(around, test, true);
}
