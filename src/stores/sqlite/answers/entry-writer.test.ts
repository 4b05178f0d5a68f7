import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Scope } from "../../../spec/caller.ts";
import { createAnswerEpochs, EpochWriter } from "./answer-epochs.ts";
import { openAnswerFile, type AnswerFile } from "./answer-file.ts";
import type { EntryToStore } from "./answer-protocol.ts";
import { AnswerReader } from "./answer-reader.ts";
import { EntryWriter, storedBytes, type EntryChanges } from "./entry-writer.ts";
import { decayedHits, valueDensity } from "./value-density.ts";

const day = 86_400_000;
let directory: string;
let file: AnswerFile;
let generation: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-entries-"));
  file = openAnswerFile(directory, 0);
  generation = createAnswerEpochs(file.database).generation;
});
afterEach(() => {
  file.close();
  rmSync(directory, { recursive: true });
});

function entryOf(fingerprint: number, over: Partial<EntryToStore> = {}): EntryToStore {
  const place = {
    owner: "owner",
    partition: "owner",
    isolation: "tenant",
    key: `key-${10_000 + fingerprint}`,
  } as const;
  const times = { storedAtMs: 1_000, endsAtMs: 10 * day, costPicoUsd: 1_000 };
  const body = new Uint8Array(1_000);
  return { fingerprint, ...place, ...times, generation, sequence: 0, tags: '["tag:x"]', body, ...over };
}

function write(writer: EntryWriter, nowMs: number, change: () => void): EntryChanges {
  writer.begin();
  change();
  return writer.finish(nowMs);
}

function writerOf(bytesMax = 2 ** 30): EntryWriter {
  return new EntryWriter(file.database, createAnswerEpochs(file.database), bytesMax);
}

function modelOf(fingerprint: number, nowMs = 1_000): boolean {
  const { owner, partition, key } = entryOf(fingerprint);
  const found = new AnswerReader(file.database).answer({ kind: "get", fingerprint, owner, partition, key, nowMs });
  return "body" in found && found.body !== null;
}

function fingerprintsLeft(): readonly number[] {
  return file.database
    .prepare("SELECT fingerprint FROM entries ORDER BY fingerprint")
    .all()
    .map((row) => Number(row["fingerprint"]));
}

describe("writing entries", () => {
  test("tells what came and what went, in the order of the changes", () => {
    const writer = writerOf();
    expect(write(writer, 1_000, () => writer.set(entryOf(1), 1_000)).changes).toEqual([1]);
    const replaced = write(writer, 1_000, () => writer.set(entryOf(1, { storedAtMs: 2_000 }), 2_000));
    expect(replaced.changes).toEqual([-1, 1]);
    const cleared = write(writer, 1_000, () => {
      writer.set(entryOf(2), 1_000);
      expect(writer.clear()).toBe(2);
      writer.set(entryOf(3), 1_000);
    });
    expect(cleared).toEqual({ cleared: true, changes: [3], evicted: 0 });
    expect(fingerprintsLeft()).toEqual([3]);
    expect(write(writer, 20 * day, () => undefined).changes).toEqual([-3]);
  });

  test("keeps the newer of two, unless it is dead", () => {
    const writer = writerOf();
    write(writer, 1_000, () => {
      expect(writer.set(entryOf(1, { storedAtMs: 5_000 }), 5_000)).toBe(true);
      expect(writer.set(entryOf(1, { storedAtMs: 4_000 }), 5_000)).toBe(false);
      const sequence = new EpochWriter(file.database).raise({ owner: "owner" as Scope, tag: "tag:x" });
      writer.forgetEpochs();
      expect(modelOfInside()).toBe(false);
      expect(writer.set(entryOf(1, { storedAtMs: 4_000 }), 5_000)).toBe(false);
      expect(writer.set(entryOf(1, { storedAtMs: 4_000, sequence }), 5_000)).toBe(true);
    });
    expect(modelOf(1)).toBe(true);
  });

  test("keeps the newer of two questions with one fingerprint, and counts what is there", () => {
    const writer = writerOf();
    write(writer, 1_000, () => {
      expect(writer.set(entryOf(1, { storedAtMs: 1_000 }), 5_000)).toBe(true);
      expect(writer.set(entryOf(1, { key: "another", storedAtMs: 4_000 }), 5_000)).toBe(true);
      expect(writer.set(entryOf(1, { storedAtMs: 3_000 }), 5_000)).toBe(false);
    });
    expect(modelOf(1)).toBe(false);
    expect(file.database.prepare("SELECT key FROM entries").all()).toEqual([{ key: "another" }]);
    expect(file.database.prepare("SELECT entries FROM store").get()).toEqual({ entries: 1 });
    expect(file.database.prepare("SELECT count(*) AS n FROM bodies").get()).toEqual({ n: 1 });
  });

  test("stores nothing of another generation, nor what has ended", () => {
    const writer = writerOf();
    write(writer, 1_000, () => {
      expect(writer.set(entryOf(1, { generation: "of another file" }), 1_000)).toBe(false);
      expect(writer.set(entryOf(1, { endsAtMs: 1_000 }), 1_000)).toBe(false);
    });
    expect(fingerprintsLeft()).toEqual([]);
  });

  test("throws out what is worth least a byte, of equal worth the oldest, and goes round", () => {
    const each = storedBytes(entryOf(1));
    const writer = writerOf(each * 10);
    const ids = new Map<number, number>();
    write(writer, 1_000, () => {
      for (let fingerprint = 1; fingerprint <= 10; fingerprint++) writer.set(entryOf(fingerprint), 1_000);
    });
    for (const row of file.database.prepare("SELECT id, fingerprint FROM entries").all()) {
      ids.set(Number(row["fingerprint"]), Number(row["id"]));
    }
    // The first was asked for once and the second twice; the third as often as the second, but long ago.
    write(writer, 1_000, () => {
      writer.addHits(ids.get(1) ?? 0, 1, 9 * day);
      writer.addHits(ids.get(2) ?? 0, 2, 9 * day);
      writer.addHits(ids.get(3) ?? 0, 2, 1_000);
    });
    const room = (fingerprint: number): readonly number[] =>
      write(writer, 9 * day, () => writer.set(entryOf(fingerprint), 9 * day)).changes;
    expect(room(11)).toEqual([11, -4]);
    expect(room(12)).toEqual([12, -5]);
    for (let fingerprint = 13; fingerprint <= 60; fingerprint++) expect(room(fingerprint)).toHaveLength(2);
    const left = fingerprintsLeft();
    expect(left).toHaveLength(10);
    expect(left.slice(0, 3)).toEqual([1, 2, 3]);
  });

  test("gives what is new the time to be asked for again", () => {
    const writer = writerOf(storedBytes(entryOf(1)) * 200);
    for (let fingerprint = 1; fingerprint <= 1_000; fingerprint++) {
      write(writer, 1_000, () => writer.set(entryOf(fingerprint), 1_000));
      const [first = 0] = fingerprintsLeft().toReversed();
      expect(first).toBe(fingerprint);
    }
    const newest = fingerprintsLeft().slice(-63);
    expect(newest).toEqual(Array.from({ length: 63 }, (_, index) => 938 + index));
  });

  test("goes through entries in steps, and leaves what was looked up later", () => {
    const writer = writerOf();
    const meant = { tag: "tag:y" };
    write(writer, 1_000, () => {
      for (let fingerprint = 1; fingerprint <= 4_500; fingerprint++) {
        writer.set(entryOf(fingerprint, { tags: fingerprint % 3 === 0 ? '["tag:x","tag:y"]' : '["tag:x"]' }), 1_000);
      }
      writer.set(entryOf(9_000, { tags: '["tag:y"]', sequence: 7 }), 1_000);
    });
    const counts: number[] = [];
    write(writer, 1_000, () => {
      for (let afterId = 0; ;) {
        const { count, lastId } = writer.deleteStep(meant, 7, afterId);
        counts.push(count);
        if (lastId === null) break;
        afterId = lastId;
      }
    });
    expect(counts).toHaveLength(3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_500);
    expect(fingerprintsLeft()).toHaveLength(3_001);
  });
});

/** As {@link modelOf}, inside a transaction that is open anyway. */
function modelOfInside(): boolean {
  const row = file.database.prepare("SELECT tags, sequence FROM entries").get();
  return !createAnswerEpochs(file.database).isDead(
    "owner",
    "key-10001",
    String(row?.["tags"]),
    Number(row?.["sequence"]),
  );
}

describe("what an entry is worth", () => {
  test("halves each day, grows with hits and cost, falls with size", () => {
    expect(decayedHits(8, 0, 3 * day)).toBeCloseTo(1);
    expect(decayedHits(8, day, 0)).toBe(8);
    const worth = { bytes: 1_000, costPicoUsd: 1_000, hits: 2, hitAtMs: 0 };
    expect(valueDensity({ ...worth, hits: 0 }, 0)).toBe(0);
    expect(valueDensity({ ...worth, costPicoUsd: 0 }, 0)).toBeGreaterThan(0);
    expect(valueDensity({ ...worth, hits: 3 }, 0)).toBeGreaterThan(valueDensity(worth, 0));
    expect(valueDensity({ ...worth, bytes: 2_000 }, 0)).toBe(valueDensity(worth, 0) / 2);
  });
});
