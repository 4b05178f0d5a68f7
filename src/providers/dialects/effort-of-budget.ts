/*
 * Tokens of thinking up to which an effort is meant, as Google maps the one to the other in its OpenAI-compatible endpoint
 * (ai.google.dev/gemini-api/docs/openai, "thinking"; read 2026-11-21).
 */
const lowBudgetMax = 1_024;
const mediumBudgetMax = 8_192;

/** The effort nearest to a budget of thinking tokens, named in `approximated`; null where none was given. */
export function effortOf(budgetTokens: number | null, approximated: string[]): string | null {
  if (budgetTokens === null) return null;
  approximated.push("reasoning-budget as effort");
  if (budgetTokens === 0) return "none";
  if (budgetTokens <= lowBudgetMax) return "low";
  return budgetTokens <= mediumBudgetMax ? "medium" : "high";
}
