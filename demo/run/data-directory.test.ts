import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRunDirectory, isNewOrEmpty, shortPath } from "./data-directory.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "farthing-demo-runs-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("runs have private directories named for their time; only the newest are kept, and nothing else is touched", () => {
  writeFileSync(join(folder, "20200101-000000.txt"), "not ours");
  const runs = Array.from({ length: 12 }, (_, minute) =>
    basename(createRunDirectory(new Date(Date.UTC(2026, 10, 21, 12, minute)), folder)),
  );
  expect(runs[0]).toBe("20261121-120000");
  expect(readdirSync(folder).toSorted()).toEqual(["20200101-000000.txt", ...runs.slice(-8)]);
  expect(statSync(join(folder, runs.at(-1) ?? "")).mode & 0o777).toBe(0o700);
});

test("two runs of the same second get two directories", () => {
  const now = new Date(Date.UTC(2026, 10, 21));
  expect(basename(createRunDirectory(now, folder))).toBe("20261121-000000");
  expect(basename(createRunDirectory(now, folder))).toBe("20261121-000000-2");
});

test("only a new or empty directory is taken, and paths below the working directory are short", () => {
  expect(isNewOrEmpty(join(folder, "none"))).toBe(true);
  expect(isNewOrEmpty(folder)).toBe(true);
  writeFileSync(join(folder, "file"), "");
  expect(isNewOrEmpty(folder)).toBe(false);
  expect(shortPath(join(process.cwd(), "a", "b"))).toBe(join("a", "b"));
  expect(shortPath(folder)).toBe(folder);
});
