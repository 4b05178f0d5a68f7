import { isJsonObject, type JsonBody, type Refusal } from "../prepared-reply.ts";
import { geminiError } from "./errors.ts";
import { field } from "./google-fields.ts";
import type { ModelTraits } from "./model-traits.ts";

/** What a request says about thinking, and what its model makes of it. */
export interface Thinking {
  /** In the measure of the answer's plan; 0: none. */
  readonly weight: number;
  /** A summary is part of the answer. */
  readonly shows: boolean;
  /** The parts carry signatures. */
  readonly signs: boolean;
}

const levels: Readonly<Record<string, number>> = { MINIMAL: 0, LOW: 1, MEDIUM: 2, HIGH: 4 };

/** Tokens of thinking that one step of the plan's weight stands for, roughly. */
const tokensPerWeight = 256;

function weightOf(config: JsonBody, traits: ModelTraits): number {
  const budget = field(config, "thinkingBudget");
  if (typeof budget === "number" && budget >= 0) {
    return budget === 0 ? 0 : Math.min(4, Math.max(1, Math.round(budget / tokensPerWeight)));
  }
  const level = field(config, "thinkingLevel");
  if (typeof level === "string") return levels[level.toUpperCase()] ?? 2;
  // A budget of -1 leaves it to the model, which then thinks.
  return traits.thinks === "if-asked" && budget !== -1 ? 0 : 2;
}

/**
 * Reads `generationConfig.thinkingConfig`. Signatures come with thinking that was asked for, and from the third generation
 * on always (ai.google.dev/gemini-api/docs/thought-signatures).
 */
export function readThinking(generationConfig: JsonBody, model: string, traits: ModelTraits): Thinking | Refusal {
  const given = field(generationConfig, "thinkingConfig");
  const config = isJsonObject(given) ? given : {};
  const budget = field(config, "thinkingBudget");
  const level = field(config, "thinkingLevel");
  if (traits.thinks === "never") {
    return isJsonObject(given) && budget !== 0
      ? geminiError(400, `Thinking is not enabled for models/${model}`)
      : { weight: 0, shows: false, signs: false };
  }
  if (budget !== undefined && level !== undefined) {
    return geminiError(400, "You can only set only one of thinking budget and thinking level.");
  }
  if (level !== undefined && traits.generation < 3)
    return geminiError(400, "Thinking level is not supported for this model.");
  if (budget === 0 && traits.thinks === "always") {
    return geminiError(400, "Budget 0 is invalid. This model only works in thinking mode.");
  }
  const weight = weightOf(config, traits);
  const shows = field(config, "includeThoughts") === true && weight > 0;
  return { weight, shows, signs: traits.generation >= 3 || (isJsonObject(given) && weight > 0) };
}
