import type { FinishReason } from "../../../spec/attempt.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { AnswerWriter, Asked } from "../../../spec/codec.ts";
import { type Usage, unknownUsage } from "../../../spec/usage.ts";
import { writeSignature } from "./call-signature.ts";
import { finishWordOf } from "./finish-reason.ts";
import { ReasoningWriter } from "./reasoning-writer.ts";
import { answerIdOf, callIdOf } from "./write-answer.ts";
import { writeTier, writeUsage } from "./write-usage.ts";

/** Writes one answer as chat completion chunks, in the order in which OpenAI sends them. */
export function openWriter(asked: Asked): AnswerWriter {
  return new ChatWriter(asked);
}

/** A call that has begun. */
interface WrittenCall {
  readonly place: number;
  hasArguments: boolean;
}

class ChatWriter implements AnswerWriter {
  readonly #asked: Asked;
  readonly #reasoning: ReasoningWriter = new ReasoningWriter();
  /** Calls by the index that the reader gave them. As many as the answer has. */
  readonly #calls: Map<number, WrittenCall> = new Map();
  /** What all chunks begin with; null before the first. */
  #head: string | null = null;
  #hasRefusal = false;
  #finish: FinishReason = "unknown";
  #usage: Usage = unknownUsage;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  write(events: readonly StreamEvent[]): string {
    let text = "";
    for (const event of events) text += this.#writeEvent(event);
    return text;
  }

  end(): string {
    const finish = finishWordOf(this.#finish, this.#hasRefusal, this.#calls.size > 0);
    return [
      ...this.#reasoning.finish().map((delta) => this.#chunk(delta)),
      ...this.#emptyArguments(),
      this.#chunk({}, finish),
      this.#usageChunk(),
      "data: [DONE]\n\n",
    ].join("");
  }

  #writeEvent(event: StreamEvent): string {
    switch (event.type) {
      case "reply-start":
        return this.#head === null ? this.#begin(event) : "";
      case "text-delta":
        return this.#chunk({ content: event.text });
      case "refusal-delta":
        this.#hasRefusal = true;
        return this.#chunk({ refusal: event.text });
      case "reasoning-delta":
        return this.#chunks(this.#reasoning.add(event.text));
      case "reasoning-end":
        return this.#chunks(this.#reasoning.end(event));
      case "tool-call-start":
        return this.#writeCallStart(event);
      case "tool-call-delta":
        return this.#writeCallDelta(event);
      case "finish":
        this.#finish = event.reason;
        return "";
      case "usage-report":
        this.#usage = event.usage;
        return "";
      // The end is written when it is asked for; an error is the gateway's to tell.
      case "reply-end":
      case "stream-error":
        return "";
    }
  }

  /** The first chunk: who answers, and the role. */
  #begin(start: Omit<Extract<StreamEvent, { type: "reply-start" }>, "type">): string {
    const named = JSON.stringify({
      id: answerIdOf(start.responseId, this.#asked),
      object: "chat.completion.chunk",
      created: start.createdAtS ?? this.#asked.nowS,
      model: start.servedModel ?? this.#asked.request.model,
    });
    this.#head = `data: ${named.slice(0, -1)},"choices":[`;
    return this.#chunk({ role: "assistant", content: "" });
  }

  #chunks(deltas: readonly JsonObject[]): string {
    return deltas.map((delta) => this.#chunk(delta)).join("");
  }

  #chunk(delta: JsonObject, finish: string | null = null): string {
    const first = this.#head === null ? this.#begin({ responseId: null, servedModel: null }) : "";
    const choice = `{"index":0,"delta":${JSON.stringify(delta)},"finish_reason":${JSON.stringify(finish)}}`;
    // Who asks for the usage gets the member in every chunk.
    const usage = this.#asked.request.streamUsage ? `,"usage":null` : "";
    return `${first}${this.#head ?? ""}${choice}]${usage}}\n\n`;
  }

  #writeCallStart({ index, id, name, signature }: Extract<StreamEvent, { type: "tool-call-start" }>): string {
    const place = this.#calls.size;
    this.#calls.set(index, { place, hasArguments: false });
    const callId = callIdOf(id, place, this.#asked);
    const call = { index: place, id: callId, type: "function", function: { name, arguments: "" } };
    return this.#chunk({ tool_calls: [{ ...call, ...writeSignature(signature) }] });
  }

  #writeCallDelta({ index, argumentsText }: Extract<StreamEvent, { type: "tool-call-delta" }>): string {
    const call = this.#calls.get(index);
    if (call === undefined || argumentsText === "") return "";
    call.hasArguments = true;
    return this.#chunk({ tool_calls: [{ index: call.place, function: { arguments: argumentsText } }] });
  }

  /** Clients parse the arguments of every call; those of a call that has none are an empty object. */
  #emptyArguments(): string[] {
    const silent = [...this.#calls.values()].filter(({ hasArguments }) => !hasArguments);
    return silent.map(({ place }) => this.#chunk({ tool_calls: [{ index: place, function: { arguments: "{}" } }] }));
  }

  /** The chunk that only those get who asked for it. */
  #usageChunk(): string {
    const usage = writeUsage(this.#usage);
    if (usage === null || !this.#asked.request.streamUsage) return "";
    const counted = JSON.stringify({ usage, ...writeTier(this.#usage) });
    return `${this.#head ?? ""}],${counted.slice(1)}\n\n`;
  }
}
