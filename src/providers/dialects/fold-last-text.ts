import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { objectOf } from "./json-fields.ts";

/** Turns one text into another; null where it is to be left alone. */
export type FoldText = (text: string) => string | null;

/** How a dialect writes a turn. */
export interface TurnWords {
  /** The member with a turn's texts, e.g. `content`. */
  readonly content: string;
  /** Members that a user's plain turn may have. */
  readonly turn: ReadonlySet<string>;
  /** Members that a plain text part may have. */
  readonly part: ReadonlySet<string>;
  /** Kinds of a plain text part, where parts name their kind. */
  readonly kinds: ReadonlySet<string>;
  /** A turn that names nobody is the user's. */
  readonly isUserByDefault: boolean;
}

/** Of OpenAI's and Anthropic's messages. */
export const messageWords: TurnWords = {
  content: "content",
  turn: new Set(["role", "content", "type"]),
  part: new Set(["type", "text"]),
  kinds: new Set(["text", "input_text"]),
  isUserByDefault: false,
};

/**
 * The turns with the last one's text folded. Null where the last turn is not the user's, holds anything but one plain
 * text, or is not to be folded.
 */
export function foldLastTurn(turns: JsonValue | undefined, words: TurnWords, fold: FoldText): JsonValue[] | null {
  if (!Array.isArray(turns)) return null;
  const turn = objectOf(turns.at(-1));
  if (turn === null || !isUsers(turn, words) || !hasOnly(turn, words.turn)) return null;
  const content = foldContent(turn[words.content], words, fold);
  return content === null ? null : [...turns.slice(0, -1), { ...turn, [words.content]: content }];
}

function isUsers(turn: Readonly<JsonObject>, words: TurnWords): boolean {
  const { type, role } = turn;
  if (type !== undefined && type !== "message") return false;
  return role === "user" || (words.isUserByDefault && role === undefined);
}

function foldContent(content: JsonValue | undefined, words: TurnWords, fold: FoldText): JsonValue | null {
  if (typeof content === "string") return fold(content);
  if (!Array.isArray(content) || content.length !== 1) return null;
  const part = objectOf(content[0]);
  const text = part?.["text"];
  if (part === null || typeof text !== "string" || !hasOnly(part, words.part)) return null;
  const { type } = part;
  if (type !== undefined && (typeof type !== "string" || !words.kinds.has(type))) return null;
  const folded = fold(text);
  return folded === null ? null : [{ ...part, text: folded }];
}

function hasOnly(object: Readonly<JsonObject>, names: ReadonlySet<string>): boolean {
  return Object.keys(object).every((name) => names.has(name));
}
