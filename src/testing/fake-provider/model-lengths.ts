import { createSeededRandom } from "../seeded-random.ts";
import { openaiLettersPerToken } from "./token-scan.ts";

/**
 * How the length of an answer depends on who answers: another model writes more or less about the same question, and nobody
 * but itself knows how much. Whoever judges a saving of another model's price has only the answer that was bought.
 */
export interface ModelLengths {
  /** 0 to 0.9: each model's answer to each question is longer or shorter by a chance share up to this. On average by none. */
  readonly spread: number;
  /** -0.9 to 9: small models (`mini`, `nano`, `haiku`, `luna`) answer everything by this share longer. */
  readonly bias: number;
}

/** How long an answer becomes, in tokens of its kind's range. */
export interface AnswerLength {
  /** By how much it is longer than its kind. */
  readonly factor: number;
  /** The tokenizer that the length is measured with. */
  readonly lettersPerToken: number;
}

/**
 * How long one model's answer to one question becomes. Where lengths depend on the model they are measured alike for all
 * vendors, so that nobody's answers are longer for being cut into fewer tokens; otherwise by the vendor's own count. Pure.
 */
export function answerLengthOf(
  lengths: ModelLengths | null,
  model: string,
  questionSeed: number,
  ownLettersPerToken: number,
): AnswerLength {
  if (lengths === null) return { factor: 1, lettersPerToken: ownLettersPerToken };
  const chance = createSeededRandom(questionSeed ^ 0x2545f491)();
  const own = 1 + lengths.spread * (2 * chance - 1);
  const factor = /mini|nano|haiku|luna/.test(model) ? own * (1 + lengths.bias) : own;
  return { factor, lettersPerToken: openaiLettersPerToken };
}
