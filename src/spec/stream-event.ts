import type { FinishReason } from "./attempt.ts";
import type { Usage } from "./usage.ts";

/** One event of an answer, free of any dialect. Same-dialect streams pass as bytes and are only observed. */
export type StreamEvent =
  | { readonly type: "reply-start"; readonly responseId: string | null; readonly servedModel: string | null }
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "tool-call-start"; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: "tool-call-delta"; readonly index: number; readonly argumentsText: string }
  | { readonly type: "usage-report"; readonly usage: Usage }
  | { readonly type: "finish"; readonly reason: FinishReason }
  | { readonly type: "stream-error"; readonly message: string }
  | { readonly type: "reply-end" };
