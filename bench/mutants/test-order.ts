import { basename } from "node:path";

/** What decides how soon a test file is asked about a mutant. */
export interface OrderedTest {
  /** Path from the repository's root. */
  readonly path: string;
  /** Files that it reaches, and how far they are from it. */
  readonly reach: ReadonlyMap<string, number>;
  /** Mutants that it noticed, by the file that they were planted in. */
  readonly kills: ReadonlyMap<string, number>;
}

/** The tests that reach a file: its own first, then those that noticed most mutants of it, then the nearest. */
export function inOrder<Test extends OrderedTest>(tests: readonly Test[], file: string): readonly Test[] {
  const own = basename(file, ".ts");
  const rank = ({ path, reach, kills }: Test): readonly number[] => [
    basename(path, ".test.ts") === own ? 0 : 1,
    -(kills.get(file) ?? 0),
    reach.get(file) ?? Infinity,
  ];
  return tests
    .filter(({ reach }) => reach.has(file))
    .map((test) => ({ test, rank: rank(test) }))
    .toSorted((one, other) => {
      const at = one.rank.findIndex((value, index) => value !== other.rank[index]);
      return at < 0 ? 0 : (one.rank[at] ?? 0) - (other.rank[at] ?? 0);
    })
    .map(({ test }) => test);
}
