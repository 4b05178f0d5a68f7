import * as fc from "fast-check";
import type { FinishReason } from "../../spec/attempt.ts";
import type {
  Answer,
  CacheMark,
  Conversation,
  DocumentPart,
  ImagePart,
  OutputFormat,
  Part,
  ReasoningPart,
  ReasoningWish,
  Settings,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  ToolSpec,
  Turn,
} from "../../spec/conversation.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { type TokenClass, type Usage, unknownUsage } from "../../spec/usage.ts";
import type { Concept, Says } from "./concepts.ts";

/*
 * Generated conversations, answers and streams that a dialect can say, for the laws of its codec:
 * read(write(conversation)) = conversation, and what is streamed = what is answered whole. They come in the form that
 * every dialect reads back unchanged: no empty texts, no two turns of one role after each other, tool results in a turn
 * of their own and in the order of their calls, thinking before texts before calls.
 */

/** Where a dialect wants less or more than the form that all have in common. */
export interface Shape {
  /** Settings that are always there, e.g. `outputTokensMax` where the dialect demands it. */
  readonly always?: readonly (keyof Settings)[];
  /** Texts that the dialect has for the setting; default `["low", "medium", "high"]`. */
  readonly efforts?: readonly string[];
  /** Default `["auto"]`. */
  readonly serviceTiers?: readonly string[];
  /** Every tool has a schema. Default: some have none. */
  readonly toolsHaveSchemas?: boolean;
  /** Every document has a name, where names can be said. */
  readonly documentsHaveNames?: boolean;
  /** Every piece of thinking has a signature or is redacted, where these can be said. */
  readonly reasoningIsSigned?: boolean;
  /** Every piece of thinking has an id, where ids can be said. */
  readonly reasoningHasId?: boolean;
  /** Classes of token in reported usage; default input, cacheRead, output, reasoning. Input and output are always there. */
  readonly tokenClasses?: readonly TokenClass[];
  /** Reasons for an answer without calls or refusal to finish; default stop and length. */
  readonly finishes?: readonly FinishReason[];
}

const awkward = ["data: [DONE]\n\n", 'a"b\\c', "\u2028<&>", "é🙂👩‍👩‍👧", "null", "{}", "\t \n.", "𐍈"];
/** A text of at least one character, sometimes an awkward one. */
export const textArbitrary: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }) },
  fc.constantFrom(...awkward),
);
const word: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const base64: fc.Arbitrary<string> = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const url: fc.Arbitrary<string> = word.map((name) => `https://media.example/${name}`);
const jsonObject: fc.Arbitrary<JsonObject> = fc.dictionary(
  word,
  fc.oneof(textArbitrary, fc.integer(), fc.boolean(), fc.constant(null), fc.array(word, { maxLength: 2 })),
  { maxKeys: 3, noNullPrototype: true },
);
const argumentsText: fc.Arbitrary<string> = jsonObject.map((value) => JSON.stringify(value));

/** Plain objects: those of fast-check may have no prototype, which only tests would see. */
function record<T extends object>(members: { [name in keyof T]: fc.Arbitrary<T[name]> }): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Members that may be there; none where the dialect cannot say the concept. */
function maybe<T extends object>(says: Says, concept: Concept, members: fc.Arbitrary<T>): fc.Arbitrary<Partial<T>> {
  return says[concept] === undefined ? fc.constant({}) : fc.oneof(fc.constant({}), members);
}

const cacheMark: fc.Arbitrary<{ cache: CacheMark }> = fc
  .constantFrom("5m" as const, "1h" as const, null)
  .map((lifetime) => ({ cache: { lifetime } }));

function textPart(says: Says, opaque: boolean): fc.Arbitrary<TextPart> {
  const signature = opaque ? maybe(says, "part-signature", record({ signature: base64 })) : fc.constant({});
  return fc
    .tuple(textArbitrary, maybe(says, "cache-mark", cacheMark), signature)
    .map(([text, cache, signed]): TextPart => ({ type: "text", text, ...cache, ...signed }));
}

function imagePart(says: Says): fc.Arbitrary<ImagePart> | null {
  const sources: fc.Arbitrary<ImagePart["source"]>[] = [];
  if (says["image-url"] !== undefined) sources.push(record({ kind: fc.constant("url" as const), url }));
  if (says["image-data"] !== undefined) {
    const mediaType = fc.constantFrom("image/png", "image/jpeg", "image/webp", "image/gif");
    sources.push(record({ kind: fc.constant("base64" as const), mediaType, data: base64 }));
  }
  if (sources.length === 0) return null;
  const detail = maybe(says, "image-detail", record({ detail: fc.constantFrom("low", "high", "auto") }));
  return fc
    .tuple(fc.oneof(...sources), detail, maybe(says, "cache-mark", cacheMark))
    .map(([source, seen, cache]): ImagePart => ({ type: "image", source, ...seen, ...cache }));
}

function documentPart(says: Says, shape: Shape): fc.Arbitrary<DocumentPart> | null {
  const sources: fc.Arbitrary<DocumentPart["source"]>[] = [];
  if (says["document-url"] !== undefined) sources.push(record({ kind: fc.constant("url" as const), url }));
  if (says["document-data"] !== undefined) {
    const mediaType = fc.constant("application/pdf");
    sources.push(record({ kind: fc.constant("base64" as const), mediaType, data: base64 }));
  }
  if (sources.length === 0) return null;
  const named = record({ name: word.map((name) => `${name}.pdf`) });
  const always = shape.documentsHaveNames === true && says["document-name"] !== undefined;
  return fc
    .tuple(
      fc.oneof(...sources),
      always ? named : maybe(says, "document-name", named),
      maybe(says, "cache-mark", cacheMark),
    )
    .map(([source, name, cache]): DocumentPart => ({ type: "document", source, ...name, ...cache }));
}

function userParts(says: Says, shape: Shape): fc.Arbitrary<Part[]> {
  const kinds: fc.Arbitrary<Part>[] = [textPart(says, false)];
  const image = imagePart(says);
  const document = documentPart(says, shape);
  if (image !== null) kinds.push(image);
  if (document !== null) kinds.push(document);
  if (says["audio"] !== undefined) {
    const format = fc.constantFrom("wav", "mp3");
    kinds.push(record({ type: fc.constant("audio" as const), data: base64, format }));
  }
  return fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 3 });
}

function orNull<T>(can: boolean, always: boolean | undefined, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  if (!can) return fc.constant(null);
  return always === true ? value : fc.option(value);
}

function reasoningPart(says: Says, shape: Shape): fc.Arbitrary<ReasoningPart> {
  const canSign = says["reasoning-signature"] !== undefined;
  const id = orNull(
    says["reasoning-id"] !== undefined,
    shape.reasoningHasId,
    // Not as our own writers make them up: those are told apart and left out.
    word.map((name) => `rs_0${name}`),
  );
  const shown = record({
    type: fc.constant("reasoning" as const),
    text: textArbitrary,
    signature: orNull(canSign, shape.reasoningIsSigned, base64),
    redacted: fc.constant(null),
    id,
  });
  if (says["reasoning-redacted"] === undefined) return shown;
  const hidden = record({
    type: fc.constant("reasoning" as const),
    text: fc.constant(""),
    signature: fc.constant(null),
    redacted: base64,
    id,
  });
  return fc.oneof({ weight: 2, arbitrary: shown }, hidden);
}

/** True for thinking that nothing but its text tells apart from what follows. */
function isPlain({ signature, redacted, id }: ReasoningPart): boolean {
  return signature === null && redacted === null && id === null;
}

/** Two plain pieces of thinking after each other read as one, so only one is plain. */
function reasoningParts(says: Says, shape: Shape): fc.Arbitrary<ReasoningPart[]> {
  if (says["reasoning"] === undefined) return fc.constant([]);
  return fc
    .array(reasoningPart(says, shape), { maxLength: 2 })
    .map((parts) => parts.filter((part, index) => !isPlain(part) || parts.findIndex(isPlain) === index));
}

function toolCalls(says: Says): fc.Arbitrary<ToolCallPart[]> {
  if (says["tool-call"] === undefined) return fc.constant([]);
  const signature = maybe(says, "part-signature", record({ signature: base64 }));
  const call = fc
    .tuple(word, argumentsText, signature)
    .map(([name, text, signed]): ToolCallPart => ({ type: "tool-call", id: "", name, argumentsText: text, ...signed }));
  return fc
    .tuple(fc.array(call, { maxLength: 2 }), word)
    .map(([calls, id]) => calls.map((part, index) => ({ ...part, id: `call_${id}_${index}` })));
}

function toolResult(says: Says, shape: Shape): fc.Arbitrary<Omit<ToolResultPart, "callId">> {
  const kinds: fc.Arbitrary<TextPart | ImagePart | DocumentPart>[] = [textPart(says, false)];
  if (says["tool-result-media"] !== undefined) {
    const image = imagePart(says);
    const document = documentPart(says, shape);
    if (image !== null) kinds.push(image);
    if (document !== null) kinds.push(document);
  }
  return fc
    .tuple(
      fc.array(fc.oneof(...kinds), { maxLength: 2 }),
      says["tool-result-error"] === undefined ? fc.constant(false) : fc.boolean(),
      maybe(says, "cache-mark", cacheMark),
    )
    .map(([parts, isError, cache]) => ({ type: "tool-result" as const, parts, isError, ...cache }));
}

function assistantParts(says: Says, shape: Shape, textsMax: number): fc.Arbitrary<Part[]> {
  const refusal = says["refusal"] === undefined ? fc.constant(null) : fc.option(textArbitrary, { freq: 4 });
  return fc
    .tuple(
      reasoningParts(says, shape),
      fc.array(textPart(says, true), { maxLength: textsMax }),
      refusal,
      toolCalls(says),
      textPart(says, true),
    )
    .map(([reasoning, texts, refused, calls, text]): Part[] => {
      // Who refuses says nothing else.
      if (refused !== null) return [...reasoning, { type: "refusal", text: refused }];
      const said = texts.length === 0 && calls.length === 0 ? [text] : texts;
      return [...reasoning, ...said, ...calls];
    });
}

/** A question, the answer, and the results of the tools it called. */
function exchange(says: Says, shape: Shape): fc.Arbitrary<Turn[]> {
  const name = maybe(says, "speaker-name", record({ name: word }));
  const results = fc.array(toolResult(says, shape), { minLength: 2, maxLength: 2 });
  const instruction: fc.Arbitrary<TextPart | null> =
    says["system-turn"] === undefined ? fc.constant(null) : fc.option(textPart(says, false), { freq: 4 });
  return fc
    .tuple(
      userParts(says, shape),
      name,
      assistantParts(says, shape, 2),
      name,
      results,
      instruction,
      textPart(says, true),
    )
    .map(([asked, asker, said, speaker, told, instructed, after]): Turn[] => {
      const turns: Turn[] = [{ role: "user", parts: asked, ...asker }];
      if (instructed !== null) turns.push({ role: "system", parts: [instructed] });
      turns.push({ role: "assistant", parts: said, ...speaker });
      const calls = said.filter((part) => part.type === "tool-call");
      if (calls.length === 0) return turns;
      const parts = calls.flatMap(({ id }, index): Part[] => {
        const result = told[index];
        return result === undefined ? [] : [{ ...result, callId: id }];
      });
      return [...turns, { role: "user", parts }, { role: "assistant", parts: [after] }];
    });
}

function toolSpecs(says: Says, shape: Shape): fc.Arbitrary<ToolSpec[]> {
  if (says["tools"] === undefined) return fc.constant([]);
  const schema = jsonObject.map((members): JsonObject => ({ type: "object", properties: {}, ...members }));
  const tool = fc
    .tuple(
      word,
      fc.option(textArbitrary),
      shape.toolsHaveSchemas === true ? schema : fc.option(schema),
      says["tool-strict"] === undefined ? fc.constant(null) : fc.option(fc.boolean()),
      maybe(says, "cache-mark", cacheMark),
    )
    .map(([name, description, parameters, strict, cache]): ToolSpec => {
      return { name, description, parameters, strict, ...cache };
    });
  return fc.uniqueArray(tool, { maxLength: 2, selector: ({ name }) => name });
}

function outputFormat(says: Says): fc.Arbitrary<OutputFormat> | null {
  const kinds: fc.Arbitrary<OutputFormat>[] = [];
  if (says["format-json"] !== undefined) kinds.push(fc.constant({ kind: "json" }));
  if (says["format-schema"] !== undefined) {
    const named = says["format-schema-name"] !== undefined;
    kinds.push(
      record({
        kind: fc.constant("json-schema" as const),
        name: named ? word : fc.constant(null),
        description: orNull(named, false, textArbitrary),
        schema: jsonObject,
        strict: orNull(named, false, fc.boolean()),
      }),
    );
  }
  return kinds.length === 0 ? null : fc.oneof(...kinds);
}

function reasoningWish(says: Says, shape: Shape): fc.Arbitrary<ReasoningWish> | null {
  const wished = <T>(concept: Concept, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
    orNull(says[concept] !== undefined, false, value);
  const wish = record({
    effort: wished("reasoning-effort", fc.constantFrom(...(shape.efforts ?? ["low", "medium", "high"]))),
    budgetTokens: wished("reasoning-budget", fc.integer({ min: 1024, max: 30_000 })),
    show: wished("reasoning-show", fc.boolean()),
  });
  const concepts: readonly Concept[] = ["reasoning-effort", "reasoning-budget", "reasoning-show"];
  if (concepts.every((concept) => says[concept] === undefined)) return null;
  return wish.filter(({ effort, budgetTokens, show }) => effort !== null || budgetTokens !== null || show !== null);
}

function tenths(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: min * 10, max: max * 10 }).map((value) => value / 10);
}

/** Settings that the dialect can say, some absent. Those about tools are there only with tools. */
export function settingsArbitrary(
  says: Says,
  shape: Shape = {},
  tools: readonly ToolSpec[] = [],
): fc.Arbitrary<Settings> {
  const kinds = fc.constantFrom("auto" as const, "none" as const, "any" as const);
  const first = tools[0];
  const toolChoice =
    first === undefined
      ? null
      : fc.oneof(
          kinds.map((kind) => ({ kind })),
          fc.constant({ kind: "tool" as const, name: first.name }),
        );
  const members: { readonly [name in keyof Settings]-?: readonly [Concept, fc.Arbitrary<unknown> | null] } = {
    outputTokensMax: ["output-tokens-max", fc.integer({ min: 1, max: 100_000 })],
    temperature: ["temperature", tenths(0, 1)],
    topP: ["top-p", tenths(0, 1)],
    topK: ["top-k", fc.integer({ min: 1, max: 500 })],
    stop: ["stop", fc.uniqueArray(textArbitrary, { minLength: 1, maxLength: 4 })],
    seed: ["seed", fc.integer()],
    frequencyPenalty: ["frequency-penalty", tenths(-2, 2)],
    presencePenalty: ["presence-penalty", tenths(-2, 2)],
    toolChoice: ["tool-choice", toolChoice],
    parallelToolCalls: ["parallel-tool-calls", first === undefined ? null : fc.boolean()],
    format: ["text", outputFormat(says)],
    reasoning: ["text", reasoningWish(says, shape)],
    verbosity: ["verbosity", fc.constantFrom("low", "medium", "high")],
    user: ["user", word],
    metadata: ["metadata", fc.dictionary(word, textArbitrary, { minKeys: 1, maxKeys: 2, noNullPrototype: true })],
    serviceTier: ["service-tier", fc.constantFrom(...(shape.serviceTiers ?? ["auto"]))],
  };
  const sayable: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, [concept, value]] of Object.entries(members)) {
    if (value !== null && says[concept] !== undefined) sayable[name] = value;
  }
  const requiredKeys = (shape.always ?? []).filter((name) => name in sayable);
  return fc.record(sayable, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<Settings>;
}

/** Conversations within what a dialect says. */
export function conversationArbitrary(says: Says, shape: Shape = {}): fc.Arbitrary<Conversation> {
  const system = says["system"] === undefined ? fc.constant([]) : fc.array(textPart(says, false), { maxLength: 2 });
  const turns = fc
    .tuple(fc.array(exchange(says, shape), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([exchanges, endsWithQuestion]): Turn[] => {
      const all = exchanges.flat();
      return endsWithQuestion ? all.slice(0, 1 + all.findLastIndex(({ role }) => role === "user")) : all;
    });
  return toolSpecs(says, shape).chain((tools) =>
    record({
      model: word,
      stream: fc.boolean(),
      system,
      turns,
      tools: fc.constant(tools),
      settings: settingsArbitrary(says, shape, tools),
    }),
  );
}

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

/** The answer that a stream tells: adjacent pieces joined, usage the last report, `unknown` where nothing was told. */
export function answerOfEvents(events: readonly StreamEvent[]): Answer {
  const parts: Part[] = [];
  const calls = new Map<number, number>();
  let told: Omit<Answer, "parts"> = {
    id: "",
    model: "",
    createdAtS: null,
    finish: "unknown",
    stopSequence: null,
    usage: unknownUsage,
  };
  let reasoning = "";
  /** Thinking that nothing ended ends with whatever follows. */
  const endReasoning = (end: Pick<ReasoningPart, "signature" | "redacted" | "id">): void => {
    if (reasoning !== "" || !isPlain({ type: "reasoning", text: "", ...end })) {
      parts.push({ type: "reasoning", text: reasoning, ...end });
    }
    reasoning = "";
  };
  for (const event of events) {
    if (event.type === "reasoning-delta") reasoning += event.text;
    else if (event.type === "reasoning-end") {
      endReasoning({ signature: event.signature, redacted: event.redacted, id: event.id });
    } else endReasoning({ signature: null, redacted: null, id: null });
    if (event.type === "reply-start") {
      const { responseId, servedModel, createdAtS } = event;
      told = { ...told, id: responseId ?? "", model: servedModel ?? "", createdAtS: createdAtS ?? null };
    } else if (event.type === "text-delta" || event.type === "refusal-delta") addText(parts, event);
    else if (event.type === "tool-call-start") {
      const { index, id, name, signature } = event;
      const signed = signature === undefined ? {} : { signature };
      calls.set(index, parts.push({ type: "tool-call", id, name, argumentsText: "", ...signed }) - 1);
    } else if (event.type === "tool-call-delta") {
      const at = calls.get(event.index) ?? -1;
      const call = parts[at];
      if (call?.type !== "tool-call") throw new Error(`arguments of call ${event.index}, which has not started`);
      parts[at] = { ...call, argumentsText: call.argumentsText + event.argumentsText };
    } else if (event.type === "finish") {
      told = { ...told, finish: event.reason, stopSequence: event.stopSequence ?? null };
    } else if (event.type === "usage-report") told = { ...told, usage: event.usage };
  }
  return { ...told, parts };
}

/** A text goes on unless something else or a signature came between. */
function addText(parts: Part[], event: Extract<StreamEvent, { type: "text-delta" | "refusal-delta" }>): void {
  const last = parts.at(-1);
  const signed = event.type === "text-delta" && event.signature !== undefined ? { signature: event.signature } : {};
  if (event.type === "text-delta" && last?.type === "text" && last.signature === undefined) {
    parts[parts.length - 1] = { ...last, text: last.text + event.text, ...signed };
  } else if (event.type === "refusal-delta" && last?.type === "refusal") {
    parts[parts.length - 1] = { ...last, text: last.text + event.text };
  } else if (event.type === "text-delta") parts.push({ type: "text", text: event.text, ...signed });
  else parts.push({ type: "refusal", text: event.text });
}
