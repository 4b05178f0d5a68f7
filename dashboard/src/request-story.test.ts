import { describe, expect, it } from "vitest";
import { asStored, sampleRecord } from "../../src/testing/ledger-conformance.ts";
import type { StoredRequest } from "./admin-client.ts";
import { tellRequest } from "./request-story.ts";

const stored = asStored(sampleRecord(0)) as StoredRequest;

describe("the story of a request", () => {
  it("is told from the record that the gateway keeps", () => {
    const story = tellRequest(stored, "UTC");
    expect(story.arrived).toBe("1 Jan 2026, 00:00:00");
    expect(story.money).toEqual([
      { label: "As asked", text: "$0.0055" },
      { label: "Saved by choose-target", text: "+$0.005170 (measured)" },
      { label: "Cost", text: "$0.00033" },
    ]);
    expect(story.attempts).toEqual([
      {
        provider: "openai",
        model: "gpt-4o-mini-2024-07-18",
        outcome: "complete",
        status: "200",
        tokens: "1,000 input, 200 cache read, 300 output, 7 cache write 5m",
        cost: "$0.000330",
        duration: "812 ms",
      },
    ]);
    expect(story.journal.map((entry) => [entry.stage, entry.decision, entry.reason, entry.note, entry.money])).toEqual([
      ["settle", "record", "settled", "", ""],
      ["choose-target", "gpt-4o-mini", "rule", 'small "talk"\n', "$0.005170"],
      ["call-provider", "openai", "answered", "", ""],
    ]);
    expect(story.facts).toContainEqual({ label: "Feature", text: "support-chat" });
    expect(story.facts).toContainEqual({ label: "Tags", text: "eu, beta" });
  });

  it.each([
    ["unpriced", null, "unpriced"],
    ["estimated", "1000000000000", "$1.00 (estimated)"],
    ["free", "0", "$0.00"],
  ])("words a cost that is %s", (state, picoUsd, text) => {
    expect(tellRequest({ ...stored, cost: { state, picoUsd } }, "UTC").money.at(-1)?.text).toBe(text);
  });

  it("is told of anything, without failing", () => {
    const story = tellRequest({ attempts: [null, 3], journal: "x", cost: { picoUsd: 5 }, claims: [] }, "UTC");
    expect([story.id, story.arrived, story.attempts.length, story.journal.length]).toEqual(["-", "-", 2, 0]);
    expect(story.money.map((fact) => fact.text)).toEqual(["unpriced", "unpriced"]);
  });
});
