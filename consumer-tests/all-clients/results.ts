import { type ClientName, clients, type Feature, features } from "./features.ts";

/** What became of a square. `refused`: a clear refusal is what passed, because the provider's dialect has no such thing. */
export type Outcome = "pass" | "refused" | "fail" | "skipped";

/** One square of the table. */
export interface CellResult {
  readonly client: ClientName;
  readonly endpoint: string;
  readonly feature: Feature;
  readonly provider: string;
  /** `native`: the provider speaks the client's dialect, so bytes pass. */
  readonly mode: "native" | "translated";
  readonly result: Outcome;
}

/** What the last whole run of the clients found. */
export interface Results {
  /** Versions of the clients, as pinned. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why squares were skipped; empty: none was. */
  readonly skippedBecause: string;
  readonly cells: readonly CellResult[];
}

/** results.json: a line a result, so that the file stays small and a change of one square is a change of one line. */
interface ResultsFile {
  readonly versions: Readonly<Record<string, string>>;
  readonly skippedBecause: string;
  readonly cells: readonly (Pick<CellResult, "client" | "endpoint" | "provider" | "mode"> &
    Readonly<Partial<Record<Outcome, string>>>)[];
}

const outcomes: readonly Outcome[] = ["pass", "refused", "fail", "skipped"];
const featureNames = Object.keys(features);
/** Between the features of one line. */
const comma = ", ";

function placeOf({ client, endpoint, provider, feature }: CellResult): readonly (number | string)[] {
  return [clients.indexOf(client), endpoint, provider, featureNames.indexOf(feature)];
}

function compare(left: CellResult, right: CellResult): number {
  const others = placeOf(right);
  for (const [index, part] of placeOf(left).entries()) {
    const other = others[index] ?? 0;
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

/** In the order of the page, whatever order the tests ran in. */
export function sortedCells(cells: readonly CellResult[]): readonly CellResult[] {
  return cells.toSorted(compare);
}

/** The text of results.json. */
export function printResults({ versions, skippedBecause, cells }: Results): string {
  const groups = new Map<string, CellResult[]>();
  for (const cell of sortedCells(cells)) {
    const key = [cell.client, cell.endpoint, cell.provider].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  const file: ResultsFile = { versions, skippedBecause, cells: [...groups.values()].map(printedGroup) };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function printedGroup(cells: readonly CellResult[]): ResultsFile["cells"][number] {
  const [first] = cells;
  if (first === undefined) throw new Error("a group has a cell");
  const { client, endpoint, provider, mode } = first;
  const lists = outcomes.map((outcome) => {
    const found = cells.filter(({ result }) => result === outcome).map(({ feature }) => feature);
    return [outcome, found.join(comma)] as const;
  });
  return { client, endpoint, provider, mode, ...Object.fromEntries(lists.filter(([, list]) => list !== "")) };
}

/** Reads results.json. */
export function parseResults(text: string): Results {
  const { versions, skippedBecause, cells } = JSON.parse(text) as ResultsFile;
  return {
    versions,
    skippedBecause,
    cells: cells.flatMap(({ client, endpoint, provider, mode, ...lists }) =>
      outcomes.flatMap((result) =>
        (lists[result]?.split(comma) ?? []).map((name) => {
          const feature = name as Feature;
          return { client, endpoint, feature, provider, mode, result };
        }),
      ),
    ),
  };
}
