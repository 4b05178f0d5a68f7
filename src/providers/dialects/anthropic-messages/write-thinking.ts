import type { ReasoningWish } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ModelRules } from "./model-rules.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** What the rest of the request says to a wish for thinking. */
export interface ThinkingSituation {
  readonly rules: ModelRules;
  readonly outputTokensMax: number | null;
  /** A tool must be called; a thinking budget is refused beside that. */
  readonly toolForced: boolean;
  /** See `endsInUnthoughtToolCalls`. */
  readonly unthoughtToolCalls: boolean;
}

/** The wish in the words of the model. */
export interface WrittenThinking {
  readonly thinking: JsonObject | null;
  readonly effort: string | null;
  /** Tokens that thinking may take of the answer's limit. */
  readonly allowanceTokens: number;
}

/**
 * Budgets for levels of effort, as Google's OpenAI-compatible endpoint sets them (1K, 8K, 24K: ai.google.dev
 * "OpenAI compatibility", read 2026-11-21); beyond, the largest budget that needs no batch by Anthropic's advice.
 */
const budgets: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_000,
  max: 32_000,
};
/** The least budget that the API takes. */
const budgetTokensMin = 1_024;
/** All levels in rising order, to find the nearest one that a model knows. */
const levels = ["minimal", "low", "medium", "high", "xhigh", "max"];
/** The vendor's effort where none is given. */
const defaultEffort = "high";
/** Part of a limit that a budget may take when it does not fit under it. */
const budgetShareMax = 0.8;

/** Says a wish for thinking; undefined: none. Never throws: a wish that cannot be said is left out and named. */
export function writeThinking(
  wish: ReasoningWish | undefined,
  situation: ThinkingSituation,
  notes: WritingNotes,
): WrittenThinking {
  const { rules } = situation;
  if (wish === undefined) return unasked(rules);
  if (wish.effort === "none" || (wish.effort === null && wish.budgetTokens === 0)) return writeOff(rules, notes);
  const exactBudget = rules.budget && wish.effort === null && wish.budgetTokens !== null;
  if (rules.adaptive && !exactBudget) return writeAdaptive(wish, rules, notes);
  const budget = rules.budget ? budgetFor(wish, situation, notes) : null;
  if (budget === null) {
    notes.leaveOut("reasoning");
    return unasked(rules);
  }
  const thinking = { type: "enabled", budget_tokens: budget, ...displayOf(wish) };
  return { thinking, effort: null, allowanceTokens: budget };
}

function unasked({ thinksUnasked }: ModelRules): WrittenThinking {
  return { thinking: null, effort: null, allowanceTokens: thinksUnasked ? (budgets[defaultEffort] ?? 0) : 0 };
}

function writeOff({ off, budget, adaptive, efforts }: ModelRules, notes: WritingNotes): WrittenThinking {
  // Models that cannot think need not be told.
  if (!budget && !adaptive) return { thinking: null, effort: null, allowanceTokens: 0 };
  if (off === "disabled") return { thinking: { type: off }, effort: null, allowanceTokens: 0 };
  if (off === "between_tools") {
    notes.approximate("reasoning.effort none as between_tools");
    return { thinking: { type: off }, effort: null, allowanceTokens: budgetTokensMin };
  }
  const effort = efforts[0] ?? null;
  notes.approximate(`reasoning.effort none as ${effort}`);
  return { thinking: null, effort, allowanceTokens: budgetTokensMin };
}

function writeAdaptive(wish: ReasoningWish, rules: ModelRules, notes: WritingNotes): WrittenThinking {
  const asked = wish.effort ?? (wish.budgetTokens === null ? null : effortOfBudget(wish.budgetTokens));
  const effort = asked === null ? null : nearestEffort(asked, rules.efforts);
  if (wish.budgetTokens !== null) notes.approximate("reasoning.budgetTokens as effort");
  else if (effort !== asked) notes.approximate(`reasoning.effort ${asked} as ${effort}`);
  const allowanceTokens = budgets[effort ?? defaultEffort] ?? 0;
  return { thinking: { type: "adaptive", ...displayOf(wish) }, effort, allowanceTokens };
}

/** The lowest level whose budget reaches the one asked for. */
function effortOfBudget(budgetTokens: number): string {
  return levels.find((level) => (budgets[level] ?? 0) >= budgetTokens) ?? "max";
}

/** The highest level that is known to the model and not above the one asked for, else its lowest; the default for a word we do not know. */
function nearestEffort(asked: string, efforts: readonly string[]): string | null {
  if (efforts.includes(asked)) return asked;
  const place = levels.indexOf(asked);
  if (place === -1) return defaultEffort;
  return efforts.findLast((effort) => levels.indexOf(effort) <= place) ?? efforts[0] ?? null;
}

/** A budget that the API takes beside the rest of the request; null where there is none. */
function budgetFor(wish: ReasoningWish, situation: ThinkingSituation, notes: WritingNotes): number | null {
  const { outputTokensMax, toolForced, unthoughtToolCalls, rules } = situation;
  if (toolForced || (unthoughtToolCalls && !rules.unsignedThinking)) return null;
  if (wish.budgetTokens === null && wish.effort === null) return null;
  const asked = wish.budgetTokens ?? budgets[wish.effort ?? defaultEffort] ?? budgets[defaultEffort] ?? budgetTokensMin;
  if (wish.effort !== null) notes.approximate("reasoning.effort as budget_tokens");
  const wanted = Math.max(asked, budgetTokensMin);
  const fits = outputTokensMax === null || wanted < outputTokensMax;
  const budget = fits ? wanted : Math.max(budgetTokensMin, Math.floor(outputTokensMax * budgetShareMax));
  if (outputTokensMax !== null && budget >= outputTokensMax) return null;
  if (budget !== asked) notes.approximate(`reasoning budget as ${budget}`);
  return budget;
}

function displayOf({ show }: ReasoningWish): { display?: string } {
  return show === null ? {} : { display: show ? "summarized" : "omitted" };
}
