import type { FinishReason } from "../../../spec/attempt.ts";
import type { ToolCallPart } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Asked, AnswerWriter } from "../../../spec/codec.ts";
import { unknownUsage, type Usage } from "../../../spec/usage.ts";
import { lastCandidate } from "./write-answer.ts";
import { writeCall } from "./write-parts.ts";
import { writeUsage } from "./write-usage.ts";

/** Tells two thoughts apart that follow each other; with a proof it ends the one before it. */
const endOfThought: JsonObject = { text: "", thought: true };

/** Writes one generateContent stream for `alt=sse`. */
export function openWriter(asked: Asked): AnswerWriter {
  return new ChunkWriter(asked);
}

/**
 * Texts leave as they come. A call is one object in this dialect, so calls wait until all of their arguments are there and
 * leave with the last chunk, in the order of their starts.
 */
class ChunkWriter implements AnswerWriter {
  readonly #calls = new Map<number, ToolCallPart>();
  #model: string;
  #responseId: string;
  #finish: FinishReason = "stop";
  #usage: Usage = unknownUsage;
  /** The last thing written is a thought, and it was ended without a proof. */
  #thoughtIsOver = false;

  constructor({ request, requestId }: Asked) {
    this.#model = request.model;
    this.#responseId = requestId;
  }

  write(events: readonly StreamEvent[]): string {
    let text = "";
    for (const event of events) {
      for (const part of this.#take(event)) {
        text += this.#chunk({ content: { parts: [part], role: "model" }, index: 0 }, null);
      }
    }
    return text;
  }

  end(): string {
    const calls = [...this.#calls.values()].map(writeCall);
    const parts = calls.filter((call) => call !== null);
    const candidate = lastCandidate(parts, this.#finish, parts.length < calls.length);
    return this.#chunk(candidate, writeUsage(this.#usage));
  }

  /** The parts to be written now. */
  #take(event: StreamEvent): readonly JsonObject[] {
    const thoughtIsOver = this.#thoughtIsOver;
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
        this.#thoughtIsOver = false;
        return textParts(event.text, event.type === "text-delta" ? event.signature : undefined);
      case "reasoning-delta":
        if (event.text === "") return [];
        this.#thoughtIsOver = false;
        return [...(thoughtIsOver ? [endOfThought] : []), { text: event.text, thought: true }];
      case "reasoning-end":
        this.#thoughtIsOver = event.signature === null;
        return event.signature === null ? [] : [{ ...endOfThought, thoughtSignature: event.signature }];
      default:
        this.#note(event);
        return [];
    }
  }

  #note(event: StreamEvent): void {
    if (event.type === "reply-start") {
      this.#model = event.servedModel ?? this.#model;
      this.#responseId = event.responseId ?? this.#responseId;
    } else if (event.type === "tool-call-start") {
      const known = this.#calls.get(event.index);
      const { id, name, signature = known?.signature } = event;
      this.#calls.set(event.index, {
        type: "tool-call",
        id: id === "" ? (known?.id ?? "") : id,
        name: name === "" ? (known?.name ?? "") : name,
        argumentsText: known?.argumentsText ?? "",
        ...(signature === undefined ? {} : { signature }),
      });
    } else if (event.type === "tool-call-delta") {
      const known = this.#calls.get(event.index) ?? { type: "tool-call", id: "", name: "", argumentsText: "" };
      this.#calls.set(event.index, { ...known, argumentsText: known.argumentsText + event.argumentsText });
    } else if (event.type === "usage-report") this.#usage = event.usage;
    else if (event.type === "finish") this.#finish = event.reason;
  }

  #chunk(candidate: JsonObject, usage: JsonObject | null): string {
    const document = {
      candidates: [candidate],
      ...(usage === null ? {} : { usageMetadata: usage }),
      modelVersion: this.#model,
      responseId: this.#responseId,
    };
    return `data: ${JSON.stringify(document)}\n\n`;
  }
}

function textParts(text: string, signature: string | undefined): readonly JsonObject[] {
  if (signature !== undefined) return [{ text, thoughtSignature: signature }];
  return text === "" ? [] : [{ text }];
}
