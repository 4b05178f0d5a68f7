import type { Dialect, PathFacts } from "../spec/dialect.ts";
import type { ResourceCall } from "../spec/request.ts";

/** A call of a model by its path. */
export interface CalledDialect {
  readonly dialect: Dialect;
  readonly path: PathFacts;
  /** Set when something else than the dialect's own path is called. */
  readonly resource?: ResourceCall;
}

/** Finds the dialect whose call a path is; null for other paths. Most paths are fixed and found at once. */
export function createDialectFinder(
  dialects: Readonly<Record<string, Dialect>>,
): (path: string) => CalledDialect | null {
  const fixed = new Map<string, CalledDialect>();
  const patterns: Dialect[] = [];
  for (const dialect of Object.values(dialects)) {
    const path = dialect.matchPath(dialect.path);
    if (path === null || dialect.path.includes("{")) patterns.push(dialect);
    else fixed.set(dialect.path, { dialect, path });
  }
  return (asked) => {
    const found = fixed.get(asked);
    if (found !== undefined) return found;
    for (const dialect of patterns) {
      const path = dialect.matchPath(asked);
      if (path !== null) return { dialect, path };
    }
    return null;
  };
}
