import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as z from "zod";

/** How far a file has been read into the cache. */
export interface WarmProgress {
  /** Bytes of whole lines done. */
  readonly offset: number;
  readonly lines: number;
  readonly stored: number;
  /** Rows whose answer was there already. */
  readonly known: number;
  readonly refused: number;
}

const progressSchema = z.strictObject({
  schema: z.literal("farthing.warm-progress.v1"),
  bytes: z.number().int().min(0),
  changedMs: z.number(),
  offset: z.number().int().min(0),
  lines: z.number().int().min(0),
  stored: z.number().int().min(0),
  known: z.number().int().min(0),
  refused: z.number().int().min(0),
});

/** Before the first line. */
export const warmStart: WarmProgress = { offset: 0, lines: 0, stored: 0, known: 0, refused: 0 };

/** Where the progress of a file is kept: beside it. */
export function progressFileOf(file: string): string {
  return `${file}.warm-progress`;
}

/** Where an earlier run came to; null where there was none, or the file is another by now. */
export function readWarmProgress(file: string): WarmProgress | null {
  const kept = progressFileOf(file);
  if (!existsSync(kept)) return null;
  try {
    const parsed = progressSchema.safeParse(JSON.parse(readFileSync(kept, "utf8")));
    if (!parsed.success) return null;
    const { schema: _schema, bytes, changedMs, ...progress } = parsed.data;
    const { size, mtimeMs } = statSync(file);
    return bytes === size && changedMs === mtimeMs && progress.offset <= size ? progress : null;
  } catch {
    // Half written or not ours: the file is read from its beginning, which stores nothing twice.
    return null;
  }
}

/** Keeps the progress: everything before it is in the store. */
export function keepWarmProgress(file: string, progress: WarmProgress): void {
  const { size, mtimeMs } = statSync(file);
  const kept = progressFileOf(file);
  const text = JSON.stringify({ schema: "farthing.warm-progress.v1", bytes: size, changedMs: mtimeMs, ...progress });
  writeFileSync(`${kept}.new`, text, { mode: 0o600 });
  renameSync(`${kept}.new`, kept);
}

/** The file is done. */
export function dropWarmProgress(file: string): void {
  rmSync(progressFileOf(file), { force: true });
}
