import type { FinishReason } from "./attempt.ts";
import type { RenderedError } from "./rendered-error.ts";
import type { DialectName, ModelRequest, RequestEdit } from "./request.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { Codec } from "./codec.ts";
import type { ElementCodec } from "./element-codec.ts";
import type { JsonObject, OmittedMembers } from "./json.ts";
import type { Usage } from "./usage.ts";
import type { Quirks } from "./quirks.ts";

/** What a whole reply, or an ended stream, tells. Lenient: anything missing or odd is null, never an error. */
export interface ReplyFacts {
  /** Source `unknown` when the reply reports none or reports nonsense (negative, fractional, text). */
  readonly usage: Usage;
  readonly servedModel: string | null;
  readonly responseId: string | null;
  readonly finishReason: FinishReason | null;
  readonly hasToolCalls: boolean;
}

/** What a stream told until now. */
export interface StreamFacts extends ReplyFacts {
  /** The dialect's terminal event was seen. */
  readonly terminal: boolean;
  /** The provider sent an error event after its 200. */
  readonly errored: boolean;
  /** Bytes of generated text (reasoning and tool arguments included) passed on so far, for estimates. */
  readonly generatedBytes: number;
}

/** Result of feeding bytes to a stream observer. */
export interface StreamStep {
  /** What to pass on now; empty when an event is still incomplete and may have to be held. */
  readonly pass: Uint8Array;
  /** Set once: the terminal event's bytes. Nothing after them is passed on. */
  readonly terminal: Uint8Array | null;
}

/** Watches one same-dialect SSE stream as bytes. Never changes an event; may leave out the usage chunk we asked for. */
export interface StreamObserver {
  push(bytes: Uint8Array): StreamStep;
  /**
   * The source ended cleanly. The terminal event's bytes when it stood there complete but for its blank line; null
   * otherwise. A half event is never given out: callers would drop it, and an error event could not follow it.
   */
  finish?(): Uint8Array | null;
  /** Our own error as the event that fits what was passed on; absent: the dialect's own fits everywhere. */
  errorEvent?(error: RenderedError): Uint8Array;
  /** At any time, also after a cut. May be slow (it parses what it kept), so call it once, at the end. */
  facts(): StreamFacts;
}

/** What a path tells where a dialect keeps it out of the body (Gemini); null: the body tells. */
export interface PathFacts {
  readonly model: string | null;
  readonly stream: boolean | null;
}

/** What to ask a provider for. */
export interface CallPath {
  readonly model: string;
  readonly stream: boolean;
}

/** What is left of a request without the words that only say in which form its answer is to come. */
export interface FormlessRequest {
  /** Members of the body that say nothing else; null: none. */
  readonly omitted: OmittedMembers | null;
  /** The query without them. */
  readonly query: string;
}

/** One wire format: pure functions from bytes to what we act on, and back. */
export interface Dialect {
  readonly name: DialectName;
  /** Path of the call under an endpoint's base path, e.g. `/v1/messages`; `{model}` stands for the model where it is in the path. */
  readonly path: string;
  /** To and from the form free of any dialect; null: this dialect is never translated. */
  readonly codec: Codec | null;
  /** What a request's path (no query) tells; null: not a path of this dialect. */
  matchPath(path: string): PathFacts | null;
  /** The path to call, without a query. */
  callPath(call: CallPath): string;
  /**
   * Reads a caller's body. `document` is the parsed JSON of the body; `path` as `matchPath` gave it.
   * @throws FarthingError `invalid_request` naming the field.
   */
  readRequest(document: unknown, bodyBytes: number, path?: PathFacts): ModelRequest;
  /**
   * The body with the edit applied and everything else as the caller sent it, field order included. With `rawBody`, the
   * caller's bytes, every other byte stays too; without it the parsed body is printed, which rounds long integers.
   */
  encodeRequest(request: ModelRequest, edit: RequestEdit, rawBody?: Uint8Array): Uint8Array;
  /** `quirks`: where the server departs from the dialect; absent: nowhere. */
  readReply(body: Uint8Array, quirks?: Quirks): ReplyFacts;
  /** What the reply to a {@link ResourceCall} tells, where the dialect's vendor counts such calls; absent: nothing. */
  readResource?(body: Uint8Array): ReplyFacts;
  /** @param dropUsageChunk leave out the usage chunk that only we asked for. */
  observeStream(dropUsageChunk: boolean, quirks?: Quirks): StreamObserver;
  /** Every event of a whole SSE text, free of the dialect; the slow, complete reading that the observer is tested against. */
  foldStream(bytes: Uint8Array): readonly StreamEvent[];
  /** Our own error as the dialect's JSON body. */
  renderError(error: RenderedError): Uint8Array;
  /** Our own error as the dialect's event inside a stream that has begun; never a fake end. */
  renderStreamError(error: RenderedError): Uint8Array;
  /**
   * Which parts of a request only say in which form its answer is to come: at once or as a stream, with its usage or
   * without. An answer in one form can be given in the other through the codec. Null, or absent: the form is part of the
   * question.
   */
  withoutForm?(request: ModelRequest, query: string): FormlessRequest | null;
  /**
   * The body with its last text put through `fold`. Null where the last turn is not the user's, holds anything but one
   * plain text, or `fold` gives null. Absent: never.
   */
  foldLastText?(request: ModelRequest, fold: (text: string) => string | null): Readonly<JsonObject> | null;
  /** Takes requests and replies apart where each input has an answer of its own. Absent: they are one piece. */
  readonly elements?: ElementCodec;
  /** Texts of the body that a person wrote or read, for measuring only (sizes, never contents, leave it). */
  promptBytes(request: ModelRequest): number;
}
