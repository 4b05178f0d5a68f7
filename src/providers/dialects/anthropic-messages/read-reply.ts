import type { ReplyFacts } from "../../../spec/dialect.ts";
import { unknownUsage } from "../../../spec/usage.ts";
import { arrayOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { isToolBlock } from "./content-block.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { readUsage } from "./read-usage.ts";

/** What a whole message tells. Anything that is not one tells nothing. */
export function readReply(body: Uint8Array): ReplyFacts {
  const document = parseObjectBytes(body);
  if (document === null) {
    return { usage: unknownUsage, servedModel: null, responseId: null, finishReason: null, hasToolCalls: false };
  }
  return {
    usage: readUsage(document["usage"]),
    servedModel: textOf(document["model"]),
    responseId: textOf(document["id"]),
    finishReason: finishReasonOf(document["stop_reason"]),
    hasToolCalls: arrayOf(document["content"]).some(isToolBlock),
  };
}
