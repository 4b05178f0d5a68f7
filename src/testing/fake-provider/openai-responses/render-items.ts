import { idText } from "../id-text.ts";
import type { Answer, AnswerBlock } from "../plan-answer.ts";
import type { CallSetting } from "../prepared-reply.ts";
import { thinkingSummary } from "../thinking-summary.ts";
import type { ResponsesQuestion } from "./read-question.ts";

/** What the items of an answer depend on. */
export interface AnswerInCall {
  readonly question: ResponsesQuestion;
  readonly answer: Answer;
  readonly setting: CallSetting;
}

/** How far an item is. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

function itemId(start: string, { setting }: AnswerInCall, index: number): string {
  return idText(start, 48, setting.seed + index + 1, setting.number, true);
}

/** What can be handed back in the place of the thinking. The one of a finished item is not the one that it began with. */
function encryptedContent({ setting }: AnswerInCall, isFinished: boolean): string {
  return idText("gAAAAAB", isFinished ? 240 : 120, setting.seed + (isFinished ? 1 : 2), setting.number);
}

/** A `reasoning` item; its summary is empty until it was written, and where nobody asked for one. */
export function reasoningItem(call: AnswerInCall, isFinished: boolean): object {
  const { summarises, encrypts } = call.question;
  return {
    id: itemId("rs_", call, 0),
    type: "reasoning",
    ...(encrypts ? { encrypted_content: encryptedContent(call, isFinished) } : {}),
    summary: isFinished && summarises ? [summaryPart()] : [],
  };
}

/** The only part of a summary. */
export function summaryPart(text: string = thinkingSummary.join("")): object {
  return { type: "summary_text", text };
}

/** The only part of a message. */
export function textPart(text: string): object {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

/**
 * A `message` or `function_call` item.
 *
 * @param index position among the answer's blocks; makes the id.
 * @param text null while nothing is there yet.
 */
export function blockItem(
  call: AnswerInCall,
  block: AnswerBlock,
  index: number,
  status: ItemStatus,
  text: string | null,
): object {
  if (block.type === "text") {
    const content = text === null ? [] : [textPart(text)];
    return { id: itemId("msg_", call, index + 1), type: "message", status, content, role: "assistant" };
  }
  return {
    id: itemId("fc_", call, index + 1),
    type: "function_call",
    status,
    arguments: text ?? "",
    call_id: idText("call_", 24, call.setting.seed + index + 1, call.setting.number),
    name: block.toolName,
  };
}

/** Status of the item at a position of a finished answer: only the last one of an answer that was cut is incomplete. */
export function finalStatus({ answer }: AnswerInCall, index: number): ItemStatus {
  return answer.finish === "length" && index === answer.blocks.length - 1 ? "incomplete" : "completed";
}

/** All items of a finished answer. */
export function outputItems(call: AnswerInCall): readonly object[] {
  const { answer } = call;
  const blocks = answer.blocks.map((block, index) =>
    blockItem(call, block, index, finalStatus(call, index), block.pieces.join("")),
  );
  return answer.reasoningTokens > 0 ? [reasoningItem(call, true), ...blocks] : blocks;
}
