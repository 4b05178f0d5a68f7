import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StoredAnswer } from "../../spec/answer-store.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import { dialectNames } from "../../spec/request.ts";
import { sampleAnswer, sampleScope } from "../../testing/sample-answer.ts";
import { decodeAnswer, encodeAnswer } from "./answer-codec.ts";

const text = fc.string({ unit: "binary", maxLength: 30 });
const answers: fc.Arbitrary<StoredAnswer> = fc.record({
  kind: fc.constantFrom("whole", "stream"),
  status: fc.integer({ min: 200, max: 499 }),
  dialect: fc.constantFrom(...dialectNames),
  headers: fc.array(text, { maxLength: 4 }),
  pieces: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }),
  streamUsage: fc.boolean(),
  usage: fc.record({
    source: fc.constantFrom("provider", "estimated"),
    tokens: fc.record({ input: fc.maxSafeNat(), output: fc.maxSafeNat() }),
    serverToolCalls: fc.dictionary(text, fc.nat(), { noNullPrototype: true }),
  }),
  endpointId: text,
  vendor: text,
  model: text,
  servedModel: fc.option(text),
  boughtBy: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  costPicoUsd: fc.bigInt({ min: 0n, max: 2n ** 80n }),
  asked: fc.option(text),
  storedAtMs: fc.maxSafeNat(),
  freshUntilMs: fc.maxSafeNat(),
  endsAtMs: fc.maxSafeNat(),
  tags: fc.array(text, { maxLength: 6 }),
});
const places = fc.tuple(text, text, text);

function scopeOf([owner, partition]: readonly [string, string, string]): CacheScope {
  return sampleScope(owner, partition);
}

describe("the stored form of an answer", () => {
  test("gives every answer back, piece for piece", () => {
    fc.assert(
      fc.property(places, answers, (place, answer) => {
        const bytes = encodeAnswer(scopeOf(place), place[2], answer);
        const found = decodeAnswer(scopeOf(place), place[2], bytes);
        const plain = found && { ...found, pieces: found.pieces.map((piece) => Uint8Array.from(piece)) };
        expect(plain).toEqual(answer);
      }),
    );
  });

  test("is nothing under any other owner, partition or key", () => {
    fc.assert(
      fc.property(places, places, answers, (place, other, answer) => {
        fc.pre(place.some((part, index) => part !== other[index]));
        const bytes = encodeAnswer(scopeOf(place), place[2], answer);
        expect(decodeAnswer(scopeOf(other), other[2], bytes)).toBeNull();
      }),
    );
  });

  test("tells owner, partition and key apart however the texts are cut", () => {
    const bytes = encodeAnswer(sampleScope("ab", "c"), "d", sampleAnswer());
    expect(decodeAnswer(sampleScope("a", "bc"), "d", bytes)).toBeNull();
    expect(decodeAnswer(sampleScope("ab", "cd"), "", bytes)).toBeNull();
    expect(decodeAnswer(sampleScope("c", "ab"), "d", bytes)).toBeNull();
    expect(decodeAnswer(sampleScope("ab", "c"), "d", bytes)).not.toBeNull();
  });
});

describe("a stored answer that was spoilt", () => {
  const scope = sampleScope("owner");

  test("is nothing, whichever one bit was flipped", () => {
    const bytes = encodeAnswer(scope, "key", sampleAnswer());
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const spoilt = Uint8Array.from(bytes);
      spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeAnswer(scope, "key", spoilt), `bit ${bit}`).toBeNull();
    }
  });

  test("is nothing, wherever it was cut off", () => {
    const bytes = encodeAnswer(scope, "key", sampleAnswer());
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeAnswer(scope, "key", bytes.subarray(0, length)), `${length} bytes`).toBeNull();
    }
  });

  test("is nothing, whatever bytes were put in its place or behind it", () => {
    fc.assert(
      fc.property(answers, fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (answer, noise, start) => {
        const bytes = encodeAnswer(scope, "key", answer);
        const at = start % (bytes.length + 1);
        const spoilt = new Uint8Array(Math.max(bytes.length, at + noise.length));
        spoilt.set(bytes);
        spoilt.set(noise, at);
        fc.pre(Buffer.compare(spoilt, bytes) !== 0);
        expect(decodeAnswer(scope, "key", spoilt)).toBeNull();
        expect(decodeAnswer(scope, "key", noise)).toBeNull();
      }),
    );
  });

  test("is nothing where the second half is that of another answer of the same size", () => {
    const one = encodeAnswer(scope, "key", sampleAnswer({ model: "gpt-4o-mini" }));
    const other = encodeAnswer(
      scope,
      "key",
      sampleAnswer({ model: "gpt-4o-maxi", pieces: [new Uint8Array(11), new Uint8Array(14)] }),
    );
    expect(one.length).toBe(other.length);
    for (let at = 1; at < one.length; at++) {
      const torn = Uint8Array.from(one);
      torn.set(other.subarray(at), at);
      if (Buffer.compare(torn, one) === 0 || Buffer.compare(torn, other) === 0) continue;
      expect(decodeAnswer(scope, "key", torn), `torn at ${at}`).toBeNull();
    }
  });
});
