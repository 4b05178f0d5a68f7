import type { FinishReason } from "../../../spec/attempt.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { AnswerReader } from "../../../spec/codec.ts";
import { parseObject } from "../json-fields.ts";
import { foldChunk, mayEnd, newFold } from "./fold-chunk.ts";

/** Reads one generateContent stream. It has no terminal event: where it may end, it ends with its last chunk. */
export function openReader(): AnswerReader {
  const state = newFold();
  let finish: FinishReason | null = null;
  return {
    read(_eventName, data) {
      const chunk = parseObject(data);
      if (chunk === null) return [];
      return foldChunk(chunk, state, "first").filter((event) => {
        // Older models give a reason with every chunk; the last one counts.
        if (event.type === "finish") finish = event.reason;
        return event.type !== "finish";
      });
    },
    finish(): readonly StreamEvent[] {
      if (!mayEnd(state)) return [];
      return [{ type: "finish", reason: finish ?? "unknown" }, { type: "reply-end" }];
    },
  };
}
