import type { JsonObject } from "../../../spec/json.ts";
import type { ReasoningPart } from "../../../spec/conversation.ts";
import { argumentsOrNone, shownReasoningOf } from "./write-input.ts";

/** Where an item stands within its generation. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/**
 * Ids of the items of one answer: the same every time it is written, made of the request's own id and the item's place.
 * Clients refuse an id that stands twice (openai-node 7.57, internal/responses/response-accumulator), so one that the
 * provider gave twice, for two pieces of the same thinking, counts once.
 */
export class ItemIds {
  readonly #requestId: string;
  readonly #taken: Set<string> = new Set();

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  /** @param wanted the provider's id; null or empty: it gave none. */
  take(prefix: "msg" | "rs" | "fc" | "call", place: number, wanted: string | null = null): string {
    const isFree = wanted !== null && wanted !== "" && !this.#taken.has(wanted);
    const id = isFree ? wanted : `${prefix}_${this.#requestId}_${place}`;
    this.#taken.add(id);
    return id;
  }
}

/** A piece of text in a message. */
export function textContent(text: string): JsonObject {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

/** A piece of refusal in a message. */
export function refusalContent(refusal: string): JsonObject {
  return { type: "refusal", refusal };
}

/** What the model says. */
export function messageItem(id: string, content: readonly JsonObject[], status: ItemStatus): JsonObject {
  return { id, type: "message", status, content: [...content], role: "assistant" };
}

/** What the model thinks, as far as it is shown. */
export function reasoningItem(id: string, part: Omit<ReasoningPart, "type" | "id">): JsonObject {
  return { id, type: "reasoning", ...shownReasoningOf(part) };
}

/** A call of a function. Its item and the call itself have ids of their own. */
export interface FunctionCall {
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  readonly argumentsText: string;
}

/** The item of a finished call. */
export function callItem(call: FunctionCall, status: ItemStatus): JsonObject {
  const { id, callId, name, argumentsText } = call;
  return {
    id,
    type: "function_call",
    status,
    arguments: argumentsOrNone(argumentsText),
    call_id: callId,
    name,
  };
}
