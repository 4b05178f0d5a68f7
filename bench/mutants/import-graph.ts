import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A path of the same folder or above, written as a text that ends in `.ts`: an import, or the address of a worker. */
const relativePath = /["'](\.{1,2}\/[^"'\n]+\.ts)["']/g;

/** How far every file that a test file reaches is from it: 1 for what it imports itself. Paths from the repository's root. */
export function reachOf(root: string, testFile: string): ReadonlyMap<string, number> {
  const distances = new Map<string, number>([[testFile, 0]]);
  for (const [path, distance] of distances) {
    for (const [, target = ""] of readText(join(root, path)).matchAll(relativePath)) {
      const reached = join(path, "..", target);
      if (!distances.has(reached)) distances.set(reached, distance + 1);
    }
  }
  return distances;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A path in a text or a comment that names no file.
    return "";
  }
}
