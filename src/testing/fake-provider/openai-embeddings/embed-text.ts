import { createSeededRandom } from "../../seeded-random.ts";

/** Places of a vector that one word leaves its mark on. */
const marksPerWord = 24;
/** Longest text that is looked at; the rest still counts, and seeds the noise. */
const lookedAtLength = 16_384;
/** How much of a vector is the text's own rather than its words'; keeps any two texts apart and no place empty. */
const ownShare = 0.02;

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Euclidean length 1, in single precision as the API sends it. */
function normalised(vector: readonly number[]): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

/**
 * A vector for a text: a sum of marks that its words leave at random places (a sparse random projection of the bag of
 * words), so texts that share words are near each other, and the same text always has the same vector. Says nothing about
 * meaning.
 *
 * @param size places of the model's own vectors.
 * @param dimensions places asked for: the first of them, made to length 1 again, as OpenAI shortens its third generation.
 */
export function embedText(text: string, model: string, size: number, dimensions: number): Float32Array {
  const vector = Array.from({ length: size }, () => 0);
  const words =
    text
      .slice(0, lookedAtLength)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  for (const word of words) {
    const random = createSeededRandom(hashOf(`${model} ${word}`));
    for (let mark = 0; mark < marksPerWord; mark++) {
      const place = Math.floor(random() * size);
      vector[place] = (vector[place] ?? 0) + (random() < 0.5 ? -1 : 1);
    }
  }
  const own = createSeededRandom(hashOf(text));
  const noise = ownShare * Math.max(1, words.length);
  return normalised(vector.slice(0, dimensions).map((value) => value + noise * (own() * 2 - 1)));
}
