import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Runs that are kept; older ones are deleted, so that the folder does not grow for ever. */
const runsMax = 8;
const runPattern = /^\d{8}-\d{6}(-\d)?$/;
/** Runs that may begin in the same second. */
const twinsMax = 9;

/** A new directory for one run in `folder` (default `.farthing/demo`), mode 0700, named for its UTC time. Deletes the oldest runs beyond the {@link runsMax} newest. */
export function createRunDirectory(now: Date, folder: string = join(root, ".farthing", "demo")): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const runs = readdirSync(folder).filter((name) => runPattern.test(name));
  for (const old of runs.toSorted().slice(0, Math.max(0, runs.length - runsMax + 1))) {
    rmSync(join(folder, old), { recursive: true, force: true });
  }
  const digits = now.toISOString().replaceAll(/\D/g, "");
  const name = `${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
  for (let twin = 1; ; twin += 1) {
    const directory = join(folder, twin === 1 ? name : `${name}-${twin}`);
    try {
      mkdirSync(directory, { mode: 0o700 });
      return directory;
    } catch (error) {
      if (twin === twinsMax) throw error;
    }
  }
}

/** True for a directory that holds nothing, or does not exist. A ledger of other traffic must not be mixed with the demo's. */
export function isNewOrEmpty(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}

/** As people want to read it: relative to where they are, when it lies below. */
export function shortPath(directory: string): string {
  const path = relative(process.cwd(), directory);
  return path === "" || path.startsWith("..") ? directory : path;
}
