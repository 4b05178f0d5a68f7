import { join } from "node:path";
import * as z from "zod";
import type { FiringAlert } from "../../alerts/follow-alerts.ts";
import { alertRuleNames } from "../../spec/alert.ts";
import { readPrivateFile, writePrivateFile } from "../data-directory.ts";

const text = z.string().max(4_096);

const firing = z.strictObject({
  alert: z.strictObject({
    rule: z.enum(alertRuleNames),
    subject: text,
    severity: z.enum(["critical", "warning", "info"]),
    summary: text,
    actual: text,
    expected: text,
    meaning: text,
    nextStep: text,
  }),
  sinceMs: z.int(),
  lastSeenMs: z.int(),
  notifiedAtMs: z.int().nullable(),
  notices: z.int(),
});

const stateFile = z.strictObject({ version: z.literal(1), firing: z.array(firing).max(1_000) });

/** Where a data directory remembers what is firing. */
export function alertStateFile(directory: string): string {
  return join(directory, "alerts.json");
}

/** What was firing when the file was written; nothing where there is none or it is damaged: the worst is a notice twice. */
export function readAlertState(file: string): readonly FiringAlert[] {
  const written = readPrivateFile(file);
  if (written === null) return [];
  try {
    return stateFile.parse(JSON.parse(written)).firing;
  } catch {
    return [];
  }
}

/** Replaces the file in one step. Throws the file system's error. */
export function writeAlertState(file: string, some: readonly FiringAlert[]): void {
  writePrivateFile(file, `${JSON.stringify({ version: 1, firing: some })}\n`);
}
