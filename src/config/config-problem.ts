import { FarthingError } from "../kit/farthing-error.ts";

/** Place of a value: keys and list positions from the top of the document. */
export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong in the config. Never holds a value that may be a secret. */
export interface ConfigProblem {
  /** File as the user named it, `environment`, or the flag. */
  readonly source: string;
  /** From 1; null where the source has no lines. */
  readonly line: number | null;
  readonly column: number | null;
  /** Where in the document, as people write it: `routes[0].exactCache.ttl`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it: one sentence. */
  readonly fix: string;
}

/** The config is wrong; `problems` holds everything found, and the message lists it. */
export class ConfigError extends FarthingError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super("config_invalid", problems.map(formatProblem).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** One line: `farthing.yaml:12:5: routes[0].exactCache.ttl: not a duration. Write ...`. */
export function formatProblem(problem: ConfigProblem): string {
  const place = problem.line === null ? problem.source : `${problem.source}:${problem.line}:${problem.column ?? 1}`;
  const where = problem.path === "" ? "" : `${problem.path}: `;
  return `${place}: ${where}${problem.message}. ${problem.fix}`;
}

/** A path as people write it. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}
