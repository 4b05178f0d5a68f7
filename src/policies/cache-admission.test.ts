import { describe, expect, it } from "vitest";
import { plainRequest } from "../testing/plain-dialect.ts";
import { mayStore, readCacheControl, whyNotReusable, whyNotShareable } from "./cache-admission.ts";

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

describe("cache-control", () => {
  it.each([
    [null, true, true],
    ["max-age=0", true, true],
    ["no-cache", false, true],
    ["No-Store", false, false],
    ["no-cache, no-store", false, false],
  ])("%s: look up %s, store %s", (header, lookUp, store) => {
    expect(readCacheControl(header)).toEqual({ lookUp, store });
  });
});

describe("an answer", () => {
  const good = { status: 200, complete: true, finishReason: "stop", hasToolCalls: false, bytes: 100 } as const;
  it.each([
    [{}, true],
    [{ bytes: 1_000 }, true],
    [{ bytes: 1_001 }, false],
    [{ status: 201 }, false],
    [{ status: 429 }, false],
    [{ complete: false }, false],
    [{ finishReason: "length" as const }, false],
    [{ finishReason: "content-filter" as const }, false],
    [{ finishReason: "refusal" as const }, false],
    [{ finishReason: "unknown" as const }, false],
    [{ finishReason: null }, false],
    [{ hasToolCalls: true }, false],
  ])("%j may be stored: %s", (changes, stored) => {
    expect(mayStore({ ...good, ...changes }, 1_000)).toBe(stored);
  });
});
