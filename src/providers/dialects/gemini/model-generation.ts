/** `gemini-3.7-flash`, `gemini-4-argon`; the names without a number always mean the newest. */
const numbered = /^gemini-(\d+)(?:[.-]|$)/;
const newest = /^gemini-(?:pro|flash|flash-lite)-latest$/;

/**
 * True for Gemini from its third generation on, whose thinking is set in levels and whose calls of tools carry proofs.
 * Older ones, and the open models beside them, think in budgets of tokens. Source:
 * ai.google.dev/gemini-api/docs/thinking, read 2026-11-21.
 */
export function thinksInLevels(model: string): boolean {
  const generation = numbered.exec(model)?.[1];
  return generation === undefined ? newest.test(model) : Number(generation) >= 3;
}
