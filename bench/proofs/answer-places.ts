import type { AnswerStore, StoredAnswer } from "../../src/spec/answer-store.ts";
import type { CacheScope } from "../../src/spec/cache-scope.ts";
import { systemClock } from "../../src/assembly/system-clock.ts";
import { openPostgresAnswerStore } from "../../src/stores/postgres/postgres-answer-store.ts";
import { openRedisAnswerStore } from "../../src/stores/redis/redis-answer-store.ts";
import { openSqliteAnswerStore } from "../../src/stores/sqlite/answers/open-answer-store.ts";
import { sampleAnswer, sampleScope } from "../../src/testing/sample-answer.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";

/** Where a store of answers lies: a directory, or a server's address. */
export interface AnswerPlace {
  readonly kind: "sqlite" | "redis" | "postgres";
  readonly at: string;
}

/** Room for all that a proof writes: what is missing afterwards was lost. */
const bytesMax = 4 * 2 ** 30;

/** Opens the store as a gateway would, with nothing in front. */
export function openAnswerPlace({ kind, at }: AnswerPlace): Promise<AnswerStore> {
  const options = {
    bytesMax,
    clock: systemClock,
    // What is wrong shows in the counts; a kill of the server raises alarms by the dozen.
    alarm: (): void => undefined,
  };
  if (kind === "sqlite") return openSqliteAnswerStore({ ...options, directory: at });
  if (kind === "redis") return openRedisAnswerStore({ ...options, url: at, prefix: "farthing-proof" });
  return openPostgresAnswerStore({ ...options, url: at, prefix: "farthing_proof" });
}

/** Where the answer of a number is put: six places and a key of its own. */
export function whereOf(index: number): { readonly scope: CacheScope; readonly key: string } {
  return { scope: sampleScope(`owner-${index % 3}`, `partition-${index % 2}`), key: `key-${index}` };
}

/** Answers that share a tag, which is invalidated when all of them were stored long ago. */
export const generation = 100;

/** The tag of those that will be invalidated, one in seven. */
export function doomedTag(index: number): string | null {
  return index % 7 === 3 ? `tag:doomed-${Math.floor(index / generation)}` : null;
}

/** Number of the first answer behind a generation, and the tag that can be invalidated there: that of the one but last. */
export function doomedBefore(index: number): string | null {
  const number = index / generation - 2;
  return Number.isInteger(number) && number >= 0 ? `tag:doomed-${number}` : null;
}

/** The answer of a number: its bytes are all its own, from 200 bytes to 30 KB, most of them small. */
export function answerOfIndex(index: number, storedAtMs: number): StoredAnswer {
  const chance = createSeededRandom(index + 1);
  const bytes = 200 + Math.floor(30_000 * chance() ** 4);
  const tag = doomedTag(index);
  const text = new TextEncoder().encode(`${JSON.stringify(whereOf(index))} ${index} `.repeat(Math.ceil(bytes / 60)));
  return sampleAnswer({
    pieces: [text.subarray(0, bytes >> 1), text.subarray(bytes >> 1, bytes)],
    boughtBy: BigInt(index),
    storedAtMs,
    freshUntilMs: storedAtMs + 86_400_000,
    endsAtMs: storedAtMs + 86_400_000,
    tags: ["model:openai/gpt-4o-mini", ...(tag === null ? [] : [tag])],
  });
}
