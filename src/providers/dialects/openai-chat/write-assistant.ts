import type { Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart, Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { writeSignature } from "./call-signature.ts";
import { writeReasoning } from "./reasoning-details.ts";
import { writeContent } from "./write-content.ts";

/** Kinds of parts in the order in which a message holds them. */
const order: readonly Part["type"][] = ["reasoning", "text", "refusal", "tool-call"];

/** The parts of an assistant's turn by kind, each in its order. */
export interface AssistantParts {
  readonly reasoning: readonly ReasoningPart[];
  readonly texts: readonly TextPart[];
  readonly refusals: readonly RefusalPart[];
  readonly calls: readonly ToolCallPart[];
}

/** Sorts the parts of an assistant's turn or of an answer; kinds that an assistant never says are left out. */
export function sortParts(parts: readonly Part[]): AssistantParts {
  return {
    reasoning: parts.filter((part) => part.type === "reasoning"),
    texts: parts.filter((part) => part.type === "text"),
    refusals: parts.filter((part) => part.type === "refusal"),
    calls: parts.filter((part) => part.type === "tool-call"),
  };
}

/**
 * An assistant's turn as a message; none when nothing is left of it.
 * @throws FarthingError `untranslatable` for parts that its messages cannot hold
 */
export function writeAssistant({ parts, name }: Turn, approximated: Set<string>): JsonObject[] {
  if (parts.length === 0) return [];
  const ranks = parts.map((part) => {
    const rank = order.indexOf(part.type);
    if (rank === -1) throw untranslatable(part.type, "its dialect has no such part in the words of an assistant");
    return rank;
  });
  if (ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0))) approximated.add("order of an assistant's parts");
  const { reasoning, texts, refusals, calls } = sortParts(parts);
  const isSilent = texts.length === 0 && (calls.length > 0 || refusals.length > 0);
  return [
    {
      role: "assistant",
      ...(name === undefined ? {} : { name }),
      ...writeReasoning(reasoning),
      content: isSilent ? null : texts.length === 0 ? "" : writeContent(texts),
      ...(refusals.length === 0 ? {} : { refusal: joined(refusals) }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => writeToolCall(call)) }),
    },
  ];
}

/** Texts of several parts in the one place that the dialect has. */
export function joined(parts: readonly { readonly text: string }[]): string {
  return parts.map(({ text }) => text).join("");
}

/** A call as an item of `tool_calls`. A call without arguments has an empty object: clients and servers parse the text. */
export function writeToolCall({ id, name, argumentsText, signature }: ToolCallPart): JsonObject {
  const target = { name, arguments: argumentsText === "" ? "{}" : argumentsText };
  return { id, type: "function", function: target, ...writeSignature(signature) };
}
