import { answerChecks } from "./stage-checks-answer.ts";
import { streamChecks } from "./stage-checks-stream.ts";
import type { StageCheck, StageSubject } from "./stage-situation.ts";

export type { StageCheck, StageSubject } from "./stage-situation.ts";

/**
 * The rules of a stage (spec/stage.ts, spec/reply.ts), for any test runner:
 *
 *     describe("exact-cache keeps the stage contract", () => {
 *       it.each(stageChecks)("$name", (check) => expect(check.run(subject)).resolves.toBeUndefined());
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
