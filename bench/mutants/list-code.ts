import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The files of a target's code that exist: no tests, no generated ones. */
export function listCode(root: string, code: readonly string[]): readonly string[] {
  return code.flatMap((path) => {
    if (!existsSync(join(root, path))) return [];
    if (!path.endsWith("/")) return [path];
    return readdirSync(join(root, path), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !/(^|[.-])test[.-]/.test(entry.name))
      .map((entry) => path + entry.name);
  });
}
