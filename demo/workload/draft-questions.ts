import { articleKinds, handbookInstructions, helpInstructions, type ArticleKind } from "./data/articles.ts";
import { drawAnew, drawFacts } from "./draw-facts.ts";
import { fillTemplate, type Facts } from "./fill-template.ts";
import { shortShare, targetLetters } from "./prompt-sizes.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { ClusterDraft, Prompt } from "./workload-row.ts";

/** Slots that titles and questions share. */
const namedInQuestions = ["product", "city", "firm"];

interface Article {
  readonly kind: ArticleKind;
  readonly facts: Facts;
  readonly text: string;
}

function writeArticle(kind: ArticleKind, random: SeededRandom): Article {
  const facts = drawFacts(random);
  const number = random.integer(100, 9_999);
  // What a question names must be what the title names; every other figure is its own.
  const figures = drawAnew(random, facts, namedInQuestions);
  const text = `[${number}] ${fillTemplate(kind.title, facts)}\n${fillTemplate(kind.body, figures)}`;
  return { kind, facts, text };
}

/** A retrieved context: the article with the answer among others, near ones included, up to about `letters` letters. */
function retrieve(target: Article, random: SeededRandom, letters: number): string {
  const articles = [target.text];
  let size = target.text.length;
  while (size < letters) {
    const other = writeArticle(random.pick(articleKinds), random);
    if (size + other.text.length / 2 > letters) break;
    articles.push(other.text);
    size += other.text.length;
  }
  return random.shuffle(articles).join("\n\n");
}

/** A question with its retrieved articles and `wordings - 1` other ways of asking it. The articles stay the same. */
export function draftQuestion(feature: string, random: SeededRandom, wordings: number): ClusterDraft {
  const isShort = random.unit() < shortShare.qa;
  const target = writeArticle(random.pick(articleKinds), random);
  const instructions = feature === "help-centre" ? helpInstructions : handbookInstructions;
  const letters = targetLetters.qa[isShort ? "short" : "long"] - instructions.length;
  const system = `${instructions}\n\n${retrieve(target, random, letters)}`;
  const questions = random.shuffle(random.pick(target.kind.questions)).slice(0, wordings);
  const prompts = questions.map((question): Prompt => ({ system, user: fillTemplate(question, target.facts) }));
  return { feature, expectedRoute: isShort ? "cheap" : "as-asked", prompts: prompts as [Prompt, ...Prompt[]] };
}
