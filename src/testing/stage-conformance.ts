import { answerChecks } from "./stage-checks-answer.ts";
import { streamChecks } from "./stage-checks-stream.ts";
import type { StageSubject } from "./stage-situation.ts";

export type { StageSubject } from "./stage-situation.ts";

/** One rule that every stage keeps. Rejects with what went wrong, and in which situation. */
export interface StageCheck {
  readonly name: string;
  readonly run: (subject: StageSubject) => Promise<void>;
}

/**
 * The rules of a stage (spec/stage.ts, spec/reply.ts), for any test runner:
 *
 *     describe("exact-cache keeps the stage contract", () => {
 *       for (const check of stageChecks) it(check.name, () => check.run(subject));
 *     });
 */
export const stageChecks: readonly StageCheck[] = [...answerChecks, ...streamChecks];

/** Names of the rules that a stage breaks. */
export async function brokenRulesOf(subject: StageSubject): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const check of stageChecks) {
    try {
      await check.run(subject);
    } catch {
      broken.push(check.name);
    }
  }
  return broken;
}
