import { describe, expect, it } from "vitest";
import { plainRequest } from "../testing/plain-dialect.ts";
import { type AnswerFacts, mayStore, whyNotReusable, whyNotShareable } from "./cache-admission.ts";

describe("a request", () => {
  it.each([
    [{}, null, null],
    [{ temperature: 0 }, null, null],
    [{ temperature: 1 }, null, null],
    [{ temperature: 1.2 }, "variety", "variety"],
    [{ n: 2 }, "several answers", "several answers"],
    [{ stateful: true }, "stateful", "stateful"],
    [{ tools: [] }, null, "offers tools"],
  ])("%j may be answered again: %s; shared: %s", (body, reusable, shareable) => {
    expect(whyNotReusable(plainRequest(body, 1))).toBe(reusable);
    expect(whyNotShareable(plainRequest(body, 1))).toBe(shareable);
  });
});

describe("where the route allows variety", () => {
  it.each([
    [{ temperature: 1.9 }, null],
    [{ n: 4 }, null],
    [{ n: 4, stateful: true }, "stateful"],
  ])("%j may be answered again: %s", (body, reusable) => {
    expect(whyNotReusable(plainRequest(body, 1), true)).toBe(reusable);
  });

  it("two callers at once still get their own variety", () => {
    expect(whyNotShareable(plainRequest({ n: 2 }, 1))).toBe("several answers");
  });
});

const policy = { entryBytesMax: 1_000, pureTools: [] as readonly string[] };
const good: AnswerFacts = { status: 200, complete: true, finishReason: "stop", calledTools: [], bytes: 100 };

describe("an answer", () => {
  it.each<[Partial<AnswerFacts>, boolean]>([
    [{}, true],
    [{ bytes: 1_000 }, true],
    [{ bytes: 1_001 }, false],
    [{ status: 201 }, false],
    [{ status: 429 }, false],
    [{ complete: false }, false],
    [{ finishReason: "length" }, false],
    [{ finishReason: "content-filter" }, false],
    [{ finishReason: "refusal" }, false],
    [{ finishReason: "pause" }, false],
    [{ finishReason: "unknown" }, false],
    [{ finishReason: "tool-calls" }, false],
    [{ finishReason: null }, false],
    [{ calledTools: ["look_up"] }, false],
    [{ calledTools: null }, false],
  ])("%j may be stored: %s", (changes, stored) => {
    expect(mayStore({ ...good, ...changes }, policy)).toBe(stored);
  });
});

describe("an answer that calls tools, where look_up and add are said to have no effect", () => {
  const pure = { ...policy, pureTools: ["look_up", "add"] };
  it.each<[AnswerFacts["calledTools"], AnswerFacts["finishReason"], boolean]>([
    [["look_up"], "tool-calls", true],
    [["look_up", "add", "look_up"], "tool-calls", true],
    [["look_up"], "stop", true],
    [["look_up"], "length", false],
    [["look_up", "send_mail"], "tool-calls", false],
    [["Look_Up"], "tool-calls", false],
    [[""], "tool-calls", false],
    [null, "tool-calls", false],
    [[], "tool-calls", false],
    [[], "stop", true],
  ])("calls %j, ended by %s: %s", (calledTools, finishReason, stored) => {
    expect(mayStore({ ...good, calledTools, finishReason }, pure)).toBe(stored);
  });
});
