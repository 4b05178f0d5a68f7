import type { Dialect } from "../../spec/dialect.ts";

const nothingInPath = { model: null, stream: null };

/** The paths of a dialect that has only one, with everything else in the body. */
export function fixedPath(path: string): Pick<Dialect, "matchPath" | "callPath"> {
  return {
    matchPath: (asked) => (asked === path ? nothingInPath : null),
    callPath: () => path,
  };
}
