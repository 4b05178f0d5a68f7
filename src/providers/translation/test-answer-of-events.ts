import type { Answer, Part, ReasoningPart } from "../../spec/conversation.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { unknownUsage } from "../../spec/usage.ts";
import { isPlain } from "./test-parts.ts";

/** The answer that a stream tells: adjacent pieces joined, usage the last report, `unknown` where nothing was told. */
export function answerOfEvents(events: readonly StreamEvent[]): Answer {
  const parts: Part[] = [];
  const calls = new Map<number, number>();
  let told: Omit<Answer, "parts"> = {
    id: "",
    model: "",
    createdAtS: null,
    finish: "unknown",
    stopSequence: null,
    usage: unknownUsage,
  };
  let reasoning = "";
  /** Thinking that nothing ended ends with whatever follows. */
  const endReasoning = (end: Pick<ReasoningPart, "signature" | "redacted" | "id">): void => {
    if (reasoning !== "" || !isPlain({ type: "reasoning", text: "", ...end })) {
      parts.push({ type: "reasoning", text: reasoning, ...end });
    }
    reasoning = "";
  };
  for (const event of events) {
    if (event.type === "reasoning-delta") reasoning += event.text;
    else if (event.type === "reasoning-end") {
      endReasoning({ signature: event.signature, redacted: event.redacted, id: event.id });
    } else endReasoning({ signature: null, redacted: null, id: null });
    if (event.type === "reply-start") {
      const { responseId, servedModel, createdAtS } = event;
      told = { ...told, id: responseId ?? "", model: servedModel ?? "", createdAtS: createdAtS ?? null };
    } else if (event.type === "text-delta" || event.type === "refusal-delta") addText(parts, event);
    else if (event.type === "tool-call-start") {
      const { index, id, name, signature } = event;
      const signed = signature === undefined ? {} : { signature };
      calls.set(index, parts.push({ type: "tool-call", id, name, argumentsText: "", ...signed }) - 1);
    } else if (event.type === "tool-call-delta") {
      const at = calls.get(event.index) ?? -1;
      const call = parts[at];
      if (call?.type !== "tool-call") throw new Error(`arguments of call ${event.index}, which has not started`);
      parts[at] = { ...call, argumentsText: call.argumentsText + event.argumentsText };
    } else if (event.type === "finish") {
      told = { ...told, finish: event.reason, stopSequence: event.stopSequence ?? null };
    } else if (event.type === "usage-report") told = { ...told, usage: event.usage };
  }
  return { ...told, parts };
}

/** A text goes on unless something else or a signature came between. */
function addText(parts: Part[], event: Extract<StreamEvent, { type: "text-delta" | "refusal-delta" }>): void {
  const last = parts.at(-1);
  const signed = event.type === "text-delta" && event.signature !== undefined ? { signature: event.signature } : {};
  if (event.type === "text-delta" && last?.type === "text" && last.signature === undefined) {
    parts[parts.length - 1] = { ...last, text: last.text + event.text, ...signed };
  } else if (event.type === "refusal-delta" && last?.type === "refusal") {
    parts[parts.length - 1] = { ...last, text: last.text + event.text };
  } else if (event.type === "text-delta") parts.push({ type: "text", text: event.text, ...signed });
  else parts.push({ type: "refusal", text: event.text });
}
