import { silentReply } from "./call-facts.ts";
import { withoutHeaders } from "../kit/header-list.ts";
import type { Context } from "../spec/context.ts";
import type { Dialect, ReplyFacts, StreamObserver } from "../spec/dialect.ts";
import type { DialectName } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";
import type { Asked } from "../spec/codec.ts";
import type { Translation, Translator } from "../spec/translation.ts";

/** How a target is spoken to. */
export interface Wire {
  readonly dialect: Dialect;
  /** Null: the target speaks the caller's dialect, so bytes pass as they are. */
  readonly translation: Translation | null;
}

/**
 * The dialect in which an endpoint answers a caller of `caller`: the caller's own where it speaks that, else the first
 * of its own that can be translated. Null when there is none.
 */
export function wireDialectOf(endpoint: Endpoint, caller: DialectName, translator: Translator): DialectName | null {
  if (endpoint.dialects.includes(caller)) return caller;
  return endpoint.dialects.find((dialect) => translator.between(caller, dialect) !== null) ?? null;
}

/** How the context's first target is spoken to. One that speaks nothing translatable is spoken to in the caller's dialect. */
export function wireOf({ targets, request, ports }: Context): Wire {
  const { dialects, translator } = ports;
  if (request.resource !== undefined) return { dialect: dialects[request.dialect], translation: null };
  const name = wireDialectOf(targets[0].endpoint, request.dialect, translator) ?? request.dialect;
  return { dialect: dialects[name], translation: translator.between(request.dialect, name) };
}

/** What a translation has to know of the question. */
export function askedOf({ request, requestId, ports }: Context): Asked {
  return { request, requestId, nowS: Math.floor(ports.clock.nowMs() / 1_000) };
}

/** What reads the provider's stream and gives the caller's. */
export function observerOf(context: Context, { dialect, translation }: Wire, dropUsageChunk: boolean): StreamObserver {
  const { quirks } = context.targets[0].endpoint;
  return translation === null
    ? dialect.observeStream(dropUsageChunk, quirks)
    : translation.stream(askedOf(context), quirks);
}

const replacedHeaders: ReadonlySet<string> = new Set(["content-type", "content-length", "content-encoding"]);

/** The provider's headers, with the type that the body has now. */
export function translatedHeaders(headers: readonly string[], contentType: string): readonly string[] {
  return [...withoutHeaders(headers, replacedHeaders), "content-type", contentType];
}

/** What a whole reply of the provider tells. */
export function replyFactsOf({ targets, request }: Context, { dialect }: Wire, body: Uint8Array): ReplyFacts {
  if (request.resource !== undefined) return dialect.readResource?.(body) ?? silentReply;
  return dialect.readReply(body, targets[0].endpoint.quirks);
}
