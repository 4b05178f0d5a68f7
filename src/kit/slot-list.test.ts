import fc from "fast-check";
import { expect, it } from "vitest";
import { SlotList, type Slotted } from "./slot-list.ts";

class Item implements Slotted {
  slot = -1;
}

it("holds what a Set would hold, whatever is added and removed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { maxLength: 200 }), (steps) => {
      const items = Array.from({ length: 10 }, () => new Item());
      const list = new SlotList<Item>();
      const model = new Set<Item>();
      for (const [adds, index] of steps) {
        const item = items[index] ?? new Item();
        if (!adds) {
          list.remove(item);
          model.delete(item);
        } else if (!model.has(item)) {
          list.add(item);
          model.add(item);
        }
        expect(list.size).toBe(model.size);
        expect(new Set(list.snapshot())).toEqual(model);
      }
    }),
  );
});

it("ignores an item of another list", () => {
  const [one, other] = [new SlotList<Item>(), new SlotList<Item>()];
  const item = new Item();
  one.add(item);
  other.add(new Item());
  other.remove(item);
  expect([one.size, other.size]).toEqual([1, 1]);
});
