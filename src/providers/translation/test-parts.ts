import * as fc from "fast-check";
import type { FinishReason } from "../../spec/attempt.ts";
import type {
  CacheMark,
  DocumentPart,
  ImagePart,
  Part,
  ReasoningPart,
  Settings,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../spec/conversation.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { TokenClass } from "../../spec/usage.ts";
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
/** A name of lower-case letters, digits and underscores. */
export const word: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const base64: fc.Arbitrary<string> = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const url: fc.Arbitrary<string> = word.map((name) => `https://media.example/${name}`);
/** A small JSON object. */
export const jsonObject: fc.Arbitrary<JsonObject> = fc.dictionary(
  word,
  fc.oneof(textArbitrary, fc.integer(), fc.boolean(), fc.constant(null), fc.array(word, { maxLength: 2 })),
  { maxKeys: 3, noNullPrototype: true },
);
const argumentsText: fc.Arbitrary<string> = jsonObject.map((value) => JSON.stringify(value));

/** Plain objects: those of fast-check may have no prototype, which only tests would see. */
export function record<T extends object>(members: { [name in keyof T]: fc.Arbitrary<T[name]> }): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Members that may be there; none where the dialect cannot say the concept. */
export function maybe<T extends object>(
  says: Says,
  concept: Concept,
  members: fc.Arbitrary<T>,
): fc.Arbitrary<Partial<T>> {
  return says[concept] === undefined ? fc.constant({}) : fc.oneof(fc.constant({}), members);
}

/** A mark of caching. */
export const cacheMark: fc.Arbitrary<{ cache: CacheMark }> = fc
  .constantFrom("5m" as const, "1h" as const, null)
  .map((lifetime) => ({ cache: { lifetime } }));

/** A text; `opaque`: of the model, so that it may carry a signature. */
export function textPart(says: Says, opaque: boolean): fc.Arbitrary<TextPart> {
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

/** What a person says, in one to three pieces. */
export function userParts(says: Says, shape: Shape): fc.Arbitrary<Part[]> {
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

/** The value or null; null where the dialect cannot say it, never where it always must. */
export function orNull<T>(can: boolean, always: boolean | undefined, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
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
export function isPlain({ signature, redacted, id }: ReasoningPart): boolean {
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

/** What a tool answers, its call left out. */
export function toolResult(says: Says, shape: Shape): fc.Arbitrary<Omit<ToolResultPart, "callId">> {
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

/** What the model says: thinking, then texts or a refusal, then calls. */
export function assistantParts(says: Says, shape: Shape, textsMax: number): fc.Arbitrary<Part[]> {
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
