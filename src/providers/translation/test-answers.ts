import * as fc from "fast-check";
import type { Answer, Part, ReasoningPart, TextPart, ToolCallPart } from "../../spec/conversation.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import type { Concept, Says } from "./concepts.ts";
import { type Usage, unknownUsage } from "../../spec/usage.ts";
import { word, record, assistantParts, textArbitrary, type Shape } from "./test-parts.ts";

function usageArbitrary(shape: Shape): fc.Arbitrary<Usage> {
  const classes = shape.tokenClasses ?? ["input", "cacheRead", "output", "reasoning"];
  const counts = Object.fromEntries(classes.map((name) => [name, fc.nat(100_000)]));
  const tokens = fc.record(
    { ...counts, input: fc.nat(100_000), output: fc.nat(100_000) },
    {
      requiredKeys: ["input", "output"],
      noNullPrototype: true,
    },
  ) as fc.Arbitrary<Usage["tokens"]>;
  const counted = tokens.map((classesOf): Usage => ({ source: "provider", tokens: classesOf }));
  return fc.oneof({ weight: 4, arbitrary: counted }, fc.constant(unknownUsage));
}

/** Whole answers within what a dialect says. The reason to finish fits the parts. */
export function answerArbitrary(says: Says, shape: Shape = {}): fc.Arbitrary<Answer> {
  const can = (concept: Concept): boolean => says[concept] !== undefined;
  return record({
    id: can("id") ? word : fc.constant(""),
    model: can("served-model") ? word : fc.constant(""),
    createdAtS: can("created-at") ? fc.nat(2_000_000_000) : fc.constant(null),
    parts: assistantParts(says, shape, 1).map((parts) => parts.map(withoutCache)),
    finish: fc.constantFrom(...(shape.finishes ?? (["stop", "stop", "length"] as const))),
    stopSequence: can("stop-sequence") ? fc.option(textArbitrary) : fc.constant(null),
    usage: can("usage") ? usageArbitrary(shape) : fc.constant(unknownUsage),
  }).map((answer): Answer => {
    const types = new Set(answer.parts.map(({ type }) => type));
    const finish = types.has("tool-call") ? "tool-calls" : types.has("refusal") ? "refusal" : answer.finish;
    return { ...answer, finish, stopSequence: finish === "stop" ? answer.stopSequence : null };
  });
}

/** Marks of caching stand in requests only. */
function withoutCache(part: Part): Part {
  if (!("cache" in part)) return part;
  const { cache: _cache, ...rest } = part;
  return rest;
}

/** An answer and the events of a stream that tells it. */
export interface StreamedAnswer {
  readonly answer: Answer;
  /** From `reply-start` to `reply-end`. The arguments of parallel calls are interleaved. */
  readonly events: readonly StreamEvent[];
}

/** Streams within what a dialect says: texts in pieces of any length, parallel calls interleaved. */
export function eventsArbitrary(says: Says, shape: Shape = {}): fc.Arbitrary<StreamedAnswer> {
  return fc
    .tuple(answerArbitrary(says, shape), fc.infiniteStream(fc.nat(5)))
    .map(([answer, choices]) => ({ answer, events: eventsOf(answer, () => Number(choices.next().value)) }));
}

function eventsOf(answer: Answer, choose: () => number): StreamEvent[] {
  const created = answer.createdAtS === null ? {} : { createdAtS: answer.createdAtS };
  const named = { responseId: answer.id || null, servedModel: answer.model || null };
  const events: StreamEvent[] = [{ type: "reply-start", ...named, ...created }];
  for (const part of answer.parts) {
    if (part.type === "text") events.push(...textEvents(part, choose));
    else if (part.type === "refusal")
      events.push(...pieces(part.text, choose).map((text): StreamEvent => ({ type: "refusal-delta", text })));
    else if (part.type === "reasoning") events.push(...reasoningEvents(part, choose));
  }
  events.push(
    ...callEvents(
      answer.parts.filter((part) => part.type === "tool-call"),
      choose,
    ),
  );
  const stopped = answer.stopSequence === null ? {} : { stopSequence: answer.stopSequence };
  events.push({ type: "finish", reason: answer.finish, ...stopped });
  if (answer.usage.source !== "unknown") events.push({ type: "usage-report", usage: answer.usage });
  return [...events, { type: "reply-end" }];
}

/** A text cut into pieces of 1 to 6 characters. */
function pieces(text: string, choose: () => number): string[] {
  const letters = [...text];
  const cut: string[] = [];
  while (letters.length > 0) cut.push(letters.splice(0, 1 + choose()).join(""));
  return cut;
}

function textEvents({ text, signature }: TextPart, choose: () => number): StreamEvent[] {
  const cut = pieces(text, choose);
  return cut.map((piece, index) => {
    const signed = signature !== undefined && index === cut.length - 1 ? { signature } : {};
    return { type: "text-delta", text: piece, ...signed };
  });
}

function reasoningEvents({ text, signature, redacted, id }: ReasoningPart, choose: () => number): StreamEvent[] {
  const deltas = pieces(text, choose).map((piece): StreamEvent => ({ type: "reasoning-delta", text: piece }));
  return [...deltas, { type: "reasoning-end", signature, redacted, id }];
}

function callEvents(calls: readonly ToolCallPart[], choose: () => number): StreamEvent[] {
  const queues = calls.map(({ id, name, argumentsText: text, signature }, index): StreamEvent[] => [
    { type: "tool-call-start", index, id, name, ...(signature === undefined ? {} : { signature }) },
    ...pieces(text, choose).map((piece): StreamEvent => ({ type: "tool-call-delta", index, argumentsText: piece })),
  ]);
  // The calls start in their order; after that any of them may go on.
  const events = choose() % 2 === 0 ? queues.flatMap((queue) => queue.splice(0, 1)) : [];
  while (queues.some((queue) => queue.length > 0)) {
    const waiting = queues.filter((queue) => queue.length > 0);
    const started = waiting.filter((queue) => queue[0]?.type === "tool-call-delta");
    const from = started.length === 0 ? waiting.slice(0, 1) : started;
    const next = from[choose() % from.length]?.shift();
    if (next !== undefined) events.push(next);
  }
  return events;
}
