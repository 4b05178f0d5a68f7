import { FarthingError } from "../../kit/farthing-error.ts";

/**
 * What a request or an answer can say in more than one dialect, and what becomes of it where the other side cannot say
 * it: `refuse` where the answer would be another one, `drop` (named in the journal) where it would not.
 */
export const concepts = {
  system: "refuse",
  "system-turn": "refuse",
  text: "refuse",
  "speaker-name": "drop",
  "image-url": "refuse",
  "image-data": "refuse",
  "image-detail": "drop",
  "document-url": "refuse",
  "document-data": "refuse",
  "document-name": "drop",
  audio: "refuse",
  "tool-call": "refuse",
  "tool-result": "refuse",
  "tool-result-media": "refuse",
  "tool-result-error": "drop",
  reasoning: "drop",
  "reasoning-signature": "drop",
  "reasoning-redacted": "drop",
  "reasoning-id": "drop",
  "part-signature": "drop",
  refusal: "refuse",
  "cache-mark": "drop",
  tools: "refuse",
  "tool-strict": "drop",
  "tool-choice": "refuse",
  "parallel-tool-calls": "drop",
  "format-json": "refuse",
  "format-schema": "refuse",
  "format-schema-name": "drop",
  "output-tokens-max": "refuse",
  temperature: "drop",
  "top-p": "drop",
  "top-k": "drop",
  stop: "refuse",
  seed: "drop",
  "frequency-penalty": "drop",
  "presence-penalty": "drop",
  "reasoning-effort": "drop",
  "reasoning-budget": "drop",
  "reasoning-show": "drop",
  verbosity: "drop",
  user: "drop",
  metadata: "drop",
  "service-tier": "drop",
  // Of answers:
  id: "drop",
  "served-model": "drop",
  "created-at": "drop",
  "finish-reason": "drop",
  "stop-sequence": "drop",
  usage: "drop",
} as const;

/** One of {@link concepts}. */
export type Concept = keyof typeof concepts;

/** How well a dialect says a concept: exactly, or by the nearest thing it has. A concept that is absent it cannot say. */
export type Says = Readonly<Partial<Record<Concept, "kept" | "approximated">>>;

/** What becomes of one field of a dialect on its way to another one. */
export type FieldFate =
  /** Kept, approximated, dropped or refused as the other dialect says the concept. */
  | { readonly concept: Concept }
  /** Every target has it or needs no word of it: the model, the switch for streams, names of parts. */
  | { readonly kept: string }
  /** Nothing another dialect has; the answer's shape does not depend on it. The text says why. */
  | { readonly dropped: string }
  /** Nothing another dialect has, and the answer would be another one. The text says why. */
  | { readonly refused: string };

/** Every field of a vendor's public schema, as a path: `messages[].content[].image_url.detail`. */
export type FieldTable = Readonly<Record<string, FieldFate>>;

/** What a dialect publishes of its translation; docs/reference/translation.md is generated from it. */
export interface CarriedFields {
  readonly request: FieldTable;
  readonly reply: FieldTable;
  readonly says: Says;
}

/** The refusal of a field that the target's dialect cannot say. */
export function untranslatable(field: string, reason: string): FarthingError {
  const message = `\`${field}\` cannot be sent to a target of another dialect: ${reason}. Leave it out, or choose a target that speaks this dialect.`;
  return new FarthingError("untranslatable", message, { field });
}
