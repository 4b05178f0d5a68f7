import type { AnswerEntry, AnswerSelector } from "../spec/answer-store.ts";
import type { CacheScope, Isolation } from "../spec/cache-scope.ts";
import type { Scope } from "../spec/caller.ts";
import { decodeAnswer } from "./answers/answer-codec.ts";

/** Where an entry stands, as text that shared stores keep beside it for export. */
export function writePlace({ owner, isolation, partition }: CacheScope, key: string): string {
  return JSON.stringify([owner, isolation, partition, key]);
}

/** The entry of a place and its bytes; null where they do not belong together or the selector means others. */
export function entryAt(place: string, bytes: Uint8Array, selector: AnswerSelector): AnswerEntry | null {
  const [owner, isolation, partition, key] = JSON.parse(place) as [Scope, Isolation, Scope, string];
  const scope: CacheScope = { owner, isolation, partition };
  if (selector.key !== undefined && selector.key !== key) return null;
  const answer = decodeAnswer(scope, key, bytes);
  if (answer === null || (selector.tag !== undefined && !answer.tags.includes(selector.tag))) return null;
  return { scope, key, answer };
}
