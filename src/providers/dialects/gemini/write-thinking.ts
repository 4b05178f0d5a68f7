import type { ReasoningWish } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { thinksInLevels } from "./model-generation.ts";
import type { WritingNotes } from "./writing-notes.ts";

/*
 * Newer models take a level, older ones a budget, none takes both. Sources, read 2026-11-21: ai.google.dev/gemini-api/docs/thinking
 * (ranges of budgets), ai.google.dev/gemini-api/docs/openai (efforts as budgets); refusals recorded from the API in vercel/ai,
 * packages/google/src/__fixtures__/{issue-22372-live-errors,google-gemini-3.7-flash-thinking-levels}.json (2026-10-09).
 */

/** Levels that every newer model knows; thinking cannot be switched off there, and MINIMAL only some of them take. */
const levels: ReadonlyMap<string, string> = new Map([
  ["none", "LOW"],
  ["minimal", "LOW"],
  ["low", "LOW"],
  ["medium", "MEDIUM"],
  ["high", "HIGH"],
  ["xhigh", "HIGH"],
  ["max", "HIGH"],
]);
/** Efforts that have a level of their own. */
const exactEfforts: ReadonlySet<string> = new Set(["low", "medium", "high"]);

/** Tokens that Google's own endpoint for OpenAI's clients puts in an effort's place. */
const budgets: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["minimal", 1_024],
  ["low", 1_024],
  ["medium", 8_192],
  ["high", 24_576],
  ["xhigh", 24_576],
  ["max", 24_576],
]);

/** `thinkingConfig`; null where nothing is to be said. */
export function writeThinking(wish: ReasoningWish, model: string, notes: WritingNotes): JsonObject | null {
  const amount = thinksInLevels(model) ? levelOf(wish, notes) : budgetOf(wish, model, notes);
  const shown = wish.show === null ? {} : { includeThoughts: wish.show };
  const config: JsonObject = { ...amount, ...shown };
  return Object.keys(config).length === 0 ? null : config;
}

function levelOf({ effort, budgetTokens }: ReasoningWish, notes: WritingNotes): JsonObject {
  if (effort === null) {
    if (budgetTokens === null) return {};
    if (budgetTokens > 0) return { thinkingBudget: budgetTokens };
    notes.approximate("reasoning-budget as thinkingLevel LOW");
    return { thinkingLevel: "LOW" };
  }
  const level = levels.get(effort);
  if (budgetTokens !== null) notes.drop("reasoning-budget");
  if (level === undefined) {
    notes.drop("reasoning-effort");
    return {};
  }
  if (!exactEfforts.has(effort)) notes.approximate(`reasoning-effort as thinkingLevel ${level}`);
  return { thinkingLevel: level };
}

function budgetOf({ effort, budgetTokens }: ReasoningWish, model: string, notes: WritingNotes): JsonObject {
  const asked = budgetTokens ?? (effort === null ? null : (budgets.get(effort) ?? null));
  if (effort !== null && (budgetTokens !== null || asked === null)) notes.drop("reasoning-effort");
  if (asked === null) return {};
  const thinkingBudget = withinRange(asked, model);
  if (budgetTokens === null) notes.approximate(`reasoning-effort as thinkingBudget ${thinkingBudget}`);
  else if (thinkingBudget !== asked) notes.approximate(`reasoning-budget as thinkingBudget ${thinkingBudget}`);
  return { thinkingBudget };
}

/** The nearest budget that the model takes. */
function withinRange(asked: number, model: string): number {
  if (model.startsWith("gemini-2.5-pro")) return Math.min(Math.max(asked, 128), 32_768);
  if (asked === 0) return 0;
  if (model.startsWith("gemini-2.5-flash-lite")) return Math.min(Math.max(asked, 512), 24_576);
  return Math.min(asked, 24_576);
}
