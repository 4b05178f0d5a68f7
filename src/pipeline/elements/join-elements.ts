import { withoutHeaders } from "../../kit/header-list.ts";
import { sumUsages } from "../../money/costs/sum-usages.ts";
import type { Context } from "../../spec/context.ts";
import type { Origin, ReplyEnd, ReusedPart, WholeReply } from "../../spec/reply.ts";
import type { ElementPlan } from "./admit-elements.ts";
import type { KnownElement } from "./known-element.ts";

/** Headers that speak of the very bytes that the provider sent. */
const bytesHeaders: ReadonlySet<string> = new Set([
  "content-length",
  "content-md5",
  "digest",
  "content-digest",
  "etag",
]);

/** What a joined answer is made of. */
export interface ElementParts {
  /** Every key of the plan. */
  readonly elements: ReadonlyMap<string, KnownElement>;
  /** What was bought for this request; the rest was known, or came from another request. */
  readonly bought: ReadonlySet<string>;
  /** The replies to what was bought, in order. */
  readonly replies: readonly WholeReply[];
  /** Something came from another request that was under way. */
  readonly shared: boolean;
}

/** Whether all vectors are of one snapshot; those of different ones cannot be compared. */
export function isOneSnapshot(elements: ReadonlyMap<string, KnownElement>): boolean {
  return new Set([...elements.values()].map(({ servedModel }) => servedModel)).size <= 1;
}

/** The answer to all inputs in the caller's order. Its usage is what was bought now; when that was nothing, what it once was. */
export function joinElements(context: Context, plan: ElementPlan, parts: ElementParts): WholeReply {
  const { elements, replies, shared } = parts;
  const ordered = plan.keys.map((key) => knownOf(elements, key));
  const last = replies.at(-1);
  // A call that was shared with another request was not bought for this one either.
  const paid = replies.filter(({ origin }) => origin === "provider");
  const part = reusedPartOf(plan, paid.length === 0 ? { ...parts, bought: nothing } : parts);
  const usage = paid.length === 0 ? part.usage : sumUsages(paid.map(({ end }) => end.usage));
  const model = ordered[0]?.servedModel ?? context.request.model;
  const body = plan.codec.writeAnswer(
    ordered.map(({ bytes }) => bytes),
    model,
    usage,
  );
  const end: ReplyEnd = { ...(last?.end ?? endOfKnown(part)), usage, reusedPart: part };
  if (last !== undefined) return { ...last, headers: withoutHeaders(last.headers, bytesHeaders), body, end };
  const origin: Origin = shared ? "coalesced" : "exact";
  return { kind: "whole", status: 200, headers: ["content-type", "application/json"], origin, body, end };
}

const nothing: ReadonlySet<string> = new Set();

function endOfKnown({ usage, purchase }: ReusedPart): ReplyEnd {
  return { complete: true, usage, call: null, reused: purchase, settled: null };
}

/** Every input counts but the first of those that were bought: as asked, a repeated input would have been paid again. */
function reusedPartOf({ keys, distinct }: ElementPlan, { elements, bought }: ElementParts): ReusedPart {
  const reused = keys.flatMap((key, index) =>
    bought.has(key) && distinct.get(key)?.index === index ? [] : [knownOf(elements, key)],
  );
  return { usage: sumUsages(reused.map(({ usage }) => usage)), purchase: reused[0]?.purchase ?? null };
}

function knownOf(elements: ReadonlyMap<string, KnownElement>, key: string): KnownElement {
  const element = elements.get(key);
  if (element === undefined) throw new Error("An answer is missing for an input.");
  return element;
}
