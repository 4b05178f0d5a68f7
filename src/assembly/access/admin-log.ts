import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { readPrivateFile } from "../data-directory.ts";

/** What a change was made with. */
export type ChangeTool = "keys" | "apply" | "prices" | "reload" | "start";

/** A change as it is told to the log. Neither side holds a secret or its digest. */
export interface AdminChange {
  /** `key.create`, `key.change`, `key.rotate`, `key.revoke`, `budget.create`, `budget.change`, `budget.remove`, `prices.change`. */
  readonly what: string;
  /** Id of the key, name of the budget, or the price version. */
  readonly subject: string;
  /** What was; null: nothing. */
  readonly before: unknown;
  /** What is; null: nothing. */
  readonly after: unknown;
}

/** A line of the log. */
export interface AdminEntry extends AdminChange {
  readonly atMs: number;
  /** The user and machine of the operating system. */
  readonly who: string;
  readonly with: string;
}

const entryShape = z.object({
  at: z.iso.datetime(),
  who: z.string(),
  with: z.string(),
  what: z.string(),
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});

function logFile(directory: string): string {
  return join(directory, "admin-log.ndjson");
}

/**
 * Adds changes to the log of a data directory, one line of JSON each, synced to disk before this returns. The file is only ever
 * appended to; mode 0600. Throws when it cannot be written.
 */
export function logAdminChanges(
  directory: string,
  tool: ChangeTool,
  changes: readonly AdminChange[],
  nowMs: number,
): void {
  if (changes.length === 0) return;
  const head = { at: new Date(nowMs).toISOString(), who: whoWeAre(), with: tool };
  const lines = changes.map((change) => `${JSON.stringify({ ...head, ...change })}\n`).join("");
  const file = openSync(logFile(directory), "a", 0o600);
  try {
    writeSync(file, lines);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Entries from `fromMs` on, oldest first. Lines that are none (a crash cut one off) are counted and left out. */
export function readAdminLog(
  directory: string,
  fromMs: number,
): { readonly entries: readonly AdminEntry[]; readonly damaged: number } {
  const lines = (readPrivateFile(logFile(directory)) ?? "").split("\n").filter((line) => line !== "");
  const read = lines.map(readLine).filter((entry) => entry !== null);
  return { entries: read.filter(({ atMs }) => atMs >= fromMs), damaged: lines.length - read.length };
}

function readLine(line: string): AdminEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = entryShape.safeParse(value);
  if (!parsed.success) return null;
  const { at, ...rest } = parsed.data;
  return { atMs: Date.parse(at), ...rest };
}

function whoWeAre(): string {
  const host = hostname();
  try {
    return `${userInfo().username}@${host}`;
  } catch {
    // A container may run under a number without a name.
    return `uid ${process.getuid?.() ?? "?"}@${host}`;
  }
}
