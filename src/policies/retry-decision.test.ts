import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RetryPolicy } from "../spec/route.ts";
import { decideRetry, type FailedCall, saysQuotaSpent } from "./retry-decision.ts";

const policy: RetryPolicy = {
  enabled: true,
  attemptsMax: 3,
  backoffMs: 250,
  backoffMsMax: 60_000,
  retryAmbiguous: false,
};
const failed: FailedCall = {
  attemptsMade: 1,
  clientRetries: 0,
  outcome: "refused",
  status: 503,
  quotaSpent: false,
  forbidden: false,
  hintMs: null,
  nextIsFresh: false,
  leftMs: 600_000,
};
const why = (changes: Partial<FailedCall>, changedPolicy: Partial<RetryPolicy> = {}): string => {
  const decision = decideRetry({ ...failed, ...changes }, { ...policy, ...changedPolicy }, 0.5);
  return decision.retry ? "again" : decision.why;
};

describe("the table of statuses", () => {
  it.each([408, 409, 429, 500, 502, 503, 504, 529])("%i is tried again", (status) => {
    expect(why({ status })).toBe("again");
  });
  it.each([400, 401, 402, 403, 404, 413, 422, 501, 418])("%i is final", (status) => {
    expect(why({ status })).toBe("final");
  });
});

describe("the phase decides", () => {
  it("a call that never left may be repeated", () => {
    expect(why({ outcome: "failed-before-send", status: 0 })).toBe("again");
  });
  it.each(["unknown", "timeout", "truncated"] as const)("%s may be billed: once, and only where allowed", (outcome) => {
    expect(why({ outcome, status: 0 })).toBe("ambiguous");
    expect(why({ outcome, status: 0 }, { retryAmbiguous: true })).toBe("again");
    expect(why({ outcome, status: 0, attemptsMade: 2 }, { retryAmbiguous: true })).toBe("ambiguous");
  });
  it.each(["complete", "stream-error", "aborted"] as const)("%s is final", (outcome) => {
    expect(why({ outcome, status: 200 }, { retryAmbiguous: true })).toBe("final");
  });
  it("neither spent money nor the provider's no is argued with", () => {
    expect(why({ status: 429, quotaSpent: true })).toBe("final");
    expect(why({ status: 503, forbidden: true })).toBe("final");
  });
});

describe("bounds", () => {
  it("three calls at most, whatever the config says", () => {
    expect(why({ attemptsMade: 3 }, { attemptsMax: 99 })).toBe("attempts");
    expect(why({ attemptsMade: 1 }, { attemptsMax: 1 })).toBe("attempts");
  });
  it("each try of the client's own takes one of ours, and the first call stays", () => {
    expect(why({ clientRetries: 1 })).toBe("again");
    expect(why({ clientRetries: 1, attemptsMade: 2 })).toBe("attempts");
    expect(why({ clientRetries: 1 }, { attemptsMax: 2 })).toBe("attempts");
    expect(why({ clientRetries: 2 })).toBe("attempts");
    expect(why({ clientRetries: 1, attemptsMade: 2 }, { attemptsMax: 99 })).toBe("attempts");
    expect(why({ clientRetries: 100, outcome: "failed-before-send", status: 0 })).toBe("attempts");
  });
  it("the deadline bounds the sum", () => {
    expect(why({ hintMs: 1_000, leftMs: 900 })).toBe("deadline");
    expect(why({ nextIsFresh: true, leftMs: 0 })).toBe("deadline");
  });
  it("a wish beyond the route's longest wait ends the retries", () => {
    expect(why({ hintMs: 60_001 })).toBe("hint-too-long");
    expect(why({ hintMs: 60_001, nextIsFresh: true })).toBe("again");
  });
});

const wait = (changes: Partial<FailedCall>, random: number): number => {
  const decision = decideRetry({ ...failed, ...changes }, policy, random);
  return decision.retry ? decision.waitMs : -1;
};

describe("the wait", () => {
  it("doubles, with full jitter", () => {
    expect(wait({}, 0)).toBe(0);
    expect(wait({}, 0.5)).toBe(125);
    expect(wait({ attemptsMade: 2 }, 0.5)).toBe(250);
  });
  it("is none for a target that was not called yet", () => {
    expect(wait({ nextIsFresh: true, hintMs: 30_000 }, 0.9)).toBe(0);
  });
  it("follows hints within a tenth and between half a second and a minute", () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 60_000 }), fc.integer({ min: 0, max: 999 }), (hintMs, thousandths) => {
        const waitMs = wait({ hintMs }, thousandths / 1_000);
        expect(waitMs).toBeGreaterThanOrEqual(hintMs);
        expect(waitMs).toBeLessThanOrEqual(Math.min(60_000, hintMs * 1.1));
      }),
      { seed: 7 },
    );
  });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("spent money", () => {
  it("is read from the body of a 429, or from a 402", () => {
    expect(saysQuotaSpent(429, bytes('{"error":{"code":"insufficient_quota"}}'))).toBe(true);
    expect(saysQuotaSpent(429, bytes('{"error":{"type":"rate_limit_error"}}'))).toBe(false);
    expect(saysQuotaSpent(402, bytes(""))).toBe(true);
    expect(saysQuotaSpent(500, bytes('"insufficient_quota"'))).toBe(false);
  });
});
