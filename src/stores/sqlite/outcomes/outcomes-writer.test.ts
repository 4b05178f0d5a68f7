import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstIdAt } from "../../../kit/request-id.ts";
import type { Outcome, OutcomePoster } from "../../../spec/outcome.ts";
import { createFakeClock } from "../../../testing/fake-clock.ts";
import { openForWriting } from "../data-directory.ts";
import { openOutcomeStore, storeOutcomes } from "./outcomes-store.ts";
import { createOutcomeWriter, type OutcomeWriter } from "./outcomes-writer.ts";
import { createRetention } from "../ledger/retention.ts";

let directory: string;
let database: DatabaseSync;
let writer: OutcomeWriter;
const nowMs = 1_795_000_000_000;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-outcomes-"));
  database = openForWriting(directory, "OFF");
  writer = createOutcomeWriter(database);
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

const acme: OutcomePoster = { owner: "tenant:acme", keyId: "k1", keyIds: ["k1", "k2"] };
const own: OutcomePoster = { owner: "own:own_1", keyId: "own_1", keyIds: ["own_1"] };

function outcome(id: string, over: Partial<Outcome> = {}): Outcome {
  return { id, kind: "ticket", valuePicoUsd: 5n, weight: 1.5, session: "s", requestId: null, atMs: null, ...over };
}

const count = (): number => Number(database.prepare("SELECT count(*) AS n FROM outcomes").get()?.["n"]);

describe("outcomes", () => {
  it("are stored once, however often they are posted", () => {
    expect(writer.write(acme, [outcome("a"), outcome("b"), outcome("a")], nowMs)).toEqual({ stored: 2, repeated: 1 });
    expect(writer.write(acme, [outcome("a")], nowMs + 5_000)).toEqual({ stored: 0, repeated: 1 });
    expect(count()).toBe(2);
  });

  it.each<[string, Partial<Outcome>]>([
    ["kind", { kind: "sale" }],
    ["value", { valuePicoUsd: 6n }],
    ["value that is not said", { valuePicoUsd: null }],
    ["weight", { weight: 1.500001 }],
    ["session", { session: "t" }],
    ["request in place of the session", { session: null, requestId: "fr_1" }],
    ["moment", { atMs: nowMs }],
  ])("refuse another %s under the same id, and all that was posted with it", (_name, over) => {
    writer.write(acme, [outcome("a")], nowMs);
    expect(writer.write(acme, [outcome("new"), outcome("a", over)], nowMs)).toEqual({ conflict: "a" });
    expect(count()).toBe(1);
    expect(writer.write(acme, [outcome("new")], nowMs)).toMatchObject({ stored: 1 });
  });

  it("compare a moment that was given", () => {
    writer.write(acme, [outcome("a", { atMs: nowMs })], nowMs);
    expect(writer.write(acme, [outcome("a", { atMs: nowMs })], nowMs + 1)).toMatchObject({ repeated: 1 });
    expect(writer.write(acme, [outcome("a", { atMs: nowMs + 1 })], nowMs)).toEqual({ conflict: "a" });
    expect(writer.write(acme, [outcome("a")], nowMs)).toEqual({ conflict: "a" });
  });

  it("belong to their owner: another's id is another outcome", () => {
    writer.write(acme, [outcome("a")], nowMs);
    expect(writer.write(own, [outcome("a", { kind: "sale" })], nowMs)).toMatchObject({ stored: 1 });
    const keys = database.prepare("SELECT key_id, owner FROM tenant_keys ORDER BY key_id").all();
    expect(keys.map((row) => [row["key_id"], row["owner"]])).toEqual([
      ["k1", "tenant:acme"],
      ["k2", "tenant:acme"],
      ["own_1", "own:own_1"],
    ]);
  });

  it("cannot be changed, nor deleted but by retention, which takes those of its age", async () => {
    const dayMs = 86_400_000;
    writer.write(acme, [outcome("old")], nowMs - dayMs);
    writer.write(acme, [outcome("new")], nowMs);
    expect(() => database.exec("UPDATE outcomes SET kind = 'x'")).toThrow("immutable");
    expect(() => database.exec("DELETE FROM outcomes")).toThrow("retention only");
    const retention = createRetention(database, (error) => expect.unreachable(String(error)));
    retention.start(firstIdAt(nowMs));
    await expect.poll(count).toBe(1);
    retention.stop();
    expect(database.prepare("SELECT id FROM outcomes").get()).toEqual({ id: "new" });
  });

  it("are written in a thread beside the ledger's own connection, durable when it says so", async () => {
    const store = openOutcomeStore(directory, createFakeClock(nowMs));
    try {
      const posts = Array.from({ length: 20 }, (_, index) =>
        store.post(acme, [outcome(`o-${index}`), outcome("same")]),
      );
      database.exec("BEGIN IMMEDIATE; INSERT INTO corrections (request_id, kind, at_ms) VALUES (1, 'x', 1); COMMIT");
      const receipts = await Promise.all(posts);
      expect(receipts.filter((receipt) => "stored" in receipt && receipt.stored === 2)).toHaveLength(1);
      expect(count()).toBe(21);
      expect(await store.post(acme, [outcome("same", { kind: "sale" })])).toEqual({ conflict: "same" });
    } finally {
      await store.close();
    }
  });

  it("refuse more posts than may wait, and say when the disk does not take them", async () => {
    const store = openOutcomeStore(join(directory, "nowhere"), createFakeClock(nowMs));
    const posts = Array.from({ length: 257 }, (_, index) => store.post(acme, [outcome(`o-${index}`)]));
    const settled = await Promise.allSettled(posts);
    expect(settled.every(({ status }) => status === "rejected")).toBe(true);
    await expect(posts[256]).rejects.toThrow("Too many outcomes wait");
    await expect(posts[0]).rejects.toThrow("are not stored");
    await store.close();
  });

  it("of an import stop at the first thousand with a conflict", () => {
    writer.write(acme, [outcome("x")], nowMs);
    const posts = [[outcome("a")], [outcome("b"), outcome("x", { kind: "sale" })], [outcome("c")]];
    expect(storeOutcomes({ directory, poster: acme, posts, nowMs })).toEqual([
      { stored: 1, repeated: 0 },
      { conflict: "x" },
    ]);
  });
});
