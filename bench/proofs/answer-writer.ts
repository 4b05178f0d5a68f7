/**
 * A process that stores answers until it is killed. `argv`: the place as JSON, number of the first answer, the moment that all of them were
 * stored at, `whole` or `faulty`. Says on stdout `stored N MS` when it hands an answer to the store, `forgets TAG` when it begins an invalidation and `forgot
 * TAG` when that is done. Faulty: some answers are cut in half, some go under another one's key, half of them are held back: what the proof must notice.
 */
import { writeSync } from "node:fs";
import type { Scope } from "../../src/spec/caller.ts";
import {
  answerOfIndex,
  doomedBefore,
  generation,
  openAnswerPlace,
  whereOf,
  type AnswerPlace,
} from "./answer-places.ts";
import { pause } from "./proof.ts";

const [place = "", first = "0", storedAt = "0", mode = "whole"] = process.argv.slice(2);
const store = await openAnswerPlace(JSON.parse(place) as AnswerPlace);
const storedAtMs = Number(storedAt);
let next = Number(first);

async function storeNext(): Promise<void> {
  const index = next++;
  const tag = doomedBefore(index);
  if (tag !== null && index - 2 * generation >= Number(first)) await forget(tag);
  const { scope, key } = whereOf(index);
  const { ticket } = await store.get(scope, key, storedAtMs);
  if (ticket === null) throw new Error("a store without a ticket");
  const answer = answerOfIndex(index, storedAtMs);
  writeSync(1, `stored ${index} ${Date.now()}\n`);
  if (mode !== "faulty") return void (await store.set(scope, key, answer, ticket, storedAtMs));
  if (index % 2 === 1 || index % 50 === 10) return;
  const torn = index % 50 === 2 ? { ...answer, pieces: answer.pieces.slice(0, 1) } : answer;
  await store.set(scope, index % 50 === 4 ? whereOf(index + 6).key : key, torn, ticket, storedAtMs);
}

async function forget(tag: string): Promise<void> {
  writeSync(1, `forgets ${tag}\n`);
  for (let owner = 0; owner < 3; owner++) await store.invalidate(`owner-${owner}` as Scope, tag, storedAtMs);
  writeSync(1, `forgot ${tag}\n`);
}

async function work(): Promise<never> {
  for (;;) {
    await storeNext();
    await pause(4);
  }
}

// A server that is killed under it ends it: what it said until then is what counts.
await Promise.all(Array.from({ length: 8 }, () => work())).catch(() => process.exit(3));
