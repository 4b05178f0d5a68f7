import type { Random } from "../../spec/clock.ts";
import type { AnswerLength } from "./model-lengths.ts";
import { answerTokens, codeLines, commonLabels, commonWords, sentences, type AnswerKind } from "./sentence-bank.ts";
import { countTokens } from "./token-scan.ts";

/** Longest part of a prompt that is looked at to find out what it asks; the rest still counts and still seeds. */
const lookedAtLength = 1_200;

const kindPatterns: readonly (readonly [AnswerKind, RegExp])[] = [
  ["label", /\b(classif|categori[sz]e|sentiment|label (this|the|each)|one word|which (category|label)|moderat)/i],
  ["extraction", /\b(extract|as json|in json|json object|return json)\b/i],
  ["summary", /\b(summar|tl;?dr|key points|abstract of|condense)/i],
  ["code", /```|\b(typescript|javascript|python|function|refactor|unit test|implement|regex|sql)\b/i],
  ["review", /\b(clause|contract|compliance|legal|liabilit|gdpr|agreement)\b/i],
  ["question", /\?|\b(what|how|when|where|why|which|who|explain|answer)\b/i],
];

/** What the prompt asks for, by its words: first pattern that fits, in the order label, extraction, summary, code, review, question. */
export function guessKind(prompt: string, system: string): AnswerKind {
  const head = prompt.slice(0, lookedAtLength / 2);
  const tail = prompt.length > lookedAtLength / 2 ? prompt.slice(-lookedAtLength / 2) : "";
  const asked = `${system.slice(0, lookedAtLength / 2)}\n${head}\n${tail}`;
  for (const [kind, pattern] of kindPatterns) if (pattern.test(asked)) return kind;
  return "chat";
}

/** Any element of a list that is not empty. */
export function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** Words of the prompt that an answer may repeat, so that it seems to be about it. */
export function promptWords(prompt: string): readonly string[] {
  const words = prompt.slice(0, lookedAtLength).match(/\b[a-z]{5,12}\b/g);
  const own = [...new Set(words)].slice(0, 24);
  return own.length < 4 ? [...own, ...commonWords] : own;
}

/** One of the labels that the prompt lists (`one of: a, b, c`), or a common one. */
function chooseLabel(prompt: string, random: Random): string {
  const list =
    /\b(?:one of|labels?|categories|classes|options|choose from|either)\b[^:\n]{0,40}:?\s+([^\n.]{3,240})/i.exec(
      prompt.slice(0, 4_000),
    )?.[1];
  const labels = (list ?? "")
    .split(/,|\/|\||;|\bor\b|\band\b/)
    .map((label) => label.trim().replace(/^["'`([]+|["'`)\]]+$/g, ""))
    .filter((label) => /^[\w -]{1,30}$/.test(label) && label.split(" ").length <= 3);
  return pick(labels.length >= 2 ? labels : commonLabels, random);
}

function fill(template: string, words: readonly string[], random: Random): string {
  return template.replace(/\{[wn]\}/g, (slot) =>
    slot === "{w}" ? pick(words, random) : String(2 + Math.floor(random() * 88)),
  );
}

function writeCode(words: readonly string[], tokens: number, lettersPerToken: number, random: Random): string {
  const name = pick(words, random);
  const type = name.slice(0, 1).toUpperCase() + name.slice(1);
  let text = `\`\`\`typescript\nexport function order${type}(${name}s: readonly ${type}[]): ${type}[] {\n  const result: ${type}[] = [];\n`;
  while (countTokens(text, lettersPerToken) < tokens - 40) text += `${fill(pick(codeLines, random), [name], random)}\n`;
  return `${text}  return result;\n}\n\`\`\`\n\nIt walks the list once; empty input gives an empty result.`;
}

/** A plausible JSON object for prompts that ask for JSON without a schema. */
function writeObject(words: readonly string[], random: Random): string {
  const fields = [0, 1, 2, 3].map((index) => [`${pick(words, random)}_${index}`, pick(words, random)] as const);
  return JSON.stringify({
    ...Object.fromEntries(fields),
    total: Math.floor(random() * 900),
    confirmed: random() < 0.5,
  });
}

/** Text of an answer. The same arguments and random source give the same text. Labels and objects have their own length. */
export function writeAnswer(
  kind: AnswerKind,
  prompt: string,
  system: string,
  { factor, lettersPerToken }: AnswerLength,
  random: Random,
): string {
  if (kind === "label") return chooseLabel(`${prompt}\n${system}`, random);
  const words = promptWords(prompt);
  if (kind === "extraction") return writeObject(words, random);
  const [shortest, longest] = answerTokens[kind];
  const tokens = Math.round(factor * (shortest + Math.floor(random() * (longest - shortest))));
  if (kind === "code") return writeCode(words, tokens, lettersPerToken, random);
  const bank = sentences[kind];
  let text = "";
  for (let written = 0, sentence = 0; written < tokens; sentence++) {
    const next = fill(pick(bank, random), words, random);
    const joint = text === "" ? "" : sentence % 4 === 0 ? "\n\n" : " ";
    text += joint + next;
    written += countTokens(next, lettersPerToken) + (joint === "\n\n" ? 1 : 0);
  }
  return text;
}
