import type { FinishReason } from "../../../spec/attempt.ts";
import type { ReplyFacts } from "../../../spec/dialect.ts";
import { unknownUsage } from "../../../spec/usage.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { combineFinish } from "../finish-reasons.ts";
import { arrayOf, objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { readUsage } from "./read-usage.ts";

/** What a whole chat completion tells. Anything that is not one tells nothing. */
export function readReply(body: Uint8Array, quirks?: Quirks): ReplyFacts {
  const document = parseObjectBytes(body);
  if (document === null) {
    return { usage: unknownUsage, servedModel: null, responseId: null, finishReason: null, hasToolCalls: false };
  }
  let finishReason: FinishReason | null = null;
  let hasToolCalls = false;
  for (const item of arrayOf(document["choices"])) {
    const choice = objectOf(item);
    const message = objectOf(choice?.["message"]);
    const reason = finishReasonOf(choice?.["finish_reason"], textOf(message?.["refusal"]) !== null);
    if (reason !== null) finishReason = combineFinish(finishReason, reason);
    hasToolCalls ||= arrayOf(message?.["tool_calls"]).length > 0 || objectOf(message?.["function_call"]) !== null;
  }
  return {
    usage: readUsage(document["usage"], document["service_tier"], quirks),
    servedModel: textOf(document["model"]),
    responseId: textOf(document["id"]),
    finishReason,
    hasToolCalls,
  };
}
