import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ChainHead, ChainReport } from "../../../spec/body-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import { writeHead } from "./body-head.ts";
import type { BodyAppend, BodyBatch, BodyErasure } from "./body-protocol.ts";
import { bodyHeadFile } from "./body-schema.ts";
import { createBodyWriter } from "./body-writer.ts";
import { openBodyFile } from "./open-body-file.ts";
import { createBodyReader } from "./read-bodies.ts";

/** A secret of tests. */
export const testKey = "a test's secret of more than 32 characters";
export const ownerA = "owner-a" as Scope;
export const ownerB = "owner-b" as Scope;

/** A folder of its own. */
export function makeBodyFolder(): string {
  return mkdtempSync(join(tmpdir(), "farthing-bodies-"));
}

export function removeBodyFolder(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** A request's body on its way to the disk. */
export function requestAppend(id: bigint, changes: Partial<BodyAppend> = {}): BodyAppend {
  return {
    kind: "append",
    id,
    part: "request",
    owner: ownerA,
    user: "",
    route: "legal",
    dialect: "openai-chat",
    called: "gpt-4o",
    atMs: 1_000,
    status: null,
    complete: null,
    body: new TextEncoder().encode(`request ${id}`),
    ...changes,
  };
}

/** The answer to it. */
export function replyAppend(id: bigint, changes: Partial<BodyAppend> = {}): BodyAppend {
  const body = new TextEncoder().encode(`reply ${id}`);
  return requestAppend(id, {
    part: "reply",
    route: "",
    dialect: "",
    called: "",
    status: 200,
    complete: true,
    body,
    ...changes,
  });
}

export function erasureOf(user: string, owner: Scope = ownerA): BodyErasure {
  return { kind: "erase", owner, user: user as Scope, atMs: 2_000 };
}

/** Writes batches as the thread would, and the head's file behind them. */
export function writeBatches(directory: string, batches: readonly BodyBatch[]): readonly number[] {
  const file = openBodyFile(directory, testKey, "OFF");
  try {
    const writer = createBodyWriter(file);
    const erased = batches.flatMap((batch) => writer.write(batch));
    writeHead(directory, [file.master], writer.head);
    return erased;
  } finally {
    file.database.close();
  }
}

/** Two owners, two users and requests without one; one user was deleted. */
export function writeSample(directory: string): void {
  writeBatches(directory, [
    [requestAppend(1n, { user: "u1" }), requestAppend(2n, { owner: ownerB, user: "u1" })],
    [replyAppend(1n, { user: "u1" }), requestAppend(3n), replyAppend(2n, { owner: ownerB, user: "u1" })],
    [replyAppend(3n, { status: 500, complete: false }), requestAppend(4n, { user: "u2" })],
    [erasureOf("u2")],
    [replyAppend(4n, { user: "u2" })],
  ]);
}

/** Copies a store as it lies on the disk, closed. */
export function copyStore(from: string, to: string): void {
  for (const name of ["bodies.sqlite", bodyHeadFile]) copyFileSync(join(from, name), join(to, name));
}

/** Does to the file what somebody with its password of the system could. */
export function tamper(directory: string, statement: string, ...values: (string | number | bigint | null)[]): number {
  const database = new DatabaseSync(join(directory, "bodies.sqlite"), { readBigInts: true });
  try {
    return Number(database.prepare(statement).run(...values).changes);
  } finally {
    database.close();
  }
}

export function verifyIn(directory: string, kept?: ChainHead): Promise<ChainReport> {
  return createBodyReader(directory, testKey).verify(kept);
}
