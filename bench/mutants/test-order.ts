import { basename } from "node:path";

/** What decides how soon a test file is asked about a mutant. */
export interface OrderedTest {
  /** Path from the repository's root. */
  readonly path: string;
  /** Files that it reaches, and how far they are from it. */
  readonly reach: ReadonlyMap<string, number>;
  /** Mutants that it noticed, by the file that they were planted in. */
  readonly kills: ReadonlyMap<string, number>;
  /** Milliseconds that it took on the untouched copy, above 0. */
  readonly tookMs: number;
}

/** The tests that reach a file: its own first, then those that noticed most of its mutants, and the nearest, for their time. */
export function inOrder<Test extends OrderedTest>(tests: readonly Test[], file: string): readonly Test[] {
  const own = basename(file, ".ts");
  const worth = ({ path, reach, kills, tookMs }: Test): number =>
    basename(path, ".test.ts") === own ? Infinity : ((kills.get(file) ?? 0) + 1 / (reach.get(file) ?? 1)) / tookMs;
  return tests
    .filter(({ reach }) => reach.has(file))
    .map((test) => ({ test, worth: worth(test) }))
    .toSorted((one, other) => (one.worth === other.worth ? 0 : other.worth - one.worth))
    .map(({ test }) => test);
}
