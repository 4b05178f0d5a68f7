import type { JsonObject } from "./json.ts";
import type { TranslatedRequest, WriteOptions } from "./translated-request.ts";

/** The wire formats that a caller may speak and a provider may answer. */
export const dialectNames = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
  "openai-embeddings",
  "openai-completions",
] as const;

/** Those that are translated into each other: conversations in four spellings. */
export const translatedDialects: readonly DialectName[] = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
];

/** One of {@link dialectNames}. */
export type DialectName = (typeof dialectNames)[number];

/**
 * A request as far as Farthing acts on it. Everything else rides in `rest` untouched, so that a parameter a vendor
 * invented yesterday works today. The caller's original bytes are kept beside it in the Context.
 */
export interface ModelRequest {
  readonly dialect: DialectName;
  /** The model the caller asked for; the baseline of every saving. */
  readonly model: string;
  readonly stream: boolean;
  /** The caller asked for the usage chunk of a stream (always true where the dialect always sends it). */
  readonly streamUsage: boolean;
  /** Upper bound of the answer in tokens, where the caller gave one. */
  readonly outputTokensMax: number | null;
  /** Number of alternative answers asked for, at least 1. */
  readonly choices: number;
  readonly temperature: number | null;
  readonly hasTools: boolean;
  /** The provider keeps conversation state that the body refers to, so an identical body may deserve another answer. */
  readonly stateful: boolean;
  /** Size of the caller's body in bytes. */
  readonly bodyBytes: number;
  /** A call of something else than the dialect's own path: a file, a count, a stored response. Absent for calls of a model. */
  readonly resource?: ResourceCall;
  /** Set where the body was read outside the event loop, because reading it there would hold up everybody else. */
  readonly large?: LargeBody;
  /** The whole parsed body (of a large one only its small fields), read-only, including the fields above. */
  readonly rest: Readonly<JsonObject>;
}

/** A call that passes to the provider as it is, whatever its body, and is metered as far as the provider counts. */
export interface ResourceCall {
  /** For ledger and journal, e.g. `audio/speech`. */
  readonly name: string;
  readonly method: string;
  /** As the caller sent it, without the query. */
  readonly path: string;
  /** False: the vendor charges nothing for it (counts, files, stored responses). */
  readonly billed: boolean;
  /** It is about what the provider keeps for whoever holds the key: files, batches, stored responses. */
  readonly stateful: boolean;
}

/** What is known of a body that the event loop never walks through. */
export interface LargeBody {
  /** Digest of what {@link ModelRequest.rest} would be in canonical form; null: not to be keyed. */
  readonly canonicalDigest: string | null;
  readonly promptBytes: number;
  /** As the dialect's `encodeRequest`, elsewhere. */
  encode(edit: RequestEdit): Promise<Uint8Array>;
  /** As `Translation.request`, elsewhere. Rejects with the same errors. */
  translate(to: DialectName, model: string, options: WriteOptions): Promise<TranslatedRequest>;
}

/** Changes of a request on its way to one target. No field set means: send the caller's original bytes. */
export interface RequestEdit {
  /** Ask another model than the caller did. */
  readonly model?: string;
  /** Add `stream_options.include_usage`, because an OpenAI stream reports its usage only then. */
  readonly addStreamUsage?: boolean;
  /** Take out these members of the body, which were for us and not for the provider. */
  readonly leaveOut?: readonly string[];
  /** Of the inputs of a request for embeddings only these, by their index in the body, in this order; at least one. */
  readonly inputs?: readonly number[];
}
