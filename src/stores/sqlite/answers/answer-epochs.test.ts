import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AnswerSelector } from "../../../spec/answer-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import { createAnswerEpochs, EpochWriter } from "./answer-epochs.ts";
import { openAnswerFile, type AnswerFile } from "./answer-file.ts";

let directory: string;
let file: AnswerFile;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-epochs-"));
  file = openAnswerFile(directory, 0);
});
afterEach(() => {
  file.close();
  rmSync(directory, { recursive: true });
});

describe("epochs of invalidations", () => {
  test("kill what fits them and was looked up before, whatever the texts", () => {
    const epochs = createAnswerEpochs(file.database);
    const writer = new EpochWriter(file.database);
    const text = fc
      .oneof(fc.constantFrom("", "*", "=", "=*", "a", "\0", "a\0b"), fc.string({ unit: "binary" }))
      .map((value) => value.toWellFormed());
    const some = fc.option(text, { nil: undefined });
    const selector = fc.record({ owner: some, tag: some, key: some });
    fc.assert(
      fc.property(selector, text, text, fc.array(text, { maxLength: 4 }), (raw, owner, key, tags) => {
        const asked = JSON.parse(JSON.stringify(raw)) as AnswerSelector;
        const before = epochs.sequenceOf(owner);
        const raised = writer.raise(asked);
        const fits =
          (asked.owner ?? owner) === owner &&
          (asked.key ?? key) === key &&
          (asked.tag === undefined || tags.includes(asked.tag));
        expect(epochs.isDead(owner, key, JSON.stringify(tags), raised - 1)).toBe(fits);
        expect(epochs.isDead(owner, key, JSON.stringify(tags), raised)).toBe(false);
        expect(epochs.sequenceOf(owner)).toBe((asked.owner ?? owner) === owner ? raised : before);
      }),
    );
  });

  test("of one owner, when too many, become one that kills all older of this owner only", () => {
    const epochs = createAnswerEpochs(file.database);
    const writer = new EpochWriter(file.database, { ofOwnerMax: 3, max: 100 });
    for (const tag of ["a", "b", "c"]) writer.raise({ owner: "one" as Scope, tag });
    expect(epochs.isDead("one", "key", '["d"]', 0)).toBe(false);
    const last = writer.raise({ owner: "one" as Scope, tag: "e" });
    expect(epochs.isDead("one", "key", '["d"]', last - 1)).toBe(true);
    expect(epochs.isDead("one", "key", '["d"]', last)).toBe(false);
    expect(epochs.isDead("other", "key", '["a"]', 0)).toBe(false);
    expect(file.database.prepare("SELECT count(*) AS n FROM epochs").get()).toEqual({ n: 1 });
  });

  test("of all owners, when too many, become one that kills everything older", () => {
    const epochs = createAnswerEpochs(file.database);
    const writer = new EpochWriter(file.database, { ofOwnerMax: 3, max: 5 });
    for (let owner = 0; owner < 5; owner++) writer.raise({ owner: `owner-${owner}` as Scope, tag: "a" });
    expect(epochs.isDead("owner-1", "key", '["b"]', 0)).toBe(false);
    const last = writer.raise({ owner: "owner-5" as Scope, tag: "a" });
    expect(epochs.isDead("owner-1", "key", '["b"]', last - 1)).toBe(true);
    expect(epochs.sequenceOf("never heard of")).toBe(last);
    expect(file.database.prepare("SELECT count(*) AS n FROM epochs").get()).toEqual({ n: 1 });
  });

  test("belong to one file: another has another generation", () => {
    const other = mkdtempSync(join(tmpdir(), "farthing-epochs-"));
    const second = openAnswerFile(other, 0);
    expect(createAnswerEpochs(second.database).generation).toMatch(/^[0-9a-f]{32}$/);
    expect(createAnswerEpochs(second.database).generation).not.toBe(createAnswerEpochs(file.database).generation);
    second.close();
    rmSync(other, { recursive: true });
  });
});
