import { Buffer } from "node:buffer";
import type { FinishReason } from "../../spec/attempt.ts";
import type { StreamFacts } from "../../spec/dialect.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { unknownUsage, type Usage } from "../../spec/usage.ts";
import { combineFinish } from "./finish-reasons.ts";

/** Sums up a folded stream. Usage reports are cumulative in both dialects: the last one counts. */
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
    if (event.type === "text-delta" || event.type === "reasoning-delta")
      generatedBytes += Buffer.byteLength(event.text);
    else if (event.type === "tool-call-delta") generatedBytes += Buffer.byteLength(event.argumentsText);
    else if (event.type === "tool-call-start") hasToolCalls = true;
    else if (event.type === "usage-report") usage = event.usage;
    else if (event.type === "finish") finishReason = combineFinish(finishReason, event.reason);
    else if (event.type === "reply-end") terminal = true;
    else if (event.type === "stream-error") errored = true;
    else {
      responseId ??= event.responseId;
      servedModel ??= event.servedModel;
    }
  }
  return { usage, servedModel, responseId, finishReason, hasToolCalls, terminal, errored, generatedBytes };
}
