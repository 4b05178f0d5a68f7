import { Buffer } from "node:buffer";
import { createSseDecoder, type SseDecoder } from "../../kit/sse-decode.ts";
import type { Dialect, StreamFacts, StreamObserver, StreamStep } from "../../spec/dialect.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import type { RenderedError } from "../../spec/rendered-error.ts";
import type { AnswerReader, AnswerWriter } from "../../spec/codec.ts";
import { factsOfEvents } from "../dialects/facts-of-events.ts";
import { errorInStream } from "./error-kinds.ts";

const nothing: Uint8Array = new Uint8Array(0);
const encoder: TextEncoder = new TextEncoder();

/**
 * Reads a provider's stream in its dialect and gives the caller's. The terminal event is held back as the contract of an
 * observer wants it; a provider that breaks off gives no terminal event, and one that sends an error gives the caller's
 * error event in its place: never a fake end.
 */
export class TranslatedStream implements StreamObserver {
  readonly #decoder: SseDecoder = createSseDecoder();
  readonly #reader: AnswerReader;
  readonly #writer: AnswerWriter;
  readonly #caller: Dialect;
  readonly #requestId: string;
  /** What facts are made of: all events but the pieces of text, and of usage reports the last one. */
  readonly #notable: StreamEvent[] = [];
  #usage: StreamEvent | null = null;
  #generatedBytes = 0;
  #over = false;

  constructor(reader: AnswerReader, writer: AnswerWriter, caller: Dialect, requestId: string) {
    this.#reader = reader;
    this.#writer = writer;
    this.#caller = caller;
    this.#requestId = requestId;
  }

  push(bytes: Uint8Array): StreamStep {
    if (this.#over) return { pass: nothing, terminal: null };
    let text = "";
    for (const { event, data } of this.#decoder.push(bytes)) {
      const events = this.#reader.read(event, data);
      const step = this.#take(events);
      text += step.text;
      if (step.terminal !== null) return { pass: encoder.encode(text), terminal: encoder.encode(step.terminal) };
    }
    return { pass: text === "" ? nothing : encoder.encode(text), terminal: null };
  }

  finish(): Uint8Array | null {
    if (this.#over) return null;
    const { text, terminal } = this.#take(this.#reader.finish());
    return terminal === null ? null : encoder.encode(text + terminal);
  }

  errorEvent(error: RenderedError): Uint8Array {
    if (this.#writer.fail === undefined) return this.#caller.renderStreamError(error);
    return encoder.encode(this.#writer.fail(error));
  }

  facts(): StreamFacts {
    const events = this.#usage === null ? this.#notable : [...this.#notable, this.#usage];
    return { ...factsOfEvents(events), generatedBytes: this.#generatedBytes };
  }

  /** What these events become, and the last bytes when one of them is the last. */
  #take(events: readonly StreamEvent[]): { readonly text: string; readonly terminal: string | null } {
    for (const event of events) this.#note(event);
    const last = events.at(-1);
    const error = events.find((event) => event.type === "stream-error");
    if (error !== undefined) {
      this.#over = true;
      const told = errorInStream(error.message, error.kind, this.#requestId);
      const before = this.#writer.write(events.slice(0, events.indexOf(error)));
      return { text: before, terminal: Buffer.from(this.errorEvent(told)).toString("utf8") };
    }
    if (last?.type !== "reply-end") return { text: this.#writer.write(events), terminal: null };
    this.#over = true;
    const text = this.#writer.write(events.slice(0, -1));
    return { text, terminal: this.#writer.end() };
  }

  #note(event: StreamEvent): void {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
      case "reasoning-delta":
        this.#generatedBytes += Buffer.byteLength(event.text);
        return;
      case "tool-call-delta":
        this.#generatedBytes += Buffer.byteLength(event.argumentsText);
        return;
      case "usage-report":
        this.#usage = event;
        return;
      default:
        this.#notable.push(event);
    }
  }
}
