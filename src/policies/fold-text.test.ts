import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "./fold-text.ts";
import { contractions, greetings } from "./fold-words.ts";

describe("texts that ask the same have one form", () => {
  it.each([
    ["What is a farthing?", "what is a farthing"],
    ["  what   is a\tfarthing ".replace("\t", "\u{a0}"), "what is a farthing"],
    ["WHAT is a farthing", "WHAT is a farthing"],
    ["Hello, what's a farthing?? Thanks!", "what is a farthing"],
    ["Good morning!\nWhat is a farthing, please?", "what is a farthing"],
    ["Hi. Hello, please: tell me what it is", "tell me what it is"],
    ["I can’t open the door.", "i cannot open the door"],
    ["Tell me of the ﬁve towns!", "tell me of the five towns"],
    ["Give me 5 % of the 20.50", "give me 5 % of the 20.50"],
    ["Was kostet das Haus.", "Was kostet das Haus"],
  ])("%j", (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });
});

describe("what means something stays", () => {
  it.each([
    ["It rains?", "It rains."],
    ["What is 5!", "What is 5"],
    ["what is n! of the row", "what is n of the row"],
    ["How far is the US", "How far is the us"],
    ["What is the Polish word", "What is the polish word"],
    ["Haben Sie Zeit", "Haben sie Zeit"],
    ["ISPARTA nerede", "isparta nerede"],
    ["Open the door", "Do not open the door"],
    ["It rains? Thanks", "It rains. Thanks"],
    ["Hello Kitty and the cat", "Kitty and the cat"],
    ["How to say please", "How to say"],
    ["Finish the sentence: the cat...", "Finish the sentence: the cat"],
    ["What of the lines\none\ntwo", "What of the lines one two"],
    ["Give me 1 000", "Give me 1000"],
  ])("%j is not %j", (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });
});

describe("texts that are compared exactly", () => {
  it.each([
    ["code", "What does `x` do?"],
    ["operators", "What is 5 + 3?"],
    ["a comparison", "When is a < b?"],
    ["a quotation", 'Who said "I am"?'],
    ["a quotation in apostrophes", "Who said 'I am'?"],
    ["an address", "What is at https://example.com"],
    ["a host", "What is example.com"],
    ["a person's address", "Write to the a@b.example"],
    ["a path", "What is in the /etc/hosts"],
    ["an id", "Show the order A17"],
    ["an id with a dash", "Show the order ab-17"],
    ["an option", "What does the -v mean"],
    ["a variable", "What is my_value"],
    ["numbers in another script's dress", "What is x²"],
    ["full-width digits", "What is the １２"],
    ["a long text", "the ".repeat(126)],
    ["nothing", " ?! "],
  ])("%s", (_name, text) => {
    expect(foldText(text)).toBeNull();
  });
});

const negation = /\b(?:not|never|no|none|nor|cannot)\b|n['’]t\b/gi;
const digits = /\p{N}/gu;
const marks = /[-+*/=<>%^&|~€$£]/g;
const found = (text: string, pattern: RegExp): string => (text.match(pattern) ?? []).join("");
const words = fc.constantFrom(
  "What",
  "the",
  "is",
  "US",
  "not",
  "never",
  "no",
  "Polish",
  "12",
  "3.5",
  "5!",
  "%",
  "&",
  "-",
  "farthing",
  "Tell",
  "?",
  "!",
  ".",
  "...",
  ",",
  "\n",
  "thanks",
  "Please,",
  "hello",
  "naïve",
  "Straße",
  "İ",
  "ﬁ",
  "½",
  "１",
  "a+b",
  "’",
  ...contractions.keys(),
  ...greetings,
);
const text = fc.oneof(
  fc
    .array(words, { maxLength: 12 })
    .chain((list) =>
      fc
        .array(fc.constantFrom(" ", "  ", "", "\u{a0}", ", ", ". "), { minLength: list.length, maxLength: list.length })
        .map((gaps) => list.map((word, index) => word + (gaps[index] ?? "")).join("")),
    ),
  fc.string({ unit: "grapheme" }),
);

describe("for any text", () => {
  it("folding what is folded changes nothing", () => {
    fc.assert(
      fc.property(text, (given) => {
        const folded = foldText(given);
        fc.pre(folded !== null);
        expect(foldText(folded)).toBe(folded);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it("digits, signs and negations stay", () => {
    fc.assert(
      fc.property(text, (given) => {
        const folded = foldText(given);
        fc.pre(folded !== null);
        expect(found(folded, digits)).toBe(found(given, digits));
        expect(found(folded, marks)).toBe(found(given, marks));
        expect((folded.match(negation) ?? []).length).toBe((given.normalize("NFKC").match(negation) ?? []).length);
      }),
      { seed: 8, numRuns: 2_000 },
    );
  });
});
