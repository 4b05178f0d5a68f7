import type { Answer, Conversation } from "./conversation.ts";
import type { JsonObject } from "./json.ts";
import type { Quirks } from "./quirks.ts";
import type { RenderedError } from "./rendered-error.ts";
import type { DialectName, ModelRequest } from "./request.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { WriteOptions } from "./translated-request.ts";

/** What a reading of a request gives besides the conversation. */
export interface ConversationReading {
  readonly conversation: Conversation;
  /** Paths of fields that were left out because no other dialect has them and the answer's shape does not depend on them. */
  readonly dropped: readonly string[];
}

/** A body in another dialect. */
export interface ConversationWriting {
  readonly body: Readonly<JsonObject>;
  /** Names of concepts or fields that the dialect cannot say and that may be left out. */
  readonly dropped: readonly string[];
  /** What was said in another way, e.g. `reasoning.effort as budget_tokens`. */
  readonly approximated: readonly string[];
}

/** What the writer of an answer needs to know of the question. */
export interface Asked {
  /** The caller's request in its own dialect. */
  readonly request: ModelRequest;
  readonly requestId: string;
  /** Seconds since the epoch; for dialects whose answers carry a time that the provider did not send. */
  readonly nowS: number;
}

/** An error as a provider told it. */
export interface ProviderError {
  /** The vendor's word for its kind, e.g. `invalid_request_error`, `RESOURCE_EXHAUSTED`; empty: none told. */
  readonly kind: string;
  readonly message: string;
  /** The vendor's code, e.g. `context_length_exceeded`; null: none. */
  readonly code: string | null;
}

/** Reads one provider stream, event by event. Never throws: odd events are passed over. */
export interface AnswerReader {
  /** One SSE event. @returns its events free of any dialect; `reply-end` once, last. */
  read(eventName: string, data: string): readonly StreamEvent[];
  /** The source ended cleanly. What is still due; `reply-end` where the dialect has no terminal event of its own. */
  finish(): readonly StreamEvent[];
}

/** Writes one stream in the caller's dialect. Every text it returns is whole SSE events. */
export interface AnswerWriter {
  /** The bytes of these events; empty where nothing is to be said yet. `finish` and `usage-report` are held for {@link end}. */
  write(events: readonly StreamEvent[]): string;
  /** The dialect's error event where it has to fit what was written before; absent: one fits everywhere. */
  fail?(error: RenderedError): string;
  /** The proper end: closes what is open, then finish, usage, terminal event. Called at most once, after a `reply-end`. */
  end(): string;
}

/**
 * A dialect seen from outside: to and from the neutral form. Pure. Everything a dialect cannot say is either refused by
 * name or named in `dropped`; nothing is lost in silence.
 */
export interface Codec {
  readonly dialect: DialectName;
  /** @throws FarthingError `untranslatable` naming the field. */
  readConversation(request: ModelRequest): ConversationReading;
  /**
   * The body for `conversation.model` at this endpoint.
   * @throws FarthingError `untranslatable` naming the concept.
   */
  writeConversation(conversation: Conversation, endpoint: WriteOptions): ConversationWriting;
  /** Null for bytes that are no answer. */
  readAnswer(body: Uint8Array, quirks: Quirks): Answer | null;
  writeAnswer(answer: Answer, asked: Asked): Readonly<JsonObject>;
  /** Never throws; for bytes that are no error of this dialect the text itself, cut to 1,000 characters, is the message. */
  readError(body: Uint8Array): ProviderError;
  openReader(quirks: Quirks): AnswerReader;
  openWriter(asked: Asked): AnswerWriter;
  /** Query of a translated call, with its `?`; empty for most. */
  callQuery(stream: boolean): string;
  /** Headers that the dialect demands of every call, names and values in turn. Default: none. */
  readonly callHeaders?: readonly string[];
  /** Callers of this dialect see the thinking that they asked for unless they say otherwise. Default: only where they say so. */
  readonly showsThinking?: boolean;
}
