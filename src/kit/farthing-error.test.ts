import { describe, expect, it } from "vitest";
import { testCallFacts } from "../testing/test-call-facts.ts";
import { CallFailure } from "./call-failure.ts";
import { FarthingError } from "./farthing-error.ts";

describe("FarthingError", () => {
  it("takes its status from the table", () => {
    expect(new FarthingError("missing_key", "No key.").status).toBe(401);
  });

  it("is recognised across copies of the package, and nothing else is", () => {
    const foreign = Object.assign(new Error("from another copy"), { marker: "farthing.error" });
    expect(FarthingError.isInstance(foreign)).toBe(true);
    expect(FarthingError.isInstance(new Error("other"))).toBe(false);
    expect(FarthingError.isInstance({ marker: "farthing.error" })).toBe(false);
  });

  it("carries what is known of a call that failed", () => {
    const facts = testCallFacts({ outcome: "unknown", status: 0, startedAtMs: 1, durationUs: 2 });
    const failure = new CallFailure("upstream_broken", "The answer broke off.", facts, {
      kind: "reset",
      sent: true,
      message: "reset",
    });
    expect(FarthingError.isInstance(failure)).toBe(true);
    expect(failure.status).toBe(502);
    expect(failure.facts.outcome).toBe("unknown");
  });
});
