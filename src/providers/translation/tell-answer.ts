import type { Answer, Part } from "../../spec/conversation.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { inputTokenClasses, type Usage } from "../../spec/usage.ts";

/** A piece ends where its word does, but no more than this many characters later. */
const wordCharactersMax = 16;
/** Pieces of one text. Longer texts have longer pieces: each costs its writer and its readers some microseconds. */
const piecesMax = 64;

/** The events that tell an answer, `reply-end` left out. */
export interface ToldAnswer {
  /** What a provider knows before the model begins: who answers, and what was sent. */
  readonly start: readonly StreamEvent[];
  /** What to write at once: a piece of text, or a whole thought, whose id stands at its end and is written at its start. */
  readonly rest: readonly (readonly StreamEvent[])[];
}

/** Tells a whole answer as a stream would. */
export function tellAnswer(answer: Answer): ToldAnswer {
  const { id, model, createdAtS, finish, stopSequence, usage } = answer;
  const created = createdAtS === null ? {} : { createdAtS };
  const start: StreamEvent = { type: "reply-start", responseId: id || null, servedModel: model || null, ...created };
  const stopped = stopSequence === null ? {} : { stopSequence };
  const told = usage.source === "unknown" ? [] : [{ type: "usage-report", usage } as const];
  return {
    start: usage.source === "unknown" ? [start] : [start, { type: "usage-report", usage: inputOf(usage) }],
    rest: [...answer.parts.flatMap(batchesOf), [...told, { type: "finish", reason: finish, ...stopped }]],
  };
}

function inputOf(usage: Usage): Usage {
  const tokens: Partial<Record<(typeof inputTokenClasses)[number], number>> = {};
  for (const name of inputTokenClasses) if (usage.tokens[name] !== undefined) tokens[name] = usage.tokens[name];
  return { ...usage, tokens };
}

function batchesOf(part: Part, index: number): readonly (readonly StreamEvent[])[] {
  const events = eventsOf(part, index);
  return part.type === "reasoning" ? [events] : events.map((event) => [event]);
}

function eventsOf(part: Part, index: number): readonly StreamEvent[] {
  switch (part.type) {
    case "text":
      return textEvents(part.text, part.signature);
    case "refusal":
      return piecesOf(part.text).map((text) => ({ type: "refusal-delta", text }));
    case "reasoning": {
      const { text, signature, redacted, id } = part;
      const deltas = piecesOf(text).map((piece): StreamEvent => ({ type: "reasoning-delta", text: piece }));
      return [...deltas, { type: "reasoning-end", signature, redacted, id }];
    }
    case "tool-call": {
      const { id, name, argumentsText, signature } = part;
      const signed = signature === undefined ? {} : { signature };
      const deltas = piecesOf(argumentsText).map((piece): StreamEvent => ({
        type: "tool-call-delta",
        index,
        argumentsText: piece,
      }));
      return [{ type: "tool-call-start", index, id, name, ...signed }, ...deltas];
    }
    // Of questions only.
    default:
      return [];
  }
}

/** What proves a text stands on its last piece, also on an empty one. */
function textEvents(text: string, signature: string | undefined): readonly StreamEvent[] {
  const pieces = piecesOf(text);
  if (signature === undefined) return pieces.map((piece) => ({ type: "text-delta", text: piece }));
  const last = pieces.pop() ?? "";
  const before = pieces.map((piece): StreamEvent => ({ type: "text-delta", text: piece }));
  return [...before, { type: "text-delta", text: last, signature }];
}

/** The text in pieces as models write it: words with the space before them, and never half a character. */
function piecesOf(text: string): string[] {
  const space = /\s/g;
  const step = Math.max(1, Math.ceil(text.length / piecesMax));
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    space.lastIndex = start + step;
    const wordEnd = space.exec(text)?.index ?? text.length;
    let end = Math.min(wordEnd, start + step + wordCharactersMax);
    if (isSecondHalf(text.charCodeAt(end))) end++;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/** Of a character beyond the 65,536 of the basic plane. */
function isSecondHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
