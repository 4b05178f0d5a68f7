import * as fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import type { Conversation } from "../../spec/conversation.ts";
import type { DialectName, ModelRequest } from "../../spec/request.ts";
import type { Codec } from "../../spec/codec.ts";
import { noQuirks } from "../../spec/quirks.ts";
import { allDialects } from "../dialects/all-dialects.ts";
import { saysOf } from "./carried-fields.ts";
import type { Concept, Says } from "./concepts.ts";
import { conversationArbitrary } from "./test-conversations.ts";
import { plainFor, shapeOfPair } from "./test-shapes.ts";
import { createTranslator } from "./translator.ts";

const translator = createTranslator(allDialects, saysOf);
const quirks = { quirks: noQuirks };

/** What two dialects both say exactly: the carried set of the pair. */
export function carriedBetween(one: DialectName, other: DialectName): Says {
  const says = saysOf(other);
  const both = Object.entries(saysOf(one)).filter(
    ([concept, how]) => how === "kept" && says[concept as Concept] === "kept",
  );
  return Object.fromEntries(both) as Says;
}

/** A request that was translated there and back. */
export interface RoundTrip {
  readonly before: Conversation;
  readonly after: Conversation;
}

/** Sends a conversation as a request of `caller` to a provider of `provider`, and takes what arrives there back again. */
export function roundTrip(caller: DialectName, provider: DialectName, conversation: Conversation): RoundTrip {
  const { model, stream } = conversation;
  const body = codecOf(caller).writeConversation(conversation, quirks).body;
  const request = requestOf(caller, body, model, stream);
  const there = translator.between(caller, provider)?.request(request, model, quirks);
  const arrived = requestOf(provider, parsed(there?.body), model, stream);
  const back = translator.between(provider, caller)?.request(arrived, model, quirks);
  const returned = requestOf(caller, parsed(back?.body), model, stream);
  return { before: readBy(caller, request), after: readBy(caller, returned) };
}

/**
 * Looks for a request whose carried set does not survive. Returns null when `runs` generated ones did, else the smallest
 * one found, as text.
 */
export function lossBetween(caller: DialectName, provider: DialectName, runs: number, seed: number): string | null {
  const shape = shapeOfPair(caller, provider);
  const carried = carriedBetween(caller, provider);
  const arbitrary = conversationArbitrary(carried, shape);
  const comparable = carried["reasoning-show"] === undefined ? withoutShow : asItIs;
  const details = fc.check(
    fc.property(arbitrary, (generated) => {
      const conversation = plainFor(caller, provider, generated);
      const { before, after } = roundTrip(caller, provider, conversation);
      if (!isDeepStrictEqual(comparable(before), comparable(after))) {
        throw new Error(`before ${JSON.stringify(before)}\nafter  ${JSON.stringify(after)}`);
      }
    }),
    { numRuns: runs, seed },
  );
  return details.failed ? `${String(details.errorInstance)}\n${JSON.stringify(details.counterexample)}` : null;
}

function asItIs(conversation: Conversation): Conversation {
  return conversation;
}

/** Whether thinking is to be shown is not carried between this pair, but Anthropic's requests always say it. */
function withoutShow(conversation: Conversation): Conversation {
  const { reasoning, ...settings } = conversation.settings;
  if (reasoning === undefined || (reasoning.effort === null && reasoning.budgetTokens === null)) {
    return { ...conversation, settings };
  }
  return { ...conversation, settings: { ...settings, reasoning: { ...reasoning, show: null } } };
}

function codecOf(dialect: DialectName): Codec {
  const { codec } = allDialects[dialect];
  if (codec === null) throw new Error(`${dialect} is not translated`);
  return codec;
}

function readBy(dialect: DialectName, request: ModelRequest): Conversation {
  return codecOf(dialect).readConversation(request).conversation;
}

function requestOf(dialect: DialectName, document: unknown, model: string, stream: boolean): ModelRequest {
  return allDialects[dialect].readRequest(document, 0, { model, stream });
}

function parsed(body: Uint8Array | undefined): unknown {
  return JSON.parse(new TextDecoder().decode(body));
}
