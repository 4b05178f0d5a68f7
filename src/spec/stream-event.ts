import type { FinishReason } from "./attempt.ts";
import type { Usage } from "./usage.ts";

/** One event of an answer, free of any dialect. Same-dialect streams pass as bytes and are only observed. */
export type StreamEvent =
  | {
      readonly type: "reply-start";
      readonly responseId: string | null;
      readonly servedModel: string | null;
      /** Seconds since the epoch, where the dialect tells. */
      readonly createdAtS?: number;
    }
  | { readonly type: "text-delta"; readonly text: string; readonly signature?: string }
  | { readonly type: "refusal-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  /** Ends a piece of thinking: what proves it, what only the provider can read, its id. Byte for byte. */
  | {
      readonly type: "reasoning-end";
      readonly signature: string | null;
      readonly redacted: string | null;
      readonly id: string | null;
    }
  | {
      readonly type: "tool-call-start";
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly signature?: string;
    }
  | { readonly type: "tool-call-delta"; readonly index: number; readonly argumentsText: string }
  | { readonly type: "usage-report"; readonly usage: Usage }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly stopSequence?: string }
  /** `kind` is the provider's own word for the error, e.g. `overloaded_error`. */
  | { readonly type: "stream-error"; readonly message: string; readonly kind?: string }
  | { readonly type: "reply-end" };
