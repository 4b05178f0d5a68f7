import { describe, expect, it } from "vitest";
import { plantedStages } from "./planted-stages.ts";
import { brokenRulesOf, stageChecks, type StageSubject } from "./stage-conformance.ts";

const nothing = "a stage that decides nothing changes nothing";
const leaving = "leaving reaches the bottom";
const endsOnce = "a stream ends exactly once";
const lastBytes = "last bytes come with the end";

/** Which rules each planted fault breaks: all of them, no more. */
const caughtBy: Readonly<Record<string, readonly string[]>> = {
  "swallows-abort": [nothing, leaving],
  "swallows-cancel": [leaving, endsOnce],
  "buffers-stream": ["a stream is not buffered", "backpressure passes through"],
  "edits-without-journal": [nothing, "what is changed is journaled"],
  "two-journal-entries": ["exactly one journal entry a pass"],
  "no-journal-entry": ["exactly one journal entry a pass"],
  "fails-on-own-error": ["its own failure steps aside or refuses clearly"],
  "mutates-context": ["the context is never changed"],
  "copies-context": [nothing],
  "ends-twice": [
    "streamed equals whole",
    "its own failure steps aside or refuses clearly",
    leaving,
    endsOnce,
    lastBytes,
  ],
  "never-ends-a-cut-stream": [leaving, endsOnce, lastBytes],
  "drops-last-bytes": ["streamed equals whole", "its own failure steps aside or refuses clearly", lastBytes],
  "sends-last-bytes-early": [lastBytes],
  "ignores-backpressure": ["backpressure passes through"],
  "loses-resume": ["backpressure passes through"],
  "fakes-completeness": [leaving, lastBytes],
  "rewrites-errors": ["upstream errors pass unmodified"],
};

describe("the stage suite catches planted faults by name", () => {
  it.each(Object.entries(plantedStages))("%s", async (name, subject) => {
    expect(await brokenRulesOf(subject)).toEqual(caughtBy[name]);
  });

  it("has a planted fault for every rule", () => {
    const caught = new Set(Object.values(caughtBy).flat());
    expect(stageChecks.map((check) => check.name).filter((name) => !caught.has(name))).toEqual([]);
  });

  it("finds nothing wrong with a stage that keeps the rules", async () => {
    const sound: StageSubject = {
      name: "choose-target",
      kind: "optimisation",
      create: () => ({
        name: "choose-target",
        kind: "optimisation",
        wrap: (next) => (context) => {
          context.journal.append({ stage: "choose-target", decision: "as asked", reason: "as-asked" });
          return next(context);
        },
      }),
      idle: {},
      acting: {},
    };
    expect(await brokenRulesOf(sound)).toEqual([]);
  });
});
