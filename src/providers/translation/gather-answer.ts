import type { Answer, Part, ReasoningPart } from "../../spec/conversation.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { unknownUsage } from "../../spec/usage.ts";

type Proof = Pick<ReasoningPart, "signature" | "redacted" | "id">;

const noProof: Proof = { signature: null, redacted: null, id: null };

/** The whole answer that a stream tells; null for a stream that broke off, told of an error or is not coherent. */
export function gatherAnswer(events: readonly StreamEvent[]): Answer | null {
  const gathering = new Gathering();
  return events.every((event) => gathering.take(event)) ? gathering.answer() : null;
}

class Gathering {
  readonly #parts: Part[] = [];
  /** Where each call stands among the parts. */
  readonly #calls: Map<number, number> = new Map();
  #told: Omit<Answer, "parts"> = {
    id: "",
    model: "",
    createdAtS: null,
    finish: "unknown",
    stopSequence: null,
    usage: unknownUsage,
  };
  #thinking = "";
  #isWhole = false;

  answer(): Answer | null {
    return this.#isWhole ? { ...this.#told, parts: this.#parts } : null;
  }

  /** False: this is no answer. */
  take(event: StreamEvent): boolean {
    if (event.type === "reasoning-delta") {
      this.#thinking += event.text;
      return true;
    }
    if (event.type === "reasoning-end") this.#endThinking(event);
    // A report may come at any time; thinking that nothing ended ends with what is said next.
    else if (event.type !== "usage-report") this.#endThinking(noProof);
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
        this.#addText(event);
        return true;
      case "tool-call-start":
        return this.#startCall(event);
      case "tool-call-delta":
        return this.#addArguments(event);
      case "stream-error":
        return false;
      default:
        this.#note(event);
        return true;
    }
  }

  #note(event: StreamEvent): void {
    if (event.type === "reply-start") {
      const { responseId, servedModel, createdAtS } = event;
      this.#told = { ...this.#told, id: responseId ?? "", model: servedModel ?? "", createdAtS: createdAtS ?? null };
    } else if (event.type === "finish") {
      this.#told = { ...this.#told, finish: event.reason, stopSequence: event.stopSequence ?? null };
    } else if (event.type === "usage-report") this.#told = { ...this.#told, usage: event.usage };
    else if (event.type === "reply-end") this.#isWhole = true;
  }

  #endThinking({ signature, redacted, id }: Proof): void {
    const isProven = signature !== null || redacted !== null || id !== null;
    if (this.#thinking === "" && !isProven) return;
    this.#parts.push({ type: "reasoning", text: this.#thinking, signature, redacted, id });
    this.#thinking = "";
  }

  #addText(event: Extract<StreamEvent, { type: "text-delta" | "refusal-delta" }>): void {
    const last = this.#parts.at(-1);
    const { text } = event;
    if (event.type === "refusal-delta") {
      if (last?.type === "refusal") this.#replaceLast({ type: "refusal", text: last.text + text });
      else this.#parts.push({ type: "refusal", text });
      return;
    }
    const signed = event.signature === undefined ? {} : { signature: event.signature };
    const goesOn = last?.type === "text" && last.signature === undefined;
    if (goesOn) this.#replaceLast({ ...last, text: last.text + text, ...signed });
    else this.#parts.push({ type: "text", text, ...signed });
  }

  /** Some servers repeat a call's name with every piece; that is no answer to be rendered. */
  #startCall({ index, id, name, signature }: Extract<StreamEvent, { type: "tool-call-start" }>): boolean {
    if (this.#calls.has(index)) return false;
    const signed = signature === undefined ? {} : { signature };
    this.#calls.set(index, this.#parts.push({ type: "tool-call", id, name, argumentsText: "", ...signed }) - 1);
    return true;
  }

  #addArguments({ index, argumentsText }: Extract<StreamEvent, { type: "tool-call-delta" }>): boolean {
    const at = this.#calls.get(index) ?? -1;
    const call = this.#parts[at];
    if (call?.type !== "tool-call") return false;
    this.#parts[at] = { ...call, argumentsText: call.argumentsText + argumentsText };
    return true;
  }

  #replaceLast(part: Part): void {
    this.#parts[this.#parts.length - 1] = part;
  }
}
