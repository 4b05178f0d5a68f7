import type { CallFacts } from "../spec/attempt.ts";
import { unknownUsage } from "../spec/usage.ts";

/** Facts of a call that ended at once with a 200 and told nothing. */
export function testCallFacts(changes: Partial<CallFacts> = {}): CallFacts {
  return {
    outcome: "complete",
    status: 200,
    usage: unknownUsage,
    generatedBytes: 0,
    servedModel: null,
    providerRequestId: null,
    providerResponseId: null,
    finishReason: null,
    hasToolCalls: false,
    startedAtMs: 0,
    durationUs: 0,
    timeToFirstByteUs: null,
    ...changes,
  };
}
