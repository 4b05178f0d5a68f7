import * as fc from "fast-check";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bodyHeadFile } from "./body-schema.ts";
import {
  copyStore,
  erasureOf,
  makeBodyFolder,
  ownerB,
  removeBodyFolder,
  replyAppend,
  requestAppend,
  tamper,
  verifyIn,
  writeBatches,
  writeSample,
} from "./test-body-files.ts";

const tables = ["records", "sealed_bodies", "data_keys", "marks", "master"] as const;
const keyOf = {
  records: "position",
  sealed_bodies: "position",
  data_keys: "data_key",
  marks: "name",
  master: "only_row",
};

interface Cell {
  readonly table: (typeof tables)[number];
  readonly column: string;
  readonly key: bigint | string;
}

let sample: string;
let folder: string;
let cells: Cell[];

beforeAll(() => {
  sample = makeBodyFolder();
  writeSample(sample);
  cells = withDatabase(sample, (database) =>
    tables.flatMap((table) =>
      database
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .flatMap((row) =>
          Object.keys(row)
            // Says nothing: the one row has no other number, and is found without it.
            .filter((column) => column !== "only_row")
            .map((column) => ({ table, column, key: row[keyOf[table]] as bigint | string })),
        ),
    ),
  );
});
afterAll(() => {
  removeBodyFolder(sample);
  removeBodyFolder(folder);
});
beforeEach(() => restore());

function restore(): void {
  folder ??= makeBodyFolder();
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  copyStore(sample, folder);
}

function withDatabase<T>(directory: string, run: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(directory, "bodies.sqlite"), { readBigInts: true });
  try {
    return run(database);
  } finally {
    database.close();
  }
}

/** A store that cannot be opened with its key any more has shown the edit, too. */
async function showsEdit(): Promise<boolean> {
  return verifyIn(folder).then(
    ({ brokenAt }) => brokenAt !== null,
    () => true,
  );
}

/** Another value in the same place: one byte flipped, one character, one bit of a number, or a number where there was none. */
function changed(value: unknown, at: number): Uint8Array | bigint | string {
  if (value instanceof Uint8Array) {
    const copy = Uint8Array.from(value);
    const index = at % copy.length;
    copy[index] = (copy[index] ?? 0) ^ (1 << (at % 8));
    return copy;
  }
  if (typeof value === "bigint") return value ^ (1n << BigInt(at % 40));
  if (typeof value === "string") {
    const index = value === "" ? 0 : at % value.length;
    return `${value.slice(0, index)}${value[index] === "~" ? "-" : "~"}${value.slice(index + 1)}`;
  }
  return BigInt(at % 2);
}

async function edit({ table, column, key }: Cell, at: number): Promise<void> {
  restore();
  withDatabase(folder, (database) => {
    const where = `WHERE ${keyOf[table]} = ?`;
    const before = database.prepare(`SELECT ${column} AS value FROM ${table} ${where}`).get(key)?.["value"];
    database.prepare(`UPDATE OR REPLACE ${table} SET ${column} = ? ${where}`).run(changed(before, at), key);
  });
  const cell = `${table}.${column} of ${key}`;
  expect([cell, await showsEdit()]).toEqual([cell, true]);
}

describe("a whole chain", () => {
  it("is told to be whole, with its length and its end; keys deleted or not", async () => {
    const report = await verifyIn(folder);
    expect(report).toMatchObject({ records: 9n, brokenAt: null, head: { position: 9n } });
    expect(report.head?.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("stays whole when users are deleted, whatever came before (random chains)", async () => {
    const user = fc.constantFrom("", "u1", "u2");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("request" as const), user }),
      fc.record({ kind: fc.constant("reply" as const), user }),
      fc.record({ kind: fc.constant("erase" as const), user: fc.constantFrom("u1", "u2") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (batches) => {
        rmSync(folder, { recursive: true });
        let id = 0n;
        writeBatches(
          folder,
          batches.map((batch) =>
            batch.map(({ kind, user: name }) =>
              kind === "erase"
                ? erasureOf(name)
                : kind === "request"
                  ? requestAppend((id += 1n), { user: name })
                  : replyAppend(id, { user: name }),
            ),
          ),
        );
        expect((await verifyIn(folder)).brokenAt).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it("of an empty store is whole, and of no store too", async () => {
    rmSync(folder, { recursive: true });
    expect(await verifyIn(folder)).toEqual({ records: 0n, head: null, brokenAt: null });
    writeBatches(folder, []);
    expect(await verifyIn(folder)).toMatchObject({ records: 0n, brokenAt: null });
  });
});

describe("an edit shows", () => {
  it("of any byte of any column of any row (every cell, and 150 random bytes)", async () => {
    for (const cell of cells) await edit(cell, 3);
    await fc.assert(fc.asyncProperty(fc.constantFrom(...cells), fc.nat({ max: 255 }), edit), { numRuns: 150 });
  });

  it("when any row is deleted", async () => {
    const rows = new Set(cells.map(({ table, key }) => JSON.stringify([table, String(key)])));
    for (const row of rows) {
      const [table, key] = JSON.parse(row) as [Cell["table"], string];
      restore();
      expect(tamper(folder, `DELETE FROM ${table} WHERE ${keyOf[table]} = ?`, key)).toBe(1);
      expect([row, await showsEdit()]).toEqual([row, true]);
    }
  });

  it("when two rows change places, whole or in their bodies only", async () => {
    for (const table of ["records", "sealed_bodies"]) {
      for (const [left, right] of [
        [1, 2],
        [3, 6],
        [1, 9],
      ] as const) {
        restore();
        for (const [from, to] of [
          [left, -1],
          [right, left],
          [-1, right],
        ] as const)
          tamper(folder, `UPDATE ${table} SET position = ? WHERE position = ?`, to, from);
        expect([table, left, right, await showsEdit()]).toEqual([table, left, right, true]);
      }
    }
  });

  it("when rows are put in: at the end, before the beginning, beside the chain", async () => {
    const columns = "id, part, owner, data_key, route, dialect, called, at_ms, status, complete, sealed_digest, line";
    for (const position of [0, 10, 11, 500]) {
      restore();
      tamper(folder, `INSERT INTO records SELECT ?, ${columns} FROM records WHERE position = 1`, position);
      tamper(folder, "INSERT INTO sealed_bodies SELECT ?, sealed FROM sealed_bodies WHERE position = 1", position);
      expect([position, await showsEdit()]).toEqual([position, true]);
    }
    restore();
    tamper(folder, "INSERT INTO sealed_bodies SELECT 99, sealed FROM sealed_bodies WHERE position = 1");
    expect(await showsEdit()).toBe(true);
    restore();
    tamper(folder, "INSERT INTO data_keys SELECT 99, owner, 'u9', wrapped FROM data_keys WHERE data_key = 1");
    expect(await showsEdit()).toBe(true);
  });

  it("when the chain's end, its beginning or all of it is cut off", async () => {
    for (const cut of ["position >= 9", "position >= 2", "position >= 0", "position = 1", "position <= 5"]) {
      restore();
      for (const table of ["records", "sealed_bodies"]) tamper(folder, `DELETE FROM ${table} WHERE ${cut}`);
      expect([cut, await showsEdit()]).toEqual([cut, true]);
    }
  });
});

describe("a store that was set back", () => {
  it("with a head that was ours once: the head's file shows it, and what appends refuses", async () => {
    const early = makeBodyFolder();
    copyStore(folder, early);
    writeBatches(folder, [[requestAppend(5n, { owner: ownerB }), replyAppend(5n, { owner: ownerB })]]);
    copyFileSync(join(early, "bodies.sqlite"), join(folder, "bodies.sqlite"));
    expect((await verifyIn(folder)).brokenAt?.what).toBe("the newest records were cut off or set back");
    expect(() => writeBatches(folder, [])).toThrow(/cut off or set back.*move both away/s);
    removeBodyFolder(early);
  });

  it("with the head's file too: only a head that was noted elsewhere shows it", async () => {
    const early = makeBodyFolder();
    copyStore(folder, early);
    writeBatches(folder, [[requestAppend(5n), replyAppend(5n)]]);
    const noted = (await verifyIn(folder)).head;
    if (noted === null) throw new Error("no head");
    copyStore(early, folder);
    expect((await verifyIn(folder)).brokenAt).toBeNull();
    expect((await verifyIn(folder, noted)).brokenAt).toEqual({
      position: 9n,
      what: "the chain ends before the noted head",
    });
    writeBatches(folder, [[requestAppend(6n), replyAppend(6n)]]);
    expect((await verifyIn(folder, noted)).brokenAt).toEqual({ position: 11n, what: "the noted head is another" });
    removeBodyFolder(early);
  });

  it.each(["", "nonsense", `9 ${"a".repeat(64)} ${"b".repeat(64)}\n`, null])(
    "without its head's file as it was (%s)",
    async (text) => {
      if (text === null) rmSync(join(folder, bodyHeadFile));
      else writeFileSync(join(folder, bodyHeadFile), text);
      expect((await verifyIn(folder)).brokenAt?.what).toMatch(/^bodies\.head (is missing|is damaged|was edited)$/);
      expect(() => writeBatches(folder, [])).toThrow(/bodies\.head/);
    },
  );
});
