import { createSeededRandom } from "../seeded-random.ts";

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const hexadecimal = "0123456789abcdef";

/**
 * An id like the vendors': a fixed beginning and signs that look random. The same seed, number and beginning give the
 * same id; numbers below 2^32 never share one, because the last signs spell the number.
 */
export function idText(start: string, length: number, seed: number, number: number, hex = false): string {
  const signs = hex ? hexadecimal : alphabet;
  const random = createSeededRandom(Math.imul(seed + start.length, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
  const tail = number.toString(16).padStart(8, "0");
  let text = start;
  for (let index = tail.length; index < length; index++) text += signs[Math.floor(random() * signs.length)];
  return text + tail;
}
