import { concatBytes } from "../../kit/concat-bytes.ts";
import { headerOf } from "../../kit/header-list.ts";
import { mayStore } from "../../policies/cache-admission.ts";
import { type AnswerLife, refusalLife, storedLife } from "../../policies/freshness.ts";
import { mayKeepRefusal, refusalBytesMax } from "../../policies/refusal-caching.ts";
import type { StoredAnswer } from "../../spec/answer-store.ts";
import type { Attempt } from "../../spec/attempt.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply, ReplyEnd } from "../../spec/reply.ts";
import { joinStream } from "../cached-answer.ts";
import type { Lookup } from "./admit-lookup.ts";
import { answerTagsOf } from "./answer-tags.ts";
import { calledToolsOf } from "./called-tools-of.ts";

/** A reply that has ended, with all its bytes. They are the caller's still: the store copies what it keeps. */
export interface EndedReply {
  readonly reply: Reply;
  readonly pieces: readonly Uint8Array[];
  readonly end: ReplyEnd;
}

/** What the store is to keep of an answer bought just now; null: nothing. */
export function storedAnswerOf(
  context: Context,
  lookup: Lookup,
  ended: EndedReply,
  purchase: Attempt,
): StoredAnswer | null {
  const { reply, pieces, end } = ended;
  const { call } = end;
  let bytes = 0;
  for (const piece of pieces) bytes += piece.length;
  const facts = {
    status: reply.status,
    complete: end.complete,
    finishReason: call?.finishReason ?? null,
    calledTools: call === null ? null : calledToolsOf(context, call, reply.kind, pieces),
    bytes,
  };
  if (!mayStore(facts, context.route.exactCache)) return null;
  const life = storedLife(lookup.life, context.cacheControl.ttlMsMax);
  return life === null ? null : entryOf(context, lookup, ended, purchase, life);
}

/** What the store is to keep of a provider's refusal: of one that every repeat would meet, for a moment. Null: nothing. */
export function storedRefusalOf(
  context: Context,
  lookup: Lookup,
  ended: EndedReply,
  purchase: Attempt,
): StoredAnswer | null {
  const { reply, pieces } = ended;
  // After other calls the last word is not the only one; and a stale answer is not given up for a refused refresh.
  if (reply.kind !== "whole" || context.attempts.entries.length !== 1 || context.purpose === "refresh") return null;
  if (purchase.outcome !== "refused") return null;
  const own = refusalLife(lookup.life, context.route.exactCache.refusalMs);
  const life = own === null ? null : storedLife(own, context.cacheControl.ttlMsMax);
  if (life === null) return null;
  const body = concatBytes(pieces);
  if (body.length > Math.min(refusalBytesMax, context.route.exactCache.entryBytesMax)) return null;
  const text = new TextDecoder().decode(body);
  if (!mayKeepRefusal(purchase.status, text) || !mayKeepRefusal(reply.status, text)) return null;
  return entryOf(context, lookup, ended, purchase, life);
}

/** Of the headers only the content type stays: the rest (cookies, limits, ids) was about that one call. */
function entryOf(
  context: Context,
  { asked }: Lookup,
  { reply, pieces, end }: EndedReply,
  purchase: Attempt,
  { freshMs, staleMs }: AnswerLife,
): StoredAnswer | null {
  const tags = answerTagsOf(context, purchase);
  if (tags === null) return null;
  const contentType = headerOf(reply.headers, "content-type");
  const storedAtMs = context.ports.clock.nowMs();
  return {
    kind: reply.kind,
    status: reply.status,
    dialect: context.request.dialect,
    streamUsage: reply.status === 200 ? context.request.streamUsage : context.request.stream,
    headers: contentType === null ? [] : ["content-type", contentType],
    pieces: reply.kind === "whole" ? pieces : joinStream(pieces),
    usage: end.usage,
    endpointId: purchase.endpointId,
    vendor: purchase.vendor,
    model: purchase.model,
    servedModel: purchase.servedModel,
    boughtBy: context.id,
    costPicoUsd: purchase.cost.picoUsd ?? 0n,
    asked,
    storedAtMs,
    freshUntilMs: storedAtMs + freshMs,
    endsAtMs: storedAtMs + freshMs + staleMs,
    tags,
  };
}
