import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { isProven, type ReasoningItem, writeReasoningItem } from "./reasoning-details.ts";

type ReasoningEnd = Extract<StreamEvent, { type: "reasoning-end" }>;

/** Most characters of one piece of thinking that its detail repeats; a longer one is only proven, not repeated. */
const repeatedCharactersMax = 1024 * 1024;

/**
 * Writes thinking into a stream: each piece as it comes, and what proves it as an item of `reasoning_details`, which
 * repeats the whole text, so that a caller who sends only the details back sends all. Pieces without a proof have no
 * item unless others do: then every piece has one, and their order is kept.
 */
export class ReasoningWriter {
  #text = "";
  #isTooLong = false;
  /** The text came to its end, without a proof. */
  #hasEnded = false;
  #items = 0;

  /** The deltas of a piece of text. */
  add(text: string): JsonObject[] {
    const before = this.#hasEnded ? this.#writePlain() : [];
    if (this.#text.length + text.length > repeatedCharactersMax) this.#isTooLong = true;
    else this.#text += text;
    return [...before, { reasoning_content: text }];
  }

  /** The deltas of an end. */
  end({ signature, redacted, id }: ReasoningEnd): JsonObject[] {
    const before = this.#hasEnded || (redacted !== null && this.#text !== "") ? this.#writePlain() : [];
    if (isProven({ signature, redacted, id })) return [...before, this.#writeItem({ signature, redacted, id })];
    this.#hasEnded = this.#text !== "";
    return this.#items > 0 && this.#hasEnded ? this.#writePlain() : before;
  }

  /** The deltas that are due at the end of the stream. */
  finish(): JsonObject[] {
    return this.#items > 0 && this.#text !== "" ? this.#writePlain() : [];
  }

  #writePlain(): JsonObject[] {
    return [this.#writeItem({ signature: null, redacted: null, id: null })];
  }

  #writeItem(proof: Omit<ReasoningItem, "text">): JsonObject {
    const text = this.#isTooLong ? null : this.#text;
    const item = writeReasoningItem({ ...proof, text }, this.#items);
    this.#items += 1;
    this.#text = "";
    this.#isTooLong = false;
    this.#hasEnded = false;
    return { reasoning_details: [item] };
  }
}
