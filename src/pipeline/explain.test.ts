import { describe, expect, it } from "vitest";
import type { JournalEntry, ReasonCode, StageName } from "../spec/decision.ts";
import { answeringModelOf, cacheResultOf, decisionText } from "./explain.ts";
import { createJournal } from "./journal.ts";

const entry = (stage: StageName, reason: ReasonCode, decision = "d", note?: string): JournalEntry =>
  note === undefined ? { stage, reason, decision } : { stage, reason, decision, note };

describe("the cache's result", () => {
  it.each<[readonly JournalEntry[], boolean, string]>([
    [[], false, "off"],
    [[], true, "bypass"],
    [[entry("exact-cache", "hit")], false, "hit"],
    [[entry("exact-cache", "hit-normalised")], false, "hit"],
    [[entry("exact-cache", "hit-stale")], false, "hit"],
    [[entry("exact-cache", "hit-refusal")], false, "hit"],
    [[entry("exact-cache", "switched-off")], false, "off"],
    [[entry("exact-cache", "refresh")], false, "off"],
    [[entry("exact-cache", "not-cacheable"), entry("embedding-cache", "hit")], false, "hit"],
    [[entry("exact-cache", "not-cacheable"), entry("embedding-cache", "hit-partial")], false, "miss"],
    [[entry("exact-cache", "miss")], false, "miss"],
    [[entry("exact-cache", "not-cacheable")], false, "not-cacheable"],
    [[entry("exact-cache", "stepped-aside")], false, "off"],
    [[entry("exact-cache", "miss"), entry("coalesce", "follower")], false, "coalesced"],
    [[entry("exact-cache", "miss"), entry("coalesce", "leader")], false, "miss"],
  ])("%j: %s", (entries, bypass, result) => {
    expect(cacheResultOf(entries, bypass)).toBe(result);
  });
});

it("the answering model is the one bought, shared or asked last", () => {
  expect(answeringModelOf([])).toBeNull();
  expect(answeringModelOf([entry("exact-cache", "hit", "serve", "old")])).toBe("old");
  expect(answeringModelOf([entry("exact-cache", "hit-normalised", "serve", "older")])).toBe("older");
  const elements = [entry("exact-cache", "not-cacheable"), entry("embedding-cache", "hit", "serve", "vectors")];
  expect(answeringModelOf(elements)).toBe("vectors");
  expect(answeringModelOf([entry("coalesce", "follower", "wait", "shared")])).toBe("shared");
  const calls = [entry("call-provider", "upstream-error", "first"), entry("call-provider", "answered", "second")];
  expect(answeringModelOf([entry("exact-cache", "miss"), ...calls])).toBe("second");
});

describe("the text of a decision", () => {
  it("tells what a person would want to know, in a header's letters", () => {
    const journal = createJournal();
    expect(decisionText(journal)).toBe("call-provider=answered");
    journal.append(entry("exact-cache", "miss"));
    journal.append(entry("choose-target", "rule", "small", "günstig\r\nx: y"));
    journal.append(entry("retry", "first-try"));
    journal.append(entry("settle", "settled"));
    expect(decisionText(journal)).toBe("exact-cache=miss, choose-target=rule (g?nstig??x: y)");
  });

  it("has an end", () => {
    const journal = createJournal();
    for (let count = 0; count < 200; count++) journal.append(entry("choose-target", "rule", "m", "n".repeat(50)));
    expect(journal.entries).toHaveLength(64);
    expect(decisionText(journal)).toHaveLength(512);
  });
});
