/**
 * Sizes that documents are written up to, in letters. Chosen so that the prompts of a task have, on average and with the
 * fake provider's tokenizer, about the tokens that the published tables name: 450 (classification), 2,200 (Q&A), 3,500
 * (summaries), 4,500 (code), 3,000 (compliance). Q&A and summaries come in a short and a long kind, far from the size at
 * which the demo's rules divide them, so that the label of a row is never a matter of a few tokens.
 */
export const targetLetters = {
  qa: { short: 5_300, long: 12_300 },
  summary: { short: 5_900, long: 17_300 },
  code: 11_200,
  compliance: 11_200,
} as const;

/** Share of the short kind. */
export const shortShare = { qa: 0.47, summary: 0.36 } as const;

/** Prompts of Q&A and summaries up to so many (estimated) tokens go to the cheaper model. */
export const shortTokensMax = 2_000;
