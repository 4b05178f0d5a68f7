import type { Random } from "../../spec/clock.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { guessKind, promptWords, writeAnswer } from "./answer-text.ts";
import type { AnswerLength } from "./model-lengths.ts";
import { SchemaSampler } from "./json-from-schema.ts";
import { splitTokens } from "./token-scan.ts";

/** A tool that the caller offers. */
export interface ToolOffer {
  readonly name: string;
  readonly schema: unknown;
}

/** A request as far as an answer depends on it, free of the wire format. */
export interface Question {
  /** Last text of the user. */
  readonly prompt: string;
  readonly system: string;
  /** From the hash of everything the model reads, and the provider's own seed. */
  readonly seed: number;
  readonly lettersPerToken: number;
  readonly length: AnswerLength;
  /** Upper bound for reasoning and visible tokens together; null: none. */
  readonly outputTokensMax: number | null;
  readonly stop: readonly string[];
  readonly tools: readonly ToolOffer[];
  /** `named` forces `toolName`. */
  readonly toolMode: "none" | "auto" | "required" | "named";
  readonly toolName: string | null;
  readonly parallelTools: boolean;
  /** The last message is a tool's result, so that text is due. */
  readonly afterTool: boolean;
  /** JSON schema that the answer has to follow. */
  readonly schema: unknown;
  /** JSON without a schema. */
  readonly anyJson: boolean;
  /** 0: does not reason. Otherwise how much: 1 low, 2 medium, 4 high. */
  readonly reasoningWeight: number;
}

/** A part of an answer, in its tokens. */
export interface AnswerBlock {
  readonly type: "text" | "tool-call";
  /** Of a tool call. */
  readonly toolName: string;
  /** The text, or the JSON text of the arguments, token by token. */
  readonly pieces: readonly string[];
}

/** One answer, in full before the first byte leaves. */
export interface Answer {
  /** Tokens thought, not shown. Comes in steps of 64, as OpenAI reports it. */
  readonly reasoningTokens: number;
  readonly blocks: readonly AnswerBlock[];
  /** Visible tokens: of all blocks. */
  readonly outputTokens: number;
  readonly finish: "stop" | "length" | "tool-calls" | "stop-sequence";
  readonly stopSequence: string | null;
}

/** Tokens that a tool call costs beside its arguments. */
export const toolCallOverhead = 4;

/** The tools to call: forced, or hinted at because the prompt holds the tool's name or says to use a tool. */
function chooseTools(question: Question, random: Random): readonly ToolOffer[] {
  const { tools, toolMode } = question;
  if (tools.length === 0 || toolMode === "none") return [];
  if (toolMode === "named") return tools.filter((tool) => tool.name === question.toolName).slice(0, 1);
  const prompt = question.prompt.toLowerCase();
  const named = tools.filter((tool) => {
    const name = tool.name.toLowerCase();
    return prompt.includes(name) || prompt.includes(name.replaceAll("_", " "));
  });
  const hinted = named.length > 0 || /\b(use|call) (a|the|both|your) tools?\b/.test(prompt);
  if (toolMode === "auto" && (!hinted || question.afterTool)) return [];
  const first = named.length > 0 ? named : [tools[Math.floor(random() * tools.length)] ?? tools[0]];
  const calls = first.filter((tool) => tool !== undefined);
  if (!question.parallelTools) return calls.slice(0, 1);
  // One tool, two things: `the weather in Paris and Rome`, `both`, `in parallel`.
  const [only] = calls;
  const twice =
    calls.length === 1 &&
    only !== undefined &&
    /\bboth\b|\bin parallel\b|\b[A-Z]\w+ and [A-Z]\w+/.test(question.prompt);
  return (twice ? [only, only] : calls).slice(0, 8);
}

function reasoningTokensOf(weight: number, random: Random): number {
  return weight === 0 ? 0 : 64 * (1 + Math.floor(random() * 4 * weight));
}

function textOf(question: Question, random: Random): string {
  if (question.schema !== null) {
    return JSON.stringify(new SchemaSampler(question.schema, promptWords(question.prompt), random).sample());
  }
  const kind = question.anyJson ? "extraction" : guessKind(question.prompt, question.system);
  return writeAnswer(kind, question.prompt, question.system, question.length, random);
}

/** The text up to the first stop sequence, and which one it was. */
function cutAtStop(text: string, stop: readonly string[]): readonly [string, string | null] {
  let best = -1;
  let matched: string | null = null;
  for (const sequence of stop) {
    const at = sequence === "" ? -1 : text.indexOf(sequence);
    if (at >= 0 && (best < 0 || at < best)) [best, matched] = [at, sequence];
  }
  return best < 0 ? [text, null] : [text.slice(0, best), matched];
}

/** Keeps the first `budget` tokens of the blocks. */
function cutToBudget(blocks: readonly AnswerBlock[], budget: number): readonly AnswerBlock[] {
  const kept: AnswerBlock[] = [];
  let left = budget;
  for (const block of blocks) {
    const overhead = block.type === "tool-call" ? toolCallOverhead : 0;
    if (left - overhead <= 0) break;
    left -= overhead;
    kept.push({ ...block, pieces: block.pieces.slice(0, left) });
    left -= Math.min(left, block.pieces.length);
  }
  return kept;
}

function tokensOf(blocks: readonly AnswerBlock[]): number {
  let tokens = 0;
  for (const block of blocks) tokens += block.pieces.length + (block.type === "tool-call" ? toolCallOverhead : 0);
  return tokens;
}

/**
 * Decides the whole answer. A pure function: the same question and choice give the same answer.
 *
 * @param choice index of the alternative, for `n` above 1.
 */
export function planAnswer(question: Question, choice: number): Answer {
  const random = createSeededRandom(question.seed + Math.imul(choice, 0x9e3779b1));
  const reasoning = reasoningTokensOf(question.reasoningWeight, random);
  const calls = chooseTools(question, random);
  let blocks: readonly AnswerBlock[];
  let stopSequence: string | null = null;
  if (calls.length > 0) {
    const words = promptWords(question.prompt);
    blocks = calls.map((tool) => {
      const text = JSON.stringify(new SchemaSampler(tool.schema, words, random).sample() ?? {});
      return { type: "tool-call", toolName: tool.name, pieces: splitTokens(text, question.lettersPerToken) };
    });
  } else {
    const [text, matched] = cutAtStop(textOf(question, random), question.stop);
    stopSequence = matched;
    blocks = [{ type: "text", toolName: "", pieces: splitTokens(text, question.lettersPerToken) }];
  }
  const wanted = reasoning + tokensOf(blocks);
  const most = question.outputTokensMax ?? Infinity;
  if (wanted <= most) {
    const finish = calls.length > 0 ? "tool-calls" : stopSequence === null ? "stop" : "stop-sequence";
    return { reasoningTokens: reasoning, blocks, outputTokens: wanted - reasoning, finish, stopSequence };
  }
  const reasoningTokens = Math.min(reasoning, most);
  const kept = cutToBudget(blocks, most - reasoningTokens);
  // A call's overhead may not fit any more; what was generated is what is billed.
  return { reasoningTokens, blocks: kept, outputTokens: tokensOf(kept), finish: "length", stopSequence: null };
}

/** The filling of a huge answer: one token of 16 KiB. */
const hugePiece = "lorem ipsum dolor sit amet ".repeat(607).slice(0, 16 * 1_024);

/** Puts at least `mebibytes` of text in the place of the answer's own; each 16 KiB count as one token. 0 changes nothing. */
export function inflateAnswer(answer: Answer, mebibytes: number): Answer {
  if (mebibytes === 0) return answer;
  const pieces = Array.from({ length: mebibytes * 64 }, () => hugePiece);
  return { ...answer, blocks: [{ type: "text", toolName: "", pieces }], outputTokens: pieces.length, finish: "stop" };
}
