import type { JsonObject } from "./json.ts";

/** The wire formats that a caller may speak and a provider may answer. */
export type DialectName = "openai-chat" | "anthropic-messages";

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
  /** The whole parsed body, read-only, including the fields above. */
  readonly rest: Readonly<JsonObject>;
}

/** Changes of a request on its way to one target. No field set means: send the caller's original bytes. */
export interface RequestEdit {
  /** Ask another model than the caller did. */
  readonly model?: string;
  /** Add `stream_options.include_usage`, because an OpenAI stream reports its usage only then. */
  readonly addStreamUsage?: boolean;
}
