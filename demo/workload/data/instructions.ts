/** What people ask the model to do with a document: for each wish several ways of saying exactly that. */
export type Wishes = readonly (readonly string[])[];

/** Wishes about minutes, incident reports and contracts that are to be shortened. */
export const summaryWishes: Wishes = [
  [
    "Summarise the text above in five bullet points for somebody who was not there. Name who does what by when.",
    "I missed this. Give me a five-point summary with owners and dates.",
    "Five bullets, please: the gist of the text for an absent colleague, with every task, its owner and its deadline.",
    "Please condense what stands above into five points that also tell outsiders who has to do what until which day.",
    "Boil it down to five bullet points. Include responsibilities and due dates; the reader did not take part.",
  ],
  [
    "Summarise the text above in one paragraph of at most 120 words for the board.",
    "The board needs a single paragraph on this, no more than 120 words.",
    "Write a summary for the board: one paragraph, 120 words at the most.",
    "Shorten it to a paragraph (limit 120 words) that I can put before the board.",
    "In up to 120 words and one paragraph, what does the board have to know of this?",
  ],
  [
    "Summarise all amounts of money and all deadlines that occur above, each with one sentence of context.",
    "Which sums and which deadlines are in there? A summary with a sentence on each will do.",
    "Please summarise the figures: every amount and every date by which something is due, plus a sentence on what it is about.",
    "I need a summary of money and time limits only, one sentence of explanation for each of them.",
    "Condense the text to its amounts and due dates and add to each a sentence that says what it refers to.",
  ],
  [
    "Summarise the risks that the text above mentions or implies, the largest first, without proposing remedies.",
    "What risks are in this, said or unsaid? Summarise them by size, largest on top, no solutions.",
    "Summary of risks, please: explicit and implicit ones, in falling order, and leave remedies out.",
    "List in a short summary what could go wrong according to the text, between the lines too. Biggest first. No countermeasures.",
    "Give me a risk summary sorted from large to small; include what is only hinted at and do not suggest fixes.",
  ],
];

/** Wishes about code. */
export const codeWishes: Wishes = [
  [
    "Review the function `{{target}}` above for mistakes that a test would not show, and give the corrected code.",
    "Could you look through `{{target}}` for defects that tests miss? I would like the fixed code as well.",
    "Which bugs hide in `{{target}}`, other than those a test would find? Answer with corrected code.",
    "Please check `{{target}}`. I am after the kind of error that stays invisible in tests; include the repaired version.",
    "I do not trust `{{target}}`. Point out what is wrong with it beyond the reach of the tests, and correct it in code.",
  ],
  [
    "Write unit tests for `{{target}}` above that cover the limits of every argument. Use the test style of the file.",
    "I need unit tests for `{{target}}`, in this file's style, including the extremes of all arguments.",
    "Cover `{{target}}` with unit tests: boundary values of each argument, same style as the rest of the file.",
    "Please add tests of `{{target}}` which exercise the edges of all its arguments and look like the tests that are there.",
    "How would unit tests of `{{target}}` look that try every argument at its limits? Keep to the style of the file.",
  ],
  [
    "Refactor `{{target}}` above so that it reads its rows in pages of a fixed size and never holds all of them in memory.",
    "Change `{{target}}` to work page by page with a fixed page size; it must not keep every row in memory.",
    "`{{target}}` loads everything at once. Rewrite it to take fixed-size pages so that memory stays bounded.",
    "Please rework `{{target}}`: rows in pages of constant size, never the whole set in memory.",
    "I want `{{target}}` refactored for bounded memory, which means paging through the rows at a fixed size.",
  ],
  [
    "Explain step by step what `{{target}}` above does when two callers run it at the same time, and implement a fix if that is unsafe.",
    "Is `{{target}}` safe when called twice at once? Walk through it step by step and implement a remedy if it is not.",
    "Two callers enter `{{target}}` simultaneously. Describe each step of what happens, and mend it in code where necessary.",
    "Please go through `{{target}}` under concurrent calls, one step at a time, and implement a correction in case it breaks.",
    "What goes on in `{{target}}` if it is run in parallel by two callers? Explain in steps; if there is a race, implement the cure.",
  ],
];

/** Wishes about contracts and customer files on compliance routes. These are never reworded: each case is looked at on its own. */
export const complianceWishes: readonly string[] = [
  "Check the clauses above against each rule. For every rule name the clause, quote the decisive words, and say whether it complies, does not comply, or cannot be decided.",
  "Hold the file above against the rules. List what is missing for a decision, what contradicts something else in the file, and whether the case must be reported.",
  "Which rules does the text above breach? Quote the passage for each and rate the severity as low, medium or high, with the reason.",
  "Prepare the compliance note for the file: facts, rules concerned, open points, recommendation. Do not leave out anything that speaks against the recommendation.",
];

/** What the model is told before it summarises. */
export const summaryInstructions: string =
  "You write summaries for busy people at Larkspur. Stay with the text, keep names, figures and dates exactly as they stand there, mark what is uncertain as such, and write in plain English. Do not begin with a remark on the task.";

/** What the model is told before it works on code. */
export const codeInstructions: string =
  "You are a senior engineer who works on the code base below. Answer with code in the language of the file and with as few words as possible around it. Keep public names and signatures unless told otherwise, follow the style of the file, and do not add dependencies. If something that you need is not shown, say which file you would open.";

/** What the model is told before it checks for compliance. */
export const complianceInstructions: string =
  "You assist the compliance department of Larkspur. A person signs every result, so be complete rather than short: cite rule and passage for each statement, never infer facts that are not in the file, and never give legal advice to third parties. The rules in force are:";
