import { askingWords, closings, contractions, englishWords, greetings, wordsByCapital } from "./fold-words.ts";

/** Longer texts are hardly ever said twice in other words; looking at them would only cost. Characters. */
const charactersMax = 500;
/** Rounds of leaving out until nothing more goes; who greets more often is not folded. */
const roundsMax = 8;

/** All that a foldable text consists of. Quotes, brackets, operators and the marks of code, paths and addresses are not among it. */
const plainText = /^[\p{L}\p{M}\p{N}\p{Zs}\n.,:;!?'’\-–—%€$£&¿¡،。、！？]*$/u;
/** A quotation between apostrophes, an address, a name of a file or host, a word with an option's dash: all exact. */
const exactThings =
  /(?:^|[^\p{L}])['’]|['’](?:$|[^\p{L}])|\p{L}[.:]\p{L}|www\.|(?:^|\s)-\S|:\S|\p{L}-?\p{N}|\p{N}-?\p{L}/u;
/** Numbers of any script and kind. */
const numbers = /\p{N}/gu;
const ascii = /^[\n -~’–—€£]*$/;
const wordPattern = /[A-Za-z]+(?:'[A-Za-z]+)*/g;
const firstWord = /^[a-z]+/i;

const somethingSaid = /[\p{L}\p{N}]/u;
/** What an exclamation mark may stand behind: a word, not a number or a variable. */
const cry = /\p{L}{2}$|\?$/u;

const opening = new RegExp(`^(?:${byLength(greetings)})\\s*(?:[,.!:;–—]+\\s*|\\n)(?=\\S)`, "i");
const closing = new RegExp(`(?:([.!?]+)|[,;–—]|\\n)\\s*(?:${byLength(closings)})[.!]*$`, "i");

/**
 * One text for texts that ask the same in slightly other letters: Unicode's compatible forms (NFKC), white space, end
 * marks, and of English ones case, contractions, greetings and thanks. Digits stay as they are, negations stay negations.
 * Pure and idempotent.
 *
 * @returns null for a text that has to be compared exactly: one with code, quotations, addresses, paths, ids or
 *   operators, a long one, one of which nothing would be left.
 */
export function foldText(text: string): string | null {
  if (text.length > charactersMax) return null;
  const composed = text.normalize("NFKC");
  if (!plainText.test(composed) || numbersOf(composed) !== numbersOf(text)) return null;
  const spaced = withPlainSpaces(composed);
  if (exactThings.test(spaced)) return null;
  const folded = isEnglish(spaced) ? foldEnglish(spaced) : withoutEndMarks(spaced);
  return folded !== null && somethingSaid.test(folded) ? folded : null;
}

function numbersOf(text: string): string {
  return (text.match(numbers) ?? []).join("");
}

/** One space for many, one line break for many; lines stay lines. */
function withPlainSpaces(text: string): string {
  return text
    .replaceAll("’", "'")
    .replaceAll(/\p{Zs}+/gu, " ")
    .replaceAll(/ ?\n[ \n]*/g, "\n")
    .trim();
}

function isEnglish(text: string): boolean {
  if (!ascii.test(text)) return false;
  return wordsOf(text).some((word) => englishWords.has(word.toLowerCase()) || contractions.has(word.toLowerCase()));
}

function wordsOf(text: string): readonly string[] {
  return text.match(wordPattern) ?? [];
}

function foldEnglish(text: string): string | null {
  let folded = text.replaceAll(wordPattern, foldWord);
  for (let round = 0; round < roundsMax; round++) {
    const before = folded;
    folded = withoutEndMarks(folded.replace(opening, "").replace(closing, "$1").trim());
    if (folded === before) return folded;
  }
  return null;
}

/** A word in small letters and in full, but for names by their capitals: abbreviations (`US`), brands (`iPhone`), `Polish`. */
function foldWord(word: string): string {
  const small = word.toLowerCase();
  const isPlain = word === small || word.slice(1) === small.slice(1);
  if (!isPlain || wordsByCapital.has(small)) return word;
  return contractions.get(small) ?? small;
}

/**
 * Without the full stops and exclamation marks at its end. A question mark goes only from a text whose first word asks:
 * `It rains?` is not `It rains.`
 */
function withoutEndMarks(text: string): string {
  const asks = askingWords.has(firstWord.exec(text)?.[0].toLowerCase() ?? "");
  const marks = /[\s.!?]*$/.exec(text)?.[0] ?? "";
  const bare = text.slice(0, text.length - marks.length);
  // Three dots leave something unsaid, and `5!` and `n!` are no cries.
  if (marks.includes("..") || (marks.includes("!") && !cry.test(bare))) return text;
  if (!marks.includes("?") || (asks && !bare.includes("?"))) return bare;
  return `${bare}?`;
}

/** Alternatives of a pattern, the longest first. */
function byLength(phrases: readonly string[]): string {
  return phrases.toSorted((one, other) => other.length - one.length).join("|");
}
