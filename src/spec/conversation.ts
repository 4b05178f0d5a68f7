import type { FinishReason } from "./attempt.ts";
import type { JsonObject } from "./json.ts";
import type { Usage } from "./usage.ts";

/*
 * A conversation free of any dialect: what a request is turned into on its way to a provider that speaks another wire
 * format. Every member is a concept of translation (src/providers/translation/concepts.ts); what has no place here is
 * refused or dropped by the dialect that read it, and named. Same-dialect requests never pass through this form.
 */

/** Where the bytes of a picture or document are. `data` is base64, passed on as it came. */
export type MediaSource =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "base64"; readonly mediaType: string; readonly data: string };

/** A wish to have the prompt up to here cached by the provider. `lifetime` null: the provider's default. */
export interface CacheMark {
  readonly lifetime: "5m" | "1h" | null;
}

/** Written by somebody or by the model. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly cache?: CacheMark;
  /** Opaque bytes of the provider that must come back with the part (Gemini's thoughtSignature). */
  readonly signature?: string;
}

/** A picture. */
export interface ImagePart {
  readonly type: "image";
  readonly source: MediaSource;
  /** How closely to look: `low`, `high`, `auto`, as the caller said. */
  readonly detail?: string;
  readonly cache?: CacheMark;
}

/** A document, mostly PDF. */
export interface DocumentPart {
  readonly type: "document";
  readonly source: MediaSource;
  readonly name?: string;
  readonly cache?: CacheMark;
}

/** Sound to listen to. */
export interface AudioPart {
  readonly type: "audio";
  /** Base64. */
  readonly data: string;
  /** `wav`, `mp3`. */
  readonly format: string;
}

/** The model calls a tool. */
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** JSON text of an object. Byte for byte where it came as text; printed anew where it came as an object. Empty text: no arguments. */
  readonly argumentsText: string;
  readonly cache?: CacheMark;
  readonly signature?: string;
}

/** What a tool answered. */
export interface ToolResultPart {
  readonly type: "tool-result";
  readonly callId: string;
  readonly parts: readonly (TextPart | ImagePart | DocumentPart)[];
  /** The tool failed; the parts say how. */
  readonly isError: boolean;
  readonly cache?: CacheMark;
}

/** The model's thinking, as far as the provider shows it. */
export interface ReasoningPart {
  readonly type: "reasoning";
  /** Empty where the provider hides it. */
  readonly text: string;
  /** Proof by the provider that the text is its own (Anthropic's signature, OpenAI's encrypted_content); byte for byte. */
  readonly signature: string | null;
  /** Thinking that only the provider can read (Anthropic's redacted_thinking); byte for byte. Text is empty then. */
  readonly redacted: string | null;
  /** The provider's id of the item, where it has one (OpenAI responses: `rs_...`). */
  readonly id: string | null;
}

/** The model declines, in its own words, where the dialect has a place of its own for that. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
}

/** One piece of a turn. */
export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart;

/**
 * Who speaks. Tool results stand in a `user` turn. `system`: an instruction in the middle of the conversation; those
 * before the first turn are in {@link Conversation.system}. Turns of one role may follow each other.
 */
export interface Turn {
  readonly role: "user" | "assistant" | "system";
  /** A name that the caller gave the speaker. */
  readonly name?: string;
  readonly parts: readonly Part[];
}

/** A function that the model may call. Tools that the provider runs itself (search, code) have no place here. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of the arguments; null: none given. Member order is kept. */
  readonly parameters: Readonly<JsonObject> | null;
  /** Arguments must match the schema exactly; null: not said. */
  readonly strict: boolean | null;
  readonly cache?: CacheMark;
}

/** Whether and which tool has to be called. */
export type ToolChoice =
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  | { readonly kind: "any" }
  | { readonly kind: "tool"; readonly name: string };

/** The form of the answer; absent: text. */
export type OutputFormat =
  | { readonly kind: "json" }
  | {
      readonly kind: "json-schema";
      readonly name: string | null;
      readonly description: string | null;
      readonly schema: Readonly<JsonObject>;
      readonly strict: boolean | null;
    };

/** How much the model should think. */
export interface ReasoningWish {
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`; null: not said. */
  readonly effort: string | null;
  /** Most tokens to think; 0: not at all; null: not said. */
  readonly budgetTokens: number | null;
  /** The caller wants to see the thinking (a summary of it); null: not said. */
  readonly show: boolean | null;
}

/** Settings of the answer. An absent member was not sent. */
export interface Settings {
  readonly outputTokensMax?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly format?: OutputFormat;
  readonly reasoning?: ReasoningWish;
  /** `low`, `medium`, `high`. */
  readonly verbosity?: string;
  /** The end user, as the caller names them. */
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** `auto`, `default`, `flex`, `priority`, `standard_only`. */
  readonly serviceTier?: string;
}

/** A request free of any dialect. */
export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  /** Instructions before the first turn, one part a block, in their order. */
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolSpec[];
  readonly settings: Settings;
}

/** A whole answer free of any dialect. */
export interface Answer {
  /** The provider's id of the reply; empty where it gave none. */
  readonly id: string;
  /** The model that served. */
  readonly model: string;
  /** Seconds since the epoch; null where the dialect does not tell. */
  readonly createdAtS: number | null;
  /** text, reasoning, tool-call and refusal parts, in their order. */
  readonly parts: readonly Part[];
  readonly finish: FinishReason;
  /** The stop text that ended it, where the dialect tells. */
  readonly stopSequence: string | null;
  readonly usage: Usage;
}
