/** What kind of answer a prompt asks for; decides form and length. */
export type AnswerKind = "label" | "summary" | "code" | "review" | "question" | "extraction" | "chat";

/** Visible tokens of an answer by kind: the shortest and the longest. */
export const answerTokens: Readonly<Record<AnswerKind, readonly [number, number]>> = {
  label: [1, 4],
  summary: [70, 170],
  code: [120, 380],
  review: [150, 320],
  question: [45, 190],
  extraction: [30, 90],
  chat: [25, 110],
};

/** Labels for a classification whose prompt lists none that can be found. */
export const commonLabels: readonly string[] = ["billing", "technical", "account", "shipping", "refund", "other"];

/** Sentences of answers; `{w}` is a word of the prompt, `{n}` a number. A few hold signs beyond ASCII, to be cut apart. */
export const sentences: Readonly<Record<"summary" | "review" | "question" | "chat", readonly string[]>> = {
  summary: [
    "The text is mainly about {w} and what follows from it for {w}.",
    "It states that {w} is settled within {n} working days, unless a manager decides otherwise.",
    "Three points stand out: the cost of {w}, the date of {w}, and who signs for it.",
    "Compared with the earlier version, {w} has become stricter — {n} % of cases are now checked twice.",
    "Responsibility for {w} stays with the team that first received it.",
    "Nothing is said about {w} after the first {n} months; that question stays open.",
    "Zoë Müller’s note adds that {w} was tried before, and stopped for lack of time.",
    "The writer recommends a trial with {n} people before {w} is rolled out.",
    "Exceptions need a written reason and end after {n} weeks.",
    "In short: keep {w}, simplify {w}, and look at the figures again in spring.",
  ],
  review: [
    "Clause {n} limits liability for {w} to the fees of the preceding twelve months.",
    "The wording on {w} is ambiguous: it can be read as a duty or as a mere intention.",
    "Termination for convenience requires {n} days of written notice by either party.",
    "We would ask the other side to define {w}, which is used {n} times and never explained.",
    "Personal data in connection with {w} may leave the region only under standard clauses.",
    "The indemnity covers third-party claims about {w}, but not fines; that is unusual.",
    "Payment falls due {n} days after receipt of the invoice; interest runs at {n} % above base rate.",
    "Overall risk: moderate. The points on {w} and {w} should be negotiated before signature.",
    "An auditor may inspect records of {w} once a year, on {n} days’ notice.",
    "Where the annex and the main text differ on {w}, the main text prevails (§ {n}).",
  ],
  question: [
    "Yes: {w} is covered, as long as {w} was registered within {n} days.",
    "According to the passage, {w} depends on {w}, so both have to be in place first.",
    "Open the settings, choose {w}, and confirm; the change takes effect after {n} minutes.",
    "The standard limit is {n} per month, and support can raise it on request.",
    "If {w} is missing, the request is put on hold until someone adds it.",
    "The document gives €{n} as the threshold above which a second approval is needed.",
    "There is no mention of {w} for customers outside the region.",
    "Please note that {w} cannot be changed once {w} has been sent.",
    "That takes about {n} hours on a normal day, and longer at the end of a quarter.",
    "For details see the section on {w}; it lists {n} examples.",
  ],
  chat: [
    "Thanks for the question about {w}.",
    "The short answer is that {w} works best in small steps.",
    "I would start with {w} and leave {w} for later.",
    "Many people find {n} minutes a day enough to make progress with {w}.",
    "A good café table and a pencil help more than another tool. ☕",
    "Tell me a little about {w}, and I can be more exact.",
    "One caution: {w} tends to take longer than planned, often by {n} %.",
    "Here is a plan: first {w}, then a pause, then {w}.",
    "It also helps to write down why {w} matters to you.",
    "If that sounds right, we can go through it line by line.",
  ],
};

/** Lines of code answers. */
export const codeLines: readonly string[] = [
  "  const {w}Count = {w}s.length;",
  "  if ({w}Count === 0) return [];",
  "  const limit = Math.min({w}Count, {n});",
  "  for (let index = 0; index < limit; index++) {",
  "    const {w} = {w}s[index];",
  "    if ({w} === undefined) continue;",
  "    result.push({ ...{w}, position: index + {n} });",
  "  }",
  '  log.debug("{w} handled", { count: {w}Count });',
  "  const total = result.reduce((sum, entry) => sum + entry.position, 0);",
  "  // Ties keep their order, so that pages stay stable.",
  "  result.sort((left, right) => left.position - right.position);",
];

/** Words for a prompt that offers none. */
export const commonWords: readonly string[] = ["invoice", "delivery", "account", "schedule", "contract", "report"];
