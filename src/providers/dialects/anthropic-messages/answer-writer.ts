import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { AnswerWriter, Asked } from "../../../spec/codec.ts";
import { unknownUsage, type Usage } from "../../../spec/usage.ts";
import { BlockSequence } from "./block-sequence.ts";
import { stopReasonOf } from "./finish-reason.ts";
import { printEvent } from "./print-event.ts";
import { callIdOf, messageFrame } from "./write-answer.ts";
import { writeUsage } from "./write-usage.ts";

/** Writes one answer as a message stream. */
export function openWriter(asked: Asked): AnswerWriter {
  return new MessageWriter(asked);
}

type Start = Extract<StreamEvent, { type: "reply-start" }>;
type Finish = Extract<StreamEvent, { type: "finish" }>;

/**
 * The order of the dialect: `message_start`, blocks, `message_delta` with the reason and the usage, `message_stop`
 * (docs.claude.com "Streaming messages"; the official SDK refuses any other). The start waits for the end of the events
 * that came together with it, which may tell the input's tokens.
 */
class MessageWriter implements AnswerWriter {
  readonly #asked: Asked;
  readonly #blocks = new BlockSequence();
  #start: Start | null = null;
  #isStarted = false;
  #usage: Usage = unknownUsage;
  #finish: Finish | null = null;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  write(events: readonly StreamEvent[]): string {
    for (const event of events) this.#note(event);
    let written = this.#start === null ? "" : this.#open();
    for (const event of events) {
      const content = this.#content(event);
      if (content !== "") written += this.#open() + content;
    }
    return written;
  }

  end(): string {
    const reason = this.#finish?.reason ?? "unknown";
    const stopSequence = this.#finish?.stopSequence ?? null;
    const stopReason = stopReasonOf(reason, this.#blocks.hasCalls, stopSequence);
    const delta = { stop_reason: stopReason, stop_sequence: stopSequence, stop_details: null, container: null };
    return (
      this.#open() +
      this.#blocks.close() +
      printEvent({ type: "message_delta", delta, usage: writeUsage(this.#usage) }) +
      printEvent({ type: "message_stop" })
    );
  }

  /** Keeps what is written at the start or at the end. */
  #note(event: StreamEvent): void {
    if (event.type === "reply-start") this.#start ??= event;
    else if (event.type === "usage-report") this.#usage = event.usage;
    else if (event.type === "finish") this.#finish = event;
  }

  /** The start of the message; empty when it has been written. */
  #open(): string {
    if (this.#isStarted) return "";
    this.#isStarted = true;
    const frame = messageFrame(this.#start?.responseId ?? null, this.#start?.servedModel ?? null, this.#asked);
    return printEvent({ type: "message_start", message: { ...frame, usage: writeUsage(this.#usage) } });
  }

  #content(event: StreamEvent): string {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
        return event.text === "" ? "" : this.#blocks.text(event.text);
      case "reasoning-delta":
        return event.text === "" ? "" : this.#blocks.thinking(event.text);
      case "reasoning-end":
        return event.redacted === null
          ? this.#blocks.endThinking(event.signature)
          : this.#blocks.redactedThinking(event.redacted);
      case "tool-call-start": {
        const { index, id, name } = event;
        return this.#blocks.startCall(index, id, name, callIdOf("", index, this.#asked));
      }
      case "tool-call-delta":
        return this.#blocks.callArguments(event.index, event.argumentsText);
      // Kept for the start or the end; an error is told by who sees the stream break.
      default:
        return "";
    }
  }
}
