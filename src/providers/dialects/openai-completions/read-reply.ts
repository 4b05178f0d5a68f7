import type { FinishReason } from "../../../spec/attempt.ts";
import type { ReplyFacts } from "../../../spec/dialect.ts";
import { combineFinish } from "../finish-reasons.ts";
import { arrayOf, objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { finishReasonOf } from "../openai-chat/finish-reason.ts";
import { readUsage } from "../openai-chat/read-usage.ts";

/** What a whole legacy completion tells; its usage block is that of a chat completion. */
export function readReply(body: Uint8Array): ReplyFacts {
  const document = parseObjectBytes(body);
  let finishReason: FinishReason | null = null;
  for (const choice of arrayOf(document?.["choices"])) {
    const reason = finishReasonOf(objectOf(choice)?.["finish_reason"], false);
    if (reason !== null) finishReason = combineFinish(finishReason, reason);
  }
  return {
    usage: readUsage(document?.["usage"], document?.["service_tier"]),
    servedModel: textOf(document?.["model"]),
    responseId: textOf(document?.["id"]),
    finishReason,
    hasToolCalls: false,
  };
}
