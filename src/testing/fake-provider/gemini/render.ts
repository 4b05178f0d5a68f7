import { idText } from "../id-text.ts";
import { toolCallOverhead, type Answer, type AnswerBlock } from "../plan-answer.ts";
import type { Piece } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { thinkingSummary } from "../thinking-summary.ts";
import { googleJson } from "./google-fields.ts";
import { usageMetadata, type GeminiReply } from "./render-usage.ts";
import { signatureFor } from "./signatures.ts";

/** `finishReason` in Google's words: calls of functions end with STOP, too. */
function finishReason(answer: Answer): string {
  return answer.finish === "length" ? "MAX_TOKENS" : "STOP";
}

/** Arguments that the limit cut apart are no JSON any more; the API then shows none. */
function argsOf(block: AnswerBlock): unknown {
  try {
    return JSON.parse(block.pieces.join(""));
  } catch {
    return {};
  }
}

/** A call; models of the third generation on give it an id. */
function callPart(reply: GeminiReply, block: AnswerBlock, index: number): object {
  const { traits, thinking } = reply.question;
  const id =
    traits.generation >= 3 ? { id: idText("", 16, reply.setting.seed + index, reply.setting.number, true) } : {};
  // Of parallel calls the first one carries the signature.
  const signs = index === 0 && (thinking.signs || thinking.weight > 0);
  const signature = signs ? { thoughtSignature: signatureFor(reply.setting, index) } : {};
  return { functionCall: { name: block.toolName, args: argsOf(block), ...id }, ...signature };
}

function thoughtPart(text: string): object {
  return { text, thought: true };
}

/** The signature of an answer in words. */
function textSignature(reply: GeminiReply): object {
  return reply.question.thinking.signs ? { thoughtSignature: signatureFor(reply.setting, 0) } : {};
}

function partsOf(reply: GeminiReply, answer: Answer): readonly object[] {
  const shown =
    reply.question.thinking.shows && answer.reasoningTokens > 0 ? [thoughtPart(thinkingSummary.join(""))] : [];
  const parts = answer.blocks.map((block, index) =>
    block.type === "text" ? { text: block.pieces.join(""), ...textSignature(reply) } : callPart(reply, block, index),
  );
  return [...shown, ...parts];
}

/** A candidate; `parts` is missing where there are none. */
function candidate(index: number, parts: readonly object[], finish: string | null): object {
  return {
    content: { ...(parts.length === 0 ? {} : { parts }), role: "model" },
    ...(finish === null ? {} : { finishReason: finish }),
    index,
  };
}

/** One response object: the whole answer, or a chunk of a stream. */
function responseOf(reply: GeminiReply, candidates: readonly object[], candidatesTokens: number): object {
  return {
    candidates,
    ...(reply.behaviour.noUsage === true ? {} : { usageMetadata: usageMetadata(reply, candidatesTokens) }),
    modelVersion: reply.question.model.snapshot,
    responseId: reply.id,
  };
}

function spoiled(reply: GeminiReply, json: string): string {
  return reply.behaviour.badUsage === undefined ? json : spoilUsage(json, reply.behaviour.badUsage);
}

/** A whole `GenerateContentResponse` (ai.google.dev/api/generate-content). */
export function renderWhole(reply: GeminiReply): string {
  const candidates = reply.answers.map((answer, index) =>
    candidate(index, partsOf(reply, answer), finishReason(answer)),
  );
  const tokens = reply.answers.reduce((sum, answer) => sum + answer.outputTokens, 0);
  return `${spoiled(reply, JSON.stringify(responseOf(reply, candidates, tokens), null, 2))}\n`;
}

/** A chunk before framing. */
interface Chunk {
  readonly index: number;
  readonly parts: readonly object[];
  /** Tokens of the answer in it, and of the thinking that ended with it. */
  readonly tokens: number;
  readonly thoughts: number;
  readonly finish: string | null;
}

/** Words of a text in a chunk: Google sends few and large ones. */
const chunkTokens = 12;

/** The chunks of one candidate: thoughts, text in groups of words, each call whole, and the signature of a text at last. */
function chunksOf(reply: GeminiReply, answer: Answer, index: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const push = (parts: readonly object[], tokens: number, thoughts = 0): void => {
    chunks.push({ index, parts, tokens, thoughts, finish: null });
  };
  let thoughts = answer.reasoningTokens;
  if (thoughts > 0 && reply.question.thinking.shows) {
    push([thoughtPart(thinkingSummary.join(""))], 0, thoughts);
    thoughts = 0;
  }
  for (const [at, block] of answer.blocks.entries()) {
    if (block.type === "tool-call") push([callPart(reply, block, at)], block.pieces.length + toolCallOverhead);
    for (let from = 0; block.type === "text" && from < block.pieces.length; from += chunkTokens) {
      const pieces = block.pieces.slice(from, from + chunkTokens);
      push([{ text: pieces.join("") }], pieces.length);
    }
  }
  const signature = textSignature(reply);
  const isText = answer.blocks.some((block) => block.type === "text");
  if (isText && Object.keys(signature).length > 0) push([{ text: "", ...signature }], 0);
  if (chunks.length === 0) push([], 0);
  return chunks.map((chunk, at) => ({
    ...chunk,
    thoughts: at === 0 ? chunk.thoughts + thoughts : chunk.thoughts,
    finish: at === chunks.length - 1 ? finishReason(answer) : null,
  }));
}

/** How chunks stand on the wire. */
interface Framing {
  /** What stands around the chunk at a position. */
  frame(json: object, at: number): string;
  /** What ends the stream. */
  readonly end: string;
}

/** `alt=sse`: one line of data a chunk, and no sign at the end. */
export const eventFraming: Framing = { frame: (json) => `data: ${googleJson(json)}\r\n\r\n`, end: "" };

/** Without it: one JSON array, whose elements come one by one. */
export const arrayFraming: Framing = {
  frame: (json, at) => `${at === 0 ? "[" : ",\r\n"}${JSON.stringify(json, null, 2)}\n`,
  end: "]\n",
};

/** The chunks of a stream. Each carries the counts of its moment; those of the last one are final. */
export function renderStream(reply: GeminiReply, framing: Framing): readonly Piece[] {
  const chunks = reply.answers.flatMap((answer, index) => chunksOf(reply, answer, index));
  const pieces: Piece[] = [];
  let tokens = 0;
  let generated = 0;
  for (const [at, { index, parts, tokens: more, thoughts, finish }] of chunks.entries()) {
    tokens += more;
    generated += more + thoughts;
    const json = responseOf(reply, [candidate(index, parts, finish)], tokens);
    const text = spoiled(reply, framing.frame(json, at));
    const isLast = at === chunks.length - 1;
    pieces.push({ text, generated, isContent: more > 0, isUsage: isLast && reply.behaviour.noUsage !== true });
  }
  if (framing.end !== "") pieces.push({ text: framing.end, generated, isContent: false, isUsage: false });
  return pieces;
}
