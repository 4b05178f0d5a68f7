/** What a thinking model shows of its thoughts: a summary, shorter than what is billed. */
export const thinkingSummary: readonly string[] = [
  "Let me ",
  "look at ",
  "what is asked, ",
  "then answer ",
  "step by step.",
];
