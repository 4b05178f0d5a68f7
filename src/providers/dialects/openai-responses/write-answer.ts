import type { Answer, Part } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Asked } from "../../../spec/codec.ts";
import { writtenFinishOf } from "./finish-reason.ts";
import {
  callItem,
  ItemIds,
  type ItemStatus,
  messageItem,
  reasoningItem,
  refusalContent,
  textContent,
} from "./write-items.ts";
import { endedState, responseObject } from "./write-response.ts";

/** An answer as a whole response. */
export function writeAnswer(answer: Answer, asked: Asked): JsonObject {
  const { id, model, createdAtS, parts, finish, usage } = answer;
  const hasRefusal = parts.some(({ type }) => type === "refusal");
  // Only the item that was being generated when the answer broke off is incomplete.
  const output = outputOf(parts, asked.requestId, writtenFinishOf(finish, hasRefusal).status);
  const head = { id, model, createdAtS: createdAtS ?? asked.nowS };
  return responseObject(asked, head, endedState(finish, output, usage));
}

/** What becomes one item: neighbouring texts and refusals, or any other part. */
type Group = readonly [Part, ...Part[]];

function outputOf(parts: readonly Part[], requestId: string, lastStatus: ItemStatus): readonly JsonObject[] {
  const groups = groupsOf(parts);
  const ids = new ItemIds(requestId);
  return groups.map((group, place) =>
    itemOf(group, ids, place, place === groups.length - 1 ? lastStatus : "completed"),
  );
}

function groupsOf(parts: readonly Part[]): readonly Group[] {
  const groups: [Part, ...Part[]][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (last !== undefined && isSaid(part) && isSaid(last[0])) last.push(part);
    else if (isSaid(part) || part.type === "reasoning" || part.type === "tool-call") groups.push([part]);
  }
  return groups;
}

function isSaid({ type }: Part): boolean {
  return type === "text" || type === "refusal";
}

function itemOf([first, ...more]: Group, ids: ItemIds, place: number, status: ItemStatus): JsonObject {
  if (first.type === "reasoning") return reasoningItem(ids.take("rs", place, first.id), first);
  if (first.type === "tool-call") {
    const { name, argumentsText } = first;
    const callId = first.id === "" ? ids.take("call", place) : first.id;
    return callItem({ id: ids.take("fc", place), callId, name, argumentsText }, status);
  }
  const content = [first, ...more].flatMap((part) => {
    if (part.type === "text") return [textContent(part.text)];
    return part.type === "refusal" ? [refusalContent(part.text)] : [];
  });
  return messageItem(ids.take("msg", place), content, status);
}
