import { Buffer } from "node:buffer";
import type { FinishReason } from "../../spec/attempt.ts";
import type { StreamFacts } from "../../spec/dialect.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { unknownUsage, type Usage } from "../../spec/usage.ts";
import { combineFinish } from "./finish-reasons.ts";

/** Sums up a folded stream. Usage reports are cumulative in every dialect: the last one counts. */
export function factsOfEvents(events: readonly StreamEvent[]): StreamFacts {
  let usage: Usage = unknownUsage;
  let servedModel: string | null = null;
  let responseId: string | null = null;
  let finishReason: FinishReason | null = null;
  let hasToolCalls = false;
  let terminal = false;
  let errored = false;
  let generatedBytes = 0;
  for (const event of events) {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
      case "reasoning-delta":
        generatedBytes += Buffer.byteLength(event.text);
        break;
      case "tool-call-delta":
        generatedBytes += Buffer.byteLength(event.argumentsText);
        break;
      case "tool-call-start":
        hasToolCalls = true;
        break;
      case "usage-report":
        usage = event.usage;
        break;
      case "finish":
        finishReason = combineFinish(finishReason, event.reason);
        break;
      case "reply-end":
        terminal = true;
        break;
      case "stream-error":
        errored = true;
        break;
      case "reply-start":
        responseId ??= event.responseId;
        servedModel ??= event.servedModel;
        break;
      // What proves a piece of thinking is no text that the model wrote.
      case "reasoning-end":
        break;
    }
  }
  return { usage, servedModel, responseId, finishReason, hasToolCalls, terminal, errored, generatedBytes };
}
