import type { ReasoningPart } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { EventText } from "./event-text.ts";
import {
  callItem,
  type FunctionCall,
  type ItemStatus,
  messageItem,
  reasoningItem,
  refusalContent,
  textContent,
} from "./write-items.ts";
import { argumentsOrNone } from "./write-input.ts";

/** What proves a piece of thinking. */
export type Proof = Pick<ReasoningPart, "signature" | "redacted">;

/** An item of the output while it is written; its first and last event frame all others. */
abstract class OpenItem {
  protected readonly events: EventText;
  readonly id: string;
  readonly place: number;
  /** The whole item; null until it is closed. */
  item: JsonObject | null = null;

  constructor(events: EventText, id: string, place: number, begun: JsonObject) {
    this.events = events;
    this.id = id;
    this.place = place;
    events.add("response.output_item.added", { output_index: place, item: begun });
  }

  /** Ends the item, if it is still open. */
  close(status: ItemStatus): void {
    if (this.item !== null) return;
    this.item = this.finish(status);
    this.events.add("response.output_item.done", { output_index: this.place, item: this.item });
  }

  /** Ends what stands inside the item. */
  protected abstract finish(status: ItemStatus): JsonObject;

  /** Members by which an event is matched to this item. */
  protected get at(): JsonObject {
    return { item_id: this.id, output_index: this.place };
  }
}

/** What the model says: texts and refusals, each run of one kind a piece of content. */
export class OpenMessage extends OpenItem {
  readonly #content: JsonObject[] = [];
  #kind: "text" | "refusal" | null = null;
  #text = "";
  hasRefusal = false;

  constructor(events: EventText, id: string, place: number) {
    super(events, id, place, messageItem(id, [], "in_progress"));
  }

  add(kind: "text" | "refusal", text: string): void {
    if (this.#kind !== kind) this.#begin(kind);
    this.hasRefusal ||= kind === "refusal";
    this.#text += text;
    if (kind === "refusal") this.events.add("response.refusal.delta", { ...this.#here, delta: text });
    else this.events.add("response.output_text.delta", { ...this.#here, delta: text, logprobs: [] });
  }

  protected override finish(status: ItemStatus): JsonObject {
    this.#endContent();
    return messageItem(this.id, this.#content, status);
  }

  get #here(): JsonObject {
    return { ...this.at, content_index: this.#content.length };
  }

  #begin(kind: "text" | "refusal"): void {
    this.#endContent();
    this.#kind = kind;
    const part = kind === "refusal" ? refusalContent("") : textContent("");
    this.events.add("response.content_part.added", { ...this.#here, part });
  }

  #endContent(): void {
    if (this.#kind === null) return;
    const text = this.#text;
    const part = this.#kind === "refusal" ? refusalContent(text) : textContent(text);
    if (this.#kind === "refusal") this.events.add("response.refusal.done", { ...this.#here, refusal: text });
    else this.events.add("response.output_text.done", { ...this.#here, text, logprobs: [] });
    this.events.add("response.content_part.done", { ...this.#here, part });
    this.#content.push(part);
    this.#kind = null;
    this.#text = "";
  }
}

/** What the model thinks, shown as a summary of one part. */
export class OpenReasoning extends OpenItem {
  #text: string | null = null;
  #proof: Proof = { signature: null, redacted: null };

  constructor(events: EventText, id: string, place: number) {
    super(events, id, place, { id, type: "reasoning", summary: [] });
  }

  add(text: string): void {
    if (this.#text === null) {
      this.#text = "";
      const part = { type: "summary_text", text: "" };
      this.events.add("response.reasoning_summary_part.added", { ...this.#here, part });
    }
    this.#text += text;
    this.events.add("response.reasoning_summary_text.delta", { ...this.#here, delta: text });
  }

  /** Ends the item with what proves it. */
  prove(proof: Proof): void {
    this.#proof = proof;
    this.close("completed");
  }

  protected override finish(): JsonObject {
    const text = this.#text ?? "";
    if (this.#text !== null) {
      this.events.add("response.reasoning_summary_text.done", { ...this.#here, text });
      const part = { type: "summary_text", text };
      this.events.add("response.reasoning_summary_part.done", { ...this.#here, part });
    }
    return reasoningItem(this.id, { text, ...this.#proof });
  }

  get #here(): JsonObject {
    return { ...this.at, summary_index: 0 };
  }
}

/** A call of a function. */
export class OpenCall extends OpenItem {
  readonly callId: string;
  #name: string;
  #argumentsText = "";

  constructor(events: EventText, place: number, call: Omit<FunctionCall, "argumentsText">) {
    const { id, callId, name } = call;
    const begun = { id, type: "function_call", status: "in_progress", arguments: "", call_id: callId, name };
    super(events, id, place, begun);
    this.callId = callId;
    this.#name = name;
  }

  /** Some providers tell the name later than the id. */
  rename(name: string): void {
    if (this.#name === "") this.#name = name;
  }

  add(argumentsText: string): void {
    if (argumentsText === "") return;
    this.#argumentsText += argumentsText;
    this.events.add("response.function_call_arguments.delta", { ...this.at, delta: argumentsText });
  }

  protected override finish(status: ItemStatus): JsonObject {
    // The deltas must add up to what the done event says.
    if (this.#argumentsText === "") this.add(argumentsOrNone(""));
    const name = this.#name;
    const argumentsText = this.#argumentsText;
    this.events.add("response.function_call_arguments.done", { ...this.at, name, arguments: argumentsText });
    return callItem({ id: this.id, callId: this.callId, name, argumentsText }, status);
  }
}
