import { isDeepStrictEqual } from "node:util";
import type { Answer, Part } from "../../spec/conversation.ts";
import type { JsonValue } from "../../spec/json.ts";
import { inputTokenClasses, tokenClasses, type Usage } from "../../spec/usage.ts";
import { parseObject } from "../dialects/json-fields.ts";

/** How closely two answers are compared. */
export interface Comparison {
  /** Both are of one dialect, so that ids of answers and thoughts mean the same. */
  readonly ids: boolean;
  /** Both tell what was counted. */
  readonly counts: boolean;
}

/**
 * Whether an answer says the same again in another form. Counts are compared as sums of what was sent and what came, since
 * not every dialect has every class of tokens; a name that the first answer lacks may have been made up for the other.
 */
export function saysTheSame(first: Answer, again: Answer, comparison: Comparison): boolean {
  const { id, model } = first;
  if (comparison.ids && id !== "" && id !== again.id) return false;
  if (model !== "" && model !== again.model) return false;
  if (comparison.counts && !isDeepStrictEqual(countsOf(first.usage), countsOf(again.usage))) return false;
  return isDeepStrictEqual(essenceOf(first, comparison), essenceOf(again, comparison));
}

function essenceOf({ parts, finish, stopSequence }: Answer, { ids }: Comparison): unknown {
  return { finish, stopSequence, parts: joined(parts, ids).map(plainly) };
}

function countsOf(usage: Usage): unknown {
  return [...sumsOf(usage), usage.serverToolCalls ?? {}, usage.units ?? {}];
}

function sumsOf({ tokens }: Usage): readonly number[] {
  let sent = 0;
  let all = 0;
  for (const name of inputTokenClasses) sent += tokens[name] ?? 0;
  for (const name of tokenClasses) all += tokens[name] ?? 0;
  return [sent, all - sent];
}

/** Neighbouring texts are one text. What is empty says nothing; the name of a thought says nothing in another dialect. */
function joined(parts: readonly Part[], ids: boolean): readonly Part[] {
  const all: Part[] = [];
  for (const given of parts) {
    const part = given.type === "reasoning" && !ids ? { ...given, id: null } : given;
    if (isEmpty(part)) continue;
    const last = all.at(-1);
    const goesOn = part.type === "text" && last?.type === "text" && last.signature === undefined;
    if (goesOn) all[all.length - 1] = { ...part, text: last.text + part.text };
    else all.push(part);
  }
  return all;
}

function isEmpty(part: Part): boolean {
  if (part.type === "text") return part.text === "" && part.signature === undefined;
  if (part.type !== "reasoning") return false;
  return part.text === "" && part.signature === null && part.redacted === null && part.id === null;
}

/** Arguments are compared as what they mean: some dialects carry them as an object. */
function plainly(part: Part): unknown {
  if (part.type !== "tool-call") return part;
  const { argumentsText, ...rest } = part;
  const meant: Readonly<Record<string, JsonValue>> | string | null =
    argumentsText.trim() === "" ? {} : (parseObject(argumentsText) ?? argumentsText);
  return { ...rest, meant };
}
