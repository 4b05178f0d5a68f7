import * as fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { retainSlice } from "./body-retention.ts";
import { openBodyFile } from "./open-body-file.ts";
import {
  erasureOf,
  makeBodyFolder,
  removeBodyFolder,
  requestAppend,
  testKey,
  verifyIn,
  writeBatches,
} from "./test-body-files.ts";

let directory: string;
beforeEach(() => {
  directory = makeBodyFolder();
});
afterEach(() => removeBodyFolder(directory));

/** Deletes what is older, and counts the rows that stay. */
function retain(beforeMs: number): { readonly records: number; readonly bodies: number; readonly keys: number } {
  const file = openBodyFile(directory, testKey, "OFF");
  try {
    while (retainSlice(file, beforeMs));
    const [records = 0, bodies = 0, keys = 0] = ["records", "sealed_bodies", "data_keys"].map((table) =>
      Number(file.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]),
    );
    return { records, bodies, keys };
  } finally {
    file.database.close();
  }
}

const step = fc.record({ atMs: fc.nat({ max: 10 }), user: fc.constantFrom("", "u1", "u2"), erases: fc.boolean() });

it("takes the oldest records up to the first that is young enough, and leaves a whole chain (random chains)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat({ max: 11 }), async (steps, beforeMs) => {
      removeBodyFolder(directory);
      const items = steps.map(({ atMs, user, erases }, index) =>
        erases && user !== "" ? { ...erasureOf(user), atMs } : requestAppend(BigInt(index + 1), { user, atMs }),
      );
      writeBatches(directory, [items]);
      const { records: before } = await verifyIn(directory);
      const left = retain(beforeMs);
      const report = await verifyIn(directory);
      expect(report.brokenAt).toBeNull();
      expect(report.records).toBe(BigInt(left.records));
      expect(left.bodies).toBeLessThanOrEqual(left.records);
      expect(left.keys).toBeLessThanOrEqual(3);
      const isYoung = steps.every(({ atMs }) => atMs >= beforeMs);
      const isOld = steps.every(({ atMs }) => atMs < beforeMs);
      expect([left.bodies === 0 && left.keys > 0, isYoung && report.records < before]).toEqual([false, false]);
      expect(isOld ? report.records : 0n).toBe(0n);
      writeBatches(directory, [[requestAppend(100n)]]);
      expect((await verifyIn(directory)).brokenAt).toBeNull();
    }),
    { numRuns: 60 },
  );
});

it("takes nothing from a file whose base was edited", () => {
  writeBatches(directory, [[requestAppend(1n, { atMs: 1 })]]);
  const file = openBodyFile(directory, testKey, "OFF");
  file.database.exec("UPDATE marks SET position = 7 WHERE name = 'base'");
  expect(() => retainSlice(file, 5)).toThrow(/deletes nothing: the mark base was edited/);
  expect(file.database.prepare("SELECT count(*) AS n FROM records").get()).toEqual({ n: 1n });
  file.database.close();
});
