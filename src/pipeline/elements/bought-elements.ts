import { splitByWeight } from "../../kit/split-by-weight.ts";
import { splitUsage } from "../../money/costs/sum-usages.ts";
import { storedLife } from "../../policies/freshness.ts";
import type { AnswerTicket, StoredAnswer } from "../../spec/answer-store.ts";
import type { Attempt } from "../../spec/attempt.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply, ReusedAnswer } from "../../spec/reply.ts";
import { answerTagsOf } from "../answers/answer-tags.ts";
import { watchSnapshot } from "../answers/keep-answer.ts";
import { alarmSteppedAside } from "../step-aside.ts";
import type { ElementPlan } from "./admit-elements.ts";
import type { KnownElement } from "./known-element.ts";

/**
 * A reply to the inputs of `keys`, which were asked in their order, taken apart. Null for anything but a complete 200 with one
 * answer for each: then nothing of it is stored or shared.
 */
export function elementsIn(
  context: Context,
  { codec, distinct }: ElementPlan,
  keys: readonly string[],
  reply: Reply,
): ReadonlyMap<string, KnownElement> | null {
  if (reply.kind !== "whole" || reply.status !== 200 || !reply.end.complete) return null;
  const purchase = purchaseBehind(context, reply);
  const answer = codec.readAnswer(reply.body, keys.length);
  if (purchase === null || answer === null || reply.end.usage.source === "unknown") return null;
  const inputs = keys.map((key) => distinct.get(key));
  const usages = splitUsage(
    reply.end.usage,
    inputs.map((input) => input?.weight ?? 1),
    inputs.every((input) => input?.inTokens),
  );
  const elements = new Map<string, KnownElement>();
  for (const [at, key] of keys.entries()) {
    const bytes = answer.elements[at];
    const usage = usages[at];
    if (bytes === undefined || usage === undefined) return null;
    elements.set(key, { bytes, usage, servedModel: answer.servedModel, purchase });
  }
  return elements;
}

function purchaseBehind(context: Context, reply: Extract<Reply, { kind: "whole" }>): ReusedAnswer | null {
  if (reply.origin !== "provider") return reply.end.reused;
  const attempt = context.attempts.entries.at(-1);
  if (attempt === undefined) return null;
  const { endpointId, vendor, model } = attempt;
  return { boughtBy: context.id, endpointId, vendor, model };
}

/** Stores what this request bought just now. A store that fails costs later hits and nothing else. */
export function keepElements(
  context: Context,
  plan: ElementPlan,
  tickets: ReadonlyMap<string, AnswerTicket | null>,
  elements: ReadonlyMap<string, KnownElement>,
): void {
  try {
    const attempt = context.attempts.entries.at(-1);
    // What another request bought is stored by that one.
    const own = [...elements].filter(([, { purchase }]) => purchase.boughtBy === context.id);
    if (attempt === undefined || own.length === 0) return;
    watchSnapshot(context, attempt);
    const common = commonOf(context, plan, attempt);
    if (common === null) return;
    const weights = own.map(([key]) => BigInt(plan.distinct.get(key)?.weight ?? 1));
    const costs = splitByWeight(attempt.cost.picoUsd ?? 0n, weights);
    for (const [at, [key, { bytes, usage, servedModel }]] of own.entries()) {
      const ticket = tickets.get(key) ?? null;
      if (ticket === null || bytes.length > context.route.exactCache.entryBytesMax) continue;
      const answer = { ...common, pieces: [bytes], usage, servedModel, costPicoUsd: costs[at] ?? 0n };
      quietly(context, context.ports.answers.set(plan.scope, key, answer, ticket, common.storedAtMs));
    }
  } catch (error) {
    alarmSteppedAside(context, "embedding-cache", error);
  }
}

/** What all elements of one purchase have in common. Null: they are not stored. */
function commonOf(
  context: Context,
  plan: ElementPlan,
  attempt: Attempt,
): Omit<StoredAnswer, "pieces" | "usage" | "servedModel" | "costPicoUsd"> | null {
  const life = storedLife(plan.life, context.cacheControl.ttlMsMax);
  const tags = answerTagsOf(context, attempt);
  if (life === null || tags === null) return null;
  const { endpointId, vendor, model } = attempt;
  const storedAtMs = context.ports.clock.nowMs();
  // Nobody fetches a fresh one for a stale one, so it is of no use after its life.
  const endsAtMs = storedAtMs + life.freshMs;
  const form = {
    kind: "whole",
    status: 200,
    dialect: context.request.dialect,
    headers: [],
    streamUsage: false,
  } as const;
  const bought = { endpointId, vendor, model, boughtBy: context.id };
  return { ...form, ...bought, asked: null, storedAtMs, freshUntilMs: endsAtMs, endsAtMs, tags };
}

function quietly(context: Context, pending: void | Promise<void>): void {
  if (pending instanceof Promise)
    pending.catch((error: unknown) => alarmSteppedAside(context, "embedding-cache", error));
}
