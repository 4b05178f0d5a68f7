import type { ReplyFacts } from "../../../spec/dialect.ts";
import { unknownUsage } from "../../../spec/usage.ts";
import { arrayOf, objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { finishReasonOf, nothingSeen } from "./finish-reason.ts";
import { isToolItem } from "./item-facts.ts";
import { readUsage } from "./read-usage.ts";

/** What a whole response tells. Anything that is not one tells nothing. */
export function readReply(body: Uint8Array): ReplyFacts {
  const document = parseObjectBytes(body);
  if (document === null) {
    return { usage: unknownUsage, servedModel: null, responseId: null, finishReason: null, hasToolCalls: false };
  }
  return {
    usage: readUsage(document),
    servedModel: textOf(document["model"]),
    responseId: textOf(document["id"]),
    finishReason: finishReasonOf(document, nothingSeen),
    hasToolCalls: arrayOf(document["output"]).map(objectOf).some(isToolItem),
  };
}
