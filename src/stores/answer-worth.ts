import type { StoredAnswer } from "../spec/answer-store.ts";

/** An answer whose cost is not known is worth a millionth of a dollar, so that among its like the smaller ones stay. */
const unknownCostPicoUsd = 1_000_000n;

/** What one hit on an answer is worth for each of its bytes, pico-dollars: stores throw out the least. */
export function worthOf(answer: StoredAnswer, bytes: number): number {
  return Number(answer.costPicoUsd || unknownCostPicoUsd) / bytes;
}
