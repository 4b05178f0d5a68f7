import fc from "fast-check";
import { expect, test } from "vitest";
import { AnswerIndex, hashOf } from "./answer-index.ts";

/** All handles under a hash. */
function handlesOf(index: AnswerIndex, hash: number): readonly number[] {
  const handles: number[] = [];
  for (let slot = index.first(hash); slot >= 0; slot = index.next(slot, hash)) handles.push(index.handleAt(slot));
  return handles.toSorted((one, other) => one - other);
}

test("an index finds what was added, wherever it was moved, and nothing that was removed", () => {
  // Few hashes, near one another and at the table's end: they collide, and their runs wrap around.
  const steps = fc.array(
    fc.tuple(fc.constantFrom("add", "remove", "move"), fc.constantFrom(0, 1, 14, 15, 31, 4_294_967_295)),
    {
      maxLength: 120,
    },
  );
  fc.assert(
    fc.property(steps, (list) => {
      const index = new AnswerIndex(16);
      const model: { readonly hash: number; handle: number }[] = [];
      let handles = 0;
      for (const [step, hash] of list) {
        const known = model.find((entry) => entry.hash === hash);
        if (step === "add" && index.entries < index.entriesMax) {
          index.add(hash, handles);
          model.push({ hash, handle: handles++ });
        } else if (step === "remove" && known !== undefined) {
          index.remove(hash, known.handle);
          model.splice(model.indexOf(known), 1);
        } else if (step === "move" && known !== undefined) {
          index.move(hash, known.handle, handles);
          known.handle = handles++;
        }
        expect(index.entries).toBe(model.length);
        for (const each of [0, 1, 14, 15, 31, 4_294_967_295]) {
          const wanted = model.filter((entry) => entry.hash === each).map(({ handle }) => handle);
          expect(handlesOf(index, each)).toEqual(wanted.toSorted((one, other) => one - other));
        }
      }
    }),
  );
});

test("an index keeps the largest handle there is", () => {
  const index = new AnswerIndex(16);
  index.add(7, 2 ** 32 - 2);
  expect(handlesOf(index, 7)).toEqual([2 ** 32 - 2]);
});

test("the hash spreads texts that differ in one letter over all slots", () => {
  const slots = new Set<number>();
  for (let number = 0; number < 4_096; number++) slots.add(hashOf(`key-${number}`) & 1_023);
  // Of 4,096 throws into 1,024 slots about 1,005 are hit.
  expect(slots.size).toBeGreaterThan(980);
});
