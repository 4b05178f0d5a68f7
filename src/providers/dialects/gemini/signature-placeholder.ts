import { thinksInLevels } from "./model-generation.ts";

/**
 * What Google takes in place of the proof of a thought for calls that another model made, or whose proof was lost on the
 * way. From its third generation on Gemini refuses a step whose first call has none. Source:
 * ai.google.dev/gemini-api/docs/thought-signatures, read 2026-11-21.
 */
export const signaturePlaceholder: string = "skip_thought_signature_validator";

const placeholders: ReadonlySet<string> = new Set([signaturePlaceholder, "context_engineering_is_the_way_to_go"]);

/** True for what stands in a signature's place and proves nothing. */
export function isPlaceholder(signature: string): boolean {
  return placeholders.has(signature);
}

/** True for models that demand a signature of the first call of every step. */
export function demandsSignatures(model: string): boolean {
  return thinksInLevels(model);
}
