import fc from "fast-check";
import { expect, test } from "vitest";
import { envelopeOf, openEnvelope } from "./body-envelope.ts";

const plain = (bytes: Uint8Array): readonly number[] => [...bytes];

test("what was said of a body is told apart from it, whatever bytes it has", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), fc.uint8Array(), (about, body) => {
      const opened = openEnvelope(Buffer.concat([envelopeOf(about), body]));
      expect([opened.about, plain(opened.body)]).toEqual([about, plain(body)]);
    }),
  );
});

test("a body that nothing was said of is all there is", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (body) => {
      const opened = openEnvelope(body);
      expect([opened.about, plain(opened.body)]).toEqual([null, plain(body)]);
    }),
  );
});
