import type { FinishReason } from "../../../spec/attempt.ts";
import type { Answer, Part } from "../../../spec/conversation.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { unknownUsage, type Usage } from "../../../spec/usage.ts";
import { isGiven } from "../read-count.ts";
import { memberOf } from "./field-names.ts";
import { foldChunk, newFold } from "./fold-chunk.ts";
import { chunksOf } from "./read-reply.ts";

/** A whole answer, or a stream that came as one JSON array; null for bytes that are none. */
export function readAnswer(body: Uint8Array): Answer | null {
  const state = newFold();
  const chunks = chunksOf(body);
  const reading = new AnswerParts(chunks.length > 1);
  let isAnswer = false;
  for (const chunk of chunks) {
    isAnswer ||= isGiven(chunk["candidates"]) || isGiven(memberOf(chunk, "promptFeedback"));
    for (const event of foldChunk(chunk, state, "first")) reading.take(event);
  }
  return isAnswer && !state.errored ? reading.answer() : null;
}

/** Puts events together to an answer. */
class AnswerParts {
  /** Neighbouring pieces of one kind are one part, unless a signature stands between them. */
  readonly #joins: boolean;
  readonly #parts: Part[] = [];
  #id = "";
  #model = "";
  #finish: FinishReason = "unknown";
  #usage: Usage = unknownUsage;
  #thoughtIsOpen = false;

  constructor(joins: boolean) {
    this.#joins = joins;
  }

  answer(): Answer {
    return {
      id: this.#id,
      model: this.#model,
      createdAtS: null,
      parts: this.#parts,
      finish: this.#finish,
      stopSequence: null,
      usage: this.#usage,
    };
  }

  take(event: StreamEvent): void {
    switch (event.type) {
      case "reply-start":
        this.#id = event.responseId ?? "";
        this.#model = event.servedModel ?? "";
        return;
      case "finish":
        this.#finish = event.reason;
        return;
      case "usage-report":
        this.#usage = event.usage;
        return;
      case "reasoning-delta":
        this.#addThought(event.text);
        return;
      case "reasoning-end":
        this.#endThought(event.signature);
        return;
      default:
        this.#thoughtIsOpen = false;
        this.#addSaid(event);
    }
  }

  #addSaid(event: StreamEvent): void {
    const last = this.#parts.at(-1);
    if (event.type === "text-delta") {
      const { text, signature } = event;
      const goesOn = this.#joins && last?.type === "text" && last.signature === undefined && signature === undefined;
      if (goesOn) this.#replaceLast({ ...last, text: last.text + text });
      else this.#parts.push({ type: "text", text, ...(signature === undefined ? {} : { signature }) });
    } else if (event.type === "tool-call-start") {
      const { id, name, signature } = event;
      const signed = signature === undefined ? {} : { signature };
      this.#parts.push({ type: "tool-call", id, name, argumentsText: "", ...signed });
    } else if (event.type === "tool-call-delta" && last?.type === "tool-call") {
      this.#replaceLast({ ...last, argumentsText: last.argumentsText + event.argumentsText });
    }
  }

  #addThought(text: string): void {
    const last = this.#parts.at(-1);
    if (this.#joins && this.#thoughtIsOpen && last?.type === "reasoning") {
      this.#replaceLast({ ...last, text: last.text + text });
    } else this.#parts.push({ type: "reasoning", text, signature: null, redacted: null, id: null });
    this.#thoughtIsOpen = true;
  }

  #endThought(signature: string | null): void {
    const last = this.#parts.at(-1);
    if (this.#thoughtIsOpen && last?.type === "reasoning") this.#replaceLast({ ...last, signature });
    else if (signature !== null) this.#parts.push({ type: "reasoning", text: "", signature, redacted: null, id: null });
    this.#thoughtIsOpen = false;
  }

  #replaceLast(part: Part): void {
    this.#parts[this.#parts.length - 1] = part;
  }
}
