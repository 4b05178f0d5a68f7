import type { FinishReason } from "../../../spec/attempt.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { RenderedError } from "../../../spec/rendered-error.ts";
import type { AnswerWriter, Asked } from "../../../spec/codec.ts";
import { unknownUsage, type Usage } from "../../../spec/usage.ts";
import { EventText } from "./event-text.ts";
import { writtenFinishOf } from "./finish-reason.ts";
import { OpenCall, OpenMessage, OpenReasoning, type Proof } from "./open-items.ts";
import { ItemIds } from "./write-items.ts";
import { errorEventOf, sseText } from "./render-error.ts";
import { begunState, endedState, responseObject, type ResponseHead } from "./write-response.ts";

/** The event of one kind. */
type EventOf<Type extends StreamEvent["type"]> = Extract<StreamEvent, { type: Type }>;

/** Writes one answer as a response stream. */
export function openWriter(asked: Asked): AnswerWriter {
  return new ResponseWriter(asked);
}

/**
 * At most one message or piece of thinking is open, and it is closed as soon as something else is said: Codex takes texts
 * for the item that was added last. Calls stay open to the end, since providers may send their arguments interleaved.
 */
class ResponseWriter implements AnswerWriter {
  readonly #asked: Asked;
  readonly #ids: ItemIds;
  readonly #events: EventText = new EventText();
  #head: ResponseHead | null = null;
  /** All items by their place. */
  readonly #items: (OpenMessage | OpenReasoning | OpenCall)[] = [];
  #message: OpenMessage | null = null;
  #reasoning: OpenReasoning | null = null;
  /** Calls by the number that the provider's events give them. */
  readonly #calls: Map<number, OpenCall> = new Map();
  #finish: FinishReason = "unknown";
  #usage: Usage = unknownUsage;
  #error: EventOf<"stream-error"> | null = null;

  constructor(asked: Asked) {
    this.#asked = asked;
    this.#ids = new ItemIds(asked.requestId);
  }

  write(events: readonly StreamEvent[]): string {
    for (const [at, event] of events.entries()) {
      // The dialect names a piece of thinking at its start, its events at its end.
      const opens = event.type === "reasoning-delta" && event.text !== "" && this.#reasoning === null;
      if (opens) this.#openReasoning(idAhead(events, at));
      this.#take(event);
    }
    return this.#events.take();
  }

  end(): string {
    const head = this.#begin(null);
    const hasRefusal = this.#items.some((item) => item instanceof OpenMessage && item.hasRefusal);
    const { status } = writtenFinishOf(this.#finish, hasRefusal);
    const last = this.#items.at(-1);
    for (const item of this.#items) item.close(item === last ? status : "completed");
    const output = this.#items.map(({ item }) => item).filter((item) => item !== null);
    const ended = endedState(this.#finish, output, this.#usage);
    const failed =
      this.#error === null ? null : { code: this.#error.kind ?? "server_error", message: this.#error.message };
    const state =
      failed === null ? ended : { ...ended, status: "failed" as const, incompleteReason: null, error: failed };
    this.#events.add(`response.${state.status}`, { response: responseObject(this.#asked, head, state) });
    return this.#events.take();
  }

  /** The vendor's two events for a failure, numbered on, of the response that was begun. */
  fail(error: RenderedError): string {
    const head = this.#begin(null);
    this.#events.append(sseText(errorEventOf(error, this.#events.nextNumber())));
    const output = this.#items.map(({ item }) => item).filter((item) => item !== null);
    const state = {
      ...endedState(this.#finish, output, this.#usage),
      status: "failed" as const,
      incompleteReason: null,
      error: { code: error.code, message: error.message },
    };
    this.#events.add("response.failed", { response: responseObject(this.#asked, head, state) });
    return this.#events.take();
  }

  #take(event: StreamEvent): void {
    switch (event.type) {
      case "reply-start":
        this.#begin(event);
        return;
      case "text-delta":
        if (event.text !== "") this.#openMessage().add("text", event.text);
        return;
      case "refusal-delta":
        if (event.text !== "") this.#openMessage().add("refusal", event.text);
        return;
      case "reasoning-delta":
        if (event.text !== "") this.#openReasoning(null).add(event.text);
        return;
      case "reasoning-end":
        this.#endReasoning(event, event.id);
        return;
      case "tool-call-start":
        this.#startCall(event);
        return;
      case "tool-call-delta":
        this.#callAt(event.index).add(event.argumentsText);
        return;
      case "usage-report":
        this.#usage = event.usage;
        return;
      case "finish":
        this.#finish = event.reason;
        return;
      case "stream-error":
        this.#tellError(event);
        return;
      case "reply-end":
    }
  }

  /** Writes the two events that begin every stream, once. */
  #begin(start: EventOf<"reply-start"> | null): ResponseHead {
    if (this.#head !== null) return this.#head;
    const head: ResponseHead = {
      id: start?.responseId ?? "",
      model: start?.servedModel ?? "",
      createdAtS: start?.createdAtS ?? this.#asked.nowS,
    };
    this.#head = head;
    const response = responseObject(this.#asked, head, begunState);
    this.#events.add("response.created", { response });
    this.#events.add("response.in_progress", { response });
    return head;
  }

  /** The place of the next item; whatever was said before is closed. */
  #nextPlace(): number {
    this.#begin(null);
    this.#message?.close("completed");
    this.#reasoning?.close("completed");
    this.#message = null;
    this.#reasoning = null;
    return this.#items.length;
  }

  #openMessage(): OpenMessage {
    if (this.#message !== null) return this.#message;
    const place = this.#nextPlace();
    this.#message = new OpenMessage(this.#events, this.#ids.take("msg", place), place);
    this.#items.push(this.#message);
    return this.#message;
  }

  #openReasoning(id: string | null): OpenReasoning {
    if (this.#reasoning !== null) return this.#reasoning;
    const place = this.#nextPlace();
    this.#reasoning = new OpenReasoning(this.#events, this.#ids.take("rs", place, id), place);
    this.#items.push(this.#reasoning);
    return this.#reasoning;
  }

  /** A proof, or an id, without thinking before it is of thinking that is not shown. */
  #endReasoning(proof: Proof, id: string | null): void {
    const hasProof = proof.signature !== null || proof.redacted !== null;
    if (this.#reasoning === null && !hasProof && id === null) return;
    this.#openReasoning(id).prove(proof);
    this.#reasoning = null;
  }

  #startCall({ index, id, name }: EventOf<"tool-call-start">): void {
    const known = this.#calls.get(index);
    // Some servers repeat id and name with every piece; others give every call the same number.
    if (known !== undefined && (id === "" || id === known.callId)) {
      known.rename(name);
      return;
    }
    this.#addCall(index, id, name);
  }

  #callAt(index: number): OpenCall {
    return this.#calls.get(index) ?? this.#addCall(index, "", "");
  }

  #addCall(index: number, id: string, name: string): OpenCall {
    const place = this.#nextPlace();
    const callId = id === "" ? this.#ids.take("call", place) : id;
    const call = new OpenCall(this.#events, place, { id: this.#ids.take("fc", place), callId, name });
    this.#items.push(call);
    this.#calls.set(index, call);
    return call;
  }

  #tellError(event: EventOf<"stream-error">): void {
    this.#begin(null);
    this.#error = event;
    const kind = event.kind ?? "server_error";
    const { message } = event;
    const told = errorEventOf({ code: kind, type: kind, message, field: null }, this.#events.nextNumber());
    this.#events.append(sseText(told));
  }
}

/** The id of the thought that goes on at this place, where its end is among these events. */
function idAhead(events: readonly StreamEvent[], at: number): string | null {
  const end = events.slice(at).find(({ type }) => type !== "reasoning-delta");
  return end?.type === "reasoning-end" ? end.id : null;
}
