import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MapAnswerStore } from "../../testing/map-answer-store.ts";
import { SnapshotWatch, endedSnapshotsMax, snapshotWatchOf, watchedModelsMax } from "./snapshot-watch.ts";

const of = (servedModel: string | null, model = "m") => ({ endpointId: "e", model, servedModel });

describe("a snapshot watch", () => {
  it("knows of no end before another snapshot answers", () => {
    const watch = new SnapshotWatch();
    expect(watch.isEnded({ ...of("old"), storedAtMs: 1 })).toBe(false);
    expect(watch.note(of("old"), 1, 2)).toBeNull();
    expect(watch.note(of("old"), 3, 4)).toBeNull();
    expect(watch.isEnded({ ...of("old"), storedAtMs: 1 })).toBe(false);
  });

  it("ends the old one's answers, and no other model's", () => {
    const watch = new SnapshotWatch();
    watch.note(of("old"), 1, 2);
    watch.note(of("old", "other"), 1, 2);
    expect(watch.note(of("new"), 9, 10)).toBe("old");
    expect(watch.isEnded({ ...of("old"), storedAtMs: 5 })).toBe(true);
    expect(watch.isEnded({ ...of("new"), storedAtMs: 10 })).toBe(false);
    expect(watch.isEnded({ ...of("old", "other"), storedAtMs: 5 })).toBe(false);
  });

  it("also those stored before this process began", () => {
    const watch = new SnapshotWatch();
    watch.note(of("new"), 9, 10);
    expect(watch.isEnded({ ...of("old"), storedAtMs: 5 })).toBe(true);
  });

  it("does not revive them when the old one comes back", () => {
    const watch = new SnapshotWatch();
    watch.note(of("a"), 1, 2);
    watch.note(of("b"), 9, 10);
    expect(watch.note(of("a"), 19, 20)).toBe("b");
    expect(watch.isEnded({ ...of("a"), storedAtMs: 10 })).toBe(true);
    expect(watch.isEnded({ ...of("a"), storedAtMs: 20 })).toBe(false);
    expect(watch.isEnded({ ...of("b"), storedAtMs: 15 })).toBe(true);
  });

  it("takes no call that began before the change for a change back", () => {
    const watch = new SnapshotWatch();
    watch.note(of("old"), 1, 2);
    watch.note(of("new"), 9, 10);
    expect(watch.note(of("old"), 8, 11)).toBeNull();
    expect(watch.isEnded({ ...of("old"), storedAtMs: 11 })).toBe(true);
    expect(watch.isEnded({ ...of("new"), storedAtMs: 11 })).toBe(false);
  });

  it("says nothing of providers that do not tell", () => {
    const watch = new SnapshotWatch();
    watch.note(of("old"), 1, 2);
    expect(watch.note(of(null), 9, 10)).toBeNull();
    expect(watch.isEnded({ ...of(null), storedAtMs: 5 })).toBe(false);
    expect(watch.isEnded({ ...of("old"), storedAtMs: 5 })).toBe(false);
  });

  it("forgets the model that was longest without an answer", () => {
    const watch = new SnapshotWatch();
    for (let index = 0; index <= watchedModelsMax; index++) watch.note(of("new", `m${index}`), index, index);
    expect(watch.size).toBe(watchedModelsMax);
    expect(watch.isEnded({ ...of("old", "m0"), storedAtMs: 0 })).toBe(false);
    expect(watch.isEnded({ ...of("old", "m1"), storedAtMs: 0 })).toBe(true);
  });

  it("never gives out an answer stored before its own snapshot ended, however many came between", () => {
    const snapshot = fc.integer({ min: 0, max: endedSnapshotsMax + 4 }).map((index) => `s${index}`);
    fc.assert(
      fc.property(fc.array(snapshot, { maxLength: 120 }), (answers) => {
        const watch = new SnapshotWatch();
        const endedAt = new Map<string, number>();
        let current: string | null = null;
        for (const [index, servedModel] of answers.entries()) {
          const nowMs = 10 * index;
          if (current !== null && current !== servedModel) endedAt.set(current, nowMs);
          watch.note(of(servedModel), nowMs, nowMs);
          current = servedModel;
          for (const [ended, atMs] of endedAt) expect(watch.isEnded({ ...of(ended), storedAtMs: atMs })).toBe(true);
          expect(watch.isEnded({ ...of(current), storedAtMs: nowMs + 1 })).toBe(false);
        }
      }),
    );
  });
});

it("there is one watch for each store", () => {
  const [one, other] = [new MapAnswerStore(), new MapAnswerStore()];
  expect(snapshotWatchOf(one)).toBe(snapshotWatchOf(one));
  expect(snapshotWatchOf(one)).not.toBe(snapshotWatchOf(other));
});
