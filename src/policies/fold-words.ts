/*
 * Word lists of the folded form (fold-text.ts). They were written by hand, for what people type into a chat; a word that
 * is missing costs a hit, one that should not be here would cost a wrong answer, so the lists are short.
 */

/** Said before a question and not part of it, where a mark of punctuation or a line's end follows. */
export const greetings: readonly string[] = [
  "hi",
  "hi there",
  "hello",
  "hello there",
  "hey",
  "hey there",
  "good morning",
  "good afternoon",
  "good evening",
  "greetings",
  "please",
];

/** Said after a question and not part of it, where a mark of punctuation or a line's end stands before it. */
export const closings: readonly string[] = [
  "please",
  "thanks",
  "thank you",
  "many thanks",
  "thanks a lot",
  "thank you very much",
  "thanks in advance",
  "thank you in advance",
  "cheers",
];

/** Short forms and what they stand for. A form that stands for two things (`he's`, `I'd`) is left as it is. */
export const contractions: ReadonlyMap<string, string> = new Map([
  ["aren't", "are not"],
  ["can't", "cannot"],
  ["couldn't", "could not"],
  ["didn't", "did not"],
  ["doesn't", "does not"],
  ["don't", "do not"],
  ["hasn't", "has not"],
  ["haven't", "have not"],
  ["isn't", "is not"],
  ["shouldn't", "should not"],
  ["wasn't", "was not"],
  ["weren't", "were not"],
  ["won't", "will not"],
  ["wouldn't", "would not"],
  ["i'm", "i am"],
  ["i've", "i have"],
  ["i'll", "i will"],
  ["you're", "you are"],
  ["you've", "you have"],
  ["you'll", "you will"],
  ["we're", "we are"],
  ["we've", "we have"],
  ["we'll", "we will"],
  ["they're", "they are"],
  ["they've", "they have"],
  ["they'll", "they will"],
  ["what's", "what is"],
  ["where's", "where is"],
]);

/** A text that begins with one of these asks, with or without its mark. */
export const askingWords: ReadonlySet<string> = new Set([
  "what",
  "who",
  "whom",
  "whose",
  "where",
  "when",
  "why",
  "how",
  "which",
]);

/**
 * Words of English and of no other language that is written with the same 26 letters. A text is taken for English when it
 * has one: only then are capitals folded, for they mean something elsewhere (German `Sie` and `sie`).
 */
export const englishWords: ReadonlySet<string> = new Set([
  ...askingWords,
  "the",
  "does",
  "doesn't",
  "don't",
  "you",
  "your",
  "my",
  "our",
  "their",
  "this",
  "that",
  "these",
  "with",
  "and",
  "please",
  "should",
  "would",
  "could",
  "are",
  "have",
  "there",
  "explain",
  "tell",
  "show",
  "give",
  "write",
]);

/** English words that are others when they begin with a capital: they keep their letters. */
export const wordsByCapital: ReadonlySet<string> = new Set([
  "apple",
  "august",
  "bill",
  "chad",
  "china",
  "dart",
  "english",
  "excel",
  "flash",
  "go",
  "guinea",
  "it",
  "java",
  "job",
  "jordan",
  "march",
  "mark",
  "mars",
  "may",
  "mercury",
  "nice",
  "polish",
  "python",
  "reading",
  "ruby",
  "rust",
  "shell",
  "slack",
  "swift",
  "teams",
  "turkey",
  "us",
  "who",
  "will",
  "windows",
  "word",
]);
