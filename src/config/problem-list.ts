import { type ConfigPath, type ConfigProblem, formatPath } from "./config-problem.ts";
import type { SourceDocument } from "./read-yaml.ts";

/** Most problems told at once; a file with more is not read to the end by anybody. */
const problemsMax = 100;

/** Gathers problems and finds the place of each in the source. */
export interface ProblemList {
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
  /** A value at `path` is wrong. `part: "key"` points at its key. */
  add(path: ConfigPath, message: string, fix: string, part?: "key" | "value"): void;
  /** Something outside the file is wrong: a flag or a variable of the environment. */
  addOutside(source: string, name: string, message: string, fix: string): void;
  warn(text: string): void;
  /** True when the source itself has a value at this place. */
  has(path: ConfigPath): boolean;
  /** True when something at or below this place is wrong already, so that what follows from it need not be told. */
  isWrong(path: ConfigPath): boolean;
}

/** A list whose places come from `document`; null where the config comes from no file. */
export function createProblemList(document: SourceDocument | null): ProblemList {
  const problems: ConfigProblem[] = [...(document?.problems ?? [])];
  const warnings: string[] = [];
  const push = (problem: ConfigProblem): void => {
    if (problems.length < problemsMax) problems.push(problem);
  };
  return {
    problems,
    warnings,
    add(path, message, fix, part = "value") {
      if (document === null) {
        push({ source: "defaults", line: null, column: null, path: formatPath(path), message, fix });
        return;
      }
      const place = findPlace(document, path, part);
      const found = place.exact && place.written !== null && !holdsSecret(path) ? ` (found ${place.written})` : "";
      push({
        source: document.source,
        line: place.line,
        column: place.column,
        path: formatPath(path),
        message: message + found,
        fix,
      });
    },
    addOutside(source, name, message, fix) {
      push({ source, line: null, column: null, path: name, message, fix });
    },
    warn(text) {
      warnings.push(text);
    },
    has(path) {
      return document?.places.has(JSON.stringify(path)) ?? false;
    },
    isWrong(path) {
      const place = formatPath(path);
      return problems.some((problem) => problem.path === place || /^[.[]/.test(remainder(problem.path, place)));
    },
  };
}

/** What stands in `text` after `start`; empty when it does not start so. */
function remainder(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : "";
}

/** Never quoted back: keys, and addresses, which may carry a password. */
function holdsSecret(path: ConfigPath): boolean {
  const last = path.at(-1);
  if (path.includes("webhook")) return true;
  return last === "key" || last === "baseUrl" || last === "httpsProxy";
}

/** The place of the value, or of the nearest section around it that the file has. */
function findPlace(
  document: SourceDocument,
  path: ConfigPath,
  part: "key" | "value",
): { line: number; column: number; exact: boolean; written: string | null } {
  for (let length = path.length; length >= 0; length--) {
    const place = document.places.get(JSON.stringify(path.slice(0, length)));
    if (place === undefined) continue;
    const exact = length === path.length;
    const { line, col } = document.lines.linePos(part === "key" || !exact ? place.keyOffset : place.valueOffset);
    return { line, column: col, exact: exact && part === "value", written: place.written };
  }
  return { line: 1, column: 1, exact: false, written: null };
}
