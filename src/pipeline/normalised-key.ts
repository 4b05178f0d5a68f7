import { foldText } from "../policies/fold-text.ts";
import type { Context } from "../spec/context.ts";
import type { Part } from "../spec/conversation.ts";
import type { JsonObject } from "../spec/json.ts";
import type { NeutralRequest } from "./neutral-key.ts";

/** A request whose last text is folded. */
export interface FoldedRequest {
  readonly rest: Readonly<JsonObject>;
  /** Null where the key is of the dialect's own body. */
  readonly neutral: NeutralRequest | null;
}

/**
 * The request with its last text folded, where that is the user's one plain text; earlier turns and instructions are
 * compared exactly. Null: this request has its exact key only.
 */
export function foldedRequest({ ports, request }: Context, neutral: NeutralRequest | null): FoldedRequest | null {
  if (neutral !== null) {
    const folded = foldConversation(neutral);
    return folded === null ? null : { rest: request.rest, neutral: folded };
  }
  const rest = ports.dialects[request.dialect].foldLastText?.(request, foldText) ?? null;
  return rest === null ? null : { rest, neutral: null };
}

function foldConversation(neutral: NeutralRequest): NeutralRequest | null {
  const { conversation } = neutral;
  const turn = conversation.turns.at(-1);
  const [part, ...others]: readonly Part[] = turn?.parts ?? [];
  if (turn?.role !== "user" || part?.type !== "text" || others.length > 0) return null;
  const text = foldText(part.text);
  if (text === null) return null;
  const turns = [...conversation.turns.slice(0, -1), { ...turn, parts: [{ ...part, text }] }];
  return { ...neutral, conversation: { ...conversation, turns } };
}
