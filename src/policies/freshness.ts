import type { StoredAnswer } from "../spec/answer-store.ts";
import type { CacheControl } from "../spec/cache-control.ts";
import { type ContentClass, contentClasses, contentLives } from "../spec/content-class.ts";
import type { ExactCachePolicy } from "../spec/route.ts";

/** How long an answer lives from its storing, milliseconds. Reading never renews it. */
export interface AnswerLife {
  /** It is fresh that long. At least 1. */
  readonly freshMs: number;
  /** It may be served that much longer while a fresh one is fetched. */
  readonly staleMs: number;
}

/** Longest life of a refusal, milliseconds: what a provider refuses today it may take tomorrow. */
export const refusalMsMax = 60_000;

/**
 * The life of answers of a route, with what the caller says of its task: a task that is named like a class of content
 * makes it as short as that class's usual life, never longer. Null: the content has no life, nothing is stored or served.
 */
export function answerLife(
  policy: Pick<ExactCachePolicy, "contentClass" | "ttlMs" | "staleMs" | "isolation">,
  task: string | undefined,
): AnswerLife | null {
  const own = contentLives[policy.contentClass];
  const named = isContentClass(task) ? contentLives[task] : undefined;
  if (own === null || named === null) return null;
  const freshMs = Math.min(policy.ttlMs, own.maxMs, named?.usualMs ?? own.maxMs);
  if (freshMs <= 0) return null;
  // What one person asks is about that person's own things, which change under their hands.
  return { freshMs, staleMs: policy.isolation === "user" ? 0 : policy.staleMs };
}

function isContentClass(task: string | undefined): task is ContentClass {
  // The class of what nobody labelled says nothing about a task.
  return task !== undefined && task !== "unlabelled" && (contentClasses as readonly string[]).includes(task);
}

/** The life of what is stored now: the caller may want it shorter. Null: it is not stored. */
export function storedLife({ freshMs, staleMs }: AnswerLife, ttlMsMax: number | null): AnswerLife | null {
  const shorter = Math.min(freshMs, ttlMsMax ?? freshMs);
  if (shorter <= 0) return null;
  // Who bounds the life means all of it.
  return { freshMs: shorter, staleMs: ttlMsMax === null ? staleMs : Math.min(staleMs, ttlMsMax - shorter) };
}

/** The life of a refusal, within that of answers. Null: it is not stored. */
export function refusalLife({ freshMs }: AnswerLife, refusalMs: number): AnswerLife | null {
  const shorter = Math.min(freshMs, refusalMs, refusalMsMax);
  return shorter <= 0 ? null : { freshMs: shorter, staleMs: 0 };
}

/** Whether a stored answer may be served: as it is, once more while a fresh one is fetched, or not. */
export type Freshness = "fresh" | "stale" | "too-old";

/**
 * Judges a stored answer at a moment, by its own life and by what the route says now: a life that was made shorter since
 * ends the older entries too. A caller that says how old an answer may be gets no stale one (RFC 9111, 5.2.1.1).
 */
export function judgeFreshness(
  stored: Pick<StoredAnswer, "storedAtMs" | "freshUntilMs" | "endsAtMs">,
  life: AnswerLife,
  { maxAgeMs, minFreshMs }: Pick<CacheControl, "maxAgeMs" | "minFreshMs">,
  nowMs: number,
): Freshness {
  const freshUntilMs = Math.min(stored.freshUntilMs, stored.storedAtMs + life.freshMs);
  const endsAtMs = Math.min(stored.endsAtMs, freshUntilMs + life.staleMs);
  if (maxAgeMs !== null && nowMs - stored.storedAtMs > maxAgeMs) return "too-old";
  if (minFreshMs !== null && freshUntilMs - nowMs < minFreshMs) return "too-old";
  if (nowMs < Math.min(freshUntilMs, stored.endsAtMs)) return "fresh";
  return nowMs < endsAtMs && maxAgeMs === null && minFreshMs === null ? "stale" : "too-old";
}
