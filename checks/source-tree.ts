import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Source files by path from the root, with forward slashes. Rules work on this, so a test can plant a tree of its own. */
export type SourceTree = ReadonlyMap<string, string>;

const skipped = new Set(["node_modules", "dist", ".git", "coverage"]);

/** Reads every TypeScript file of the given folders. */
export function readSourceTree(folders: readonly string[]): SourceTree {
  const files = new Map<string, string>();
  const visit = (path: string): void => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).toSorted()) if (!skipped.has(name)) visit(join(path, name));
    } else if (path.endsWith(".ts")) {
      files.set(relative(root, path).replaceAll("\\", "/"), readFileSync(path, "utf8"));
    }
  };
  for (const folder of folders) visit(join(root, folder));
  return files;
}

/** True for tests and what only tests use: they are free of the rooms' rules. */
export function isTest(path: string): boolean {
  return /\.test\.ts$|\.fixture\.ts$|\/test-[^/]+\.ts$|\/fixtures\//.test(path);
}

/** The source without comments and the insides of strings, so that a word in a sentence is not taken for code. */
export function codeOnly(source: string): string {
  const pattern = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
  return source.replace(pattern, (match) => {
    if (match.startsWith("`")) return match.replace(/[^\n$`{}]+?(?=\$\{|`$)/g, "");
    if (match.startsWith("/")) return match.replace(/[^\n]/g, " ");
    return '""';
  });
}

/** A reference of one file to another module. */
export interface ImportEdge {
  readonly specifier: string;
  /** Path from the root for a relative import, null for a package. */
  readonly file: string | null;
}

/** Static, dynamic and `new URL(..., import.meta.url)` references of a file. */
export function importsOf(path: string, source: string): readonly ImportEdge[] {
  const patterns = [
    /^\s*(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']\s*\)/g,
    /\bnew URL\(\s*["'](\.[^"']+)["']\s*,\s*import\.meta\.url/g,
  ];
  const uncommented = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const specifiers = new Set<string>();
  for (const pattern of patterns) for (const match of uncommented.matchAll(pattern)) specifiers.add(match[1] ?? "");
  return [...specifiers].map((specifier) => ({
    specifier,
    file: specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(path), specifier)) : null,
  }));
}
