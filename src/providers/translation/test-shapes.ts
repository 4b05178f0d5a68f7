import type { DialectName } from "../../spec/request.ts";
import type { Conversation, Part, Settings } from "../../spec/conversation.ts";
import type { Shape } from "./test-parts.ts";

/** Where each dialect wants less or more than the form that all have in common. */
const shapes: Readonly<Partial<Record<DialectName, Shape>>> = {
  "openai-chat": { documentsHaveNames: true },
  "openai-responses": { documentsHaveNames: true },
  "anthropic-messages": {
    always: ["outputTokensMax"],
    toolsHaveSchemas: true,
    reasoningIsSigned: true,
  },
};

/** The shape of conversations that both dialects read back unchanged. */
export function shapeOfPair(one: DialectName, other: DialectName): Shape {
  const first = shapes[one] ?? {};
  const second = shapes[other] ?? {};
  return { ...first, ...second, always: [...(first.always ?? []), ...(second.always ?? [])] };
}

/**
 * A conversation in the spelling that both dialects share where one of them has fewer: Anthropic refuses blank texts and
 * keeps every schema exactly, and Gemini has one text for the result of a tool. Both are published as approximated.
 */
export function plainFor(one: DialectName, other: DialectName, conversation: Conversation): Conversation {
  const pair = [one, other];
  const noBlanks = pair.includes("anthropic-messages");
  const oneText = pair.includes("gemini");
  if (!noBlanks && !oneText) return conversation;
  const plain = (part: Part): Part => {
    if (part.type === "text" || part.type === "refusal") return noBlanks ? { ...part, text: visible(part.text) } : part;
    if (part.type !== "tool-result") return part;
    const parts = part.parts.map((inner) => (inner.type === "text" ? { ...inner, text: visible(inner.text) } : inner));
    if (!oneText) return { ...part, parts };
    const joined = parts.map((inner) => ("text" in inner ? inner.text : "")).join();
    return { ...part, parts: [{ type: "text", text: joined === "" ? "-" : joined }] };
  };
  return {
    ...conversation,
    system: conversation.system.map((part) => ({ ...part, text: visible(part.text) })),
    turns: conversation.turns.map((turn) => ({ ...turn, parts: turn.parts.map(plain) })),
    settings: noBlanks ? strictly(conversation.settings) : conversation.settings,
  };
}

/** Anthropic shows thinking that was asked for, so nothing there is left unsaid of it. */
function strictly(given: Settings): Settings {
  const { reasoning } = given;
  const settings =
    reasoning === undefined ? given : { ...given, reasoning: { ...reasoning, show: reasoning.show ?? true } };
  const { format } = settings;
  return format?.kind === "json-schema" ? { ...settings, format: { ...format, strict: true } } : settings;
}

function visible(text: string): string {
  return text.trim() === "" ? "-" : text;
}
