import type { StreamFacts } from "../../../spec/dialect.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { unknownUsage } from "../../../spec/usage.ts";
import { factsOfEvents } from "../facts-of-events.ts";
import { combineFinish } from "../finish-reasons.ts";

/** The facts of a stream that has not begun. */
export const noFacts: StreamFacts = {
  usage: unknownUsage,
  servedModel: null,
  responseId: null,
  finishReason: null,
  hasToolCalls: false,
  terminal: false,
  errored: false,
  generatedBytes: 0,
};

/** The facts with the events of one more chunk: what `factsOfEvents` tells of all events together. */
export function withEvents(facts: StreamFacts, events: readonly StreamEvent[]): StreamFacts {
  const more = factsOfEvents(events);
  const hasUsage = events.some(({ type }) => type === "usage-report");
  return {
    usage: hasUsage ? more.usage : facts.usage,
    servedModel: facts.servedModel ?? more.servedModel,
    responseId: facts.responseId ?? more.responseId,
    finishReason:
      more.finishReason === null ? facts.finishReason : combineFinish(facts.finishReason, more.finishReason),
    hasToolCalls: facts.hasToolCalls || more.hasToolCalls,
    terminal: facts.terminal || more.terminal,
    errored: facts.errored || more.errored,
    generatedBytes: facts.generatedBytes + more.generatedBytes,
  };
}
