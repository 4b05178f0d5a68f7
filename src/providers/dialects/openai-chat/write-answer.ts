import type { Answer } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Asked } from "../../../spec/codec.ts";
import { finishWordOf } from "./finish-reason.ts";
import { writeReasoning } from "./reasoning-details.ts";
import { joined, sortParts, writeToolCall } from "./write-assistant.ts";
import { writeTier, writeUsage } from "./write-usage.ts";

/** A whole chat completion. */
export function writeAnswer(answer: Answer, asked: Asked): Readonly<JsonObject> {
  const { reasoning, texts, refusals, calls } = sortParts(answer.parts);
  const usage = writeUsage(answer.usage);
  return {
    id: answerIdOf(answer.id, asked),
    object: "chat.completion",
    created: answer.createdAtS ?? asked.nowS,
    model: answer.model === "" ? asked.request.model : answer.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: texts.length === 0 ? null : joined(texts),
          refusal: refusals.length === 0 ? null : joined(refusals),
          ...writeReasoning(reasoning),
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map((call, index) => writeToolCall({ ...call, id: callIdOf(call.id, index, asked) })),
              }),
        },
        logprobs: null,
        finish_reason: finishWordOf(answer.finish, refusals.length > 0, calls.length > 0),
      },
    ],
    ...(usage === null ? {} : { usage }),
    ...writeTier(answer.usage),
  };
}

/** The provider's id of the reply, or one of our own where it gave none. */
export function answerIdOf(id: string | null, { requestId }: Asked): string {
  return id === null || id === "" ? `chatcmpl-${requestId}` : id;
}

/** The provider's id of a call, or one of our own where it gave none: the caller must name it with its result. */
export function callIdOf(id: string, index: number, { requestId }: Asked): string {
  return id === "" ? `call_${requestId}_${index}` : id;
}
