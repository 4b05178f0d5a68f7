import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import type { Result } from "../measurement.ts";
import { attemptRows, ledgerRows } from "./ledger-rows.ts";
import { counted, withScratch, type ProofOptions } from "./proof.ts";
import { surfaceCases, type SurfaceCase } from "./surface-cases.ts";
import { askSide, startSurfacePair, type SurfaceOutcome, type SurfacePair, type SurfaceSide } from "./surface-pair.ts";

/**
 * A call answered in this process and the same call answered over HTTP: equal to the caller, to the provider, in the journal
 * and in the ledger. The same check with a library that loses a header must fail, or it proves nothing.
 */
export async function proveLibraryEqualsGateway({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const runs = quick ? 20 : 200;
  const compared = await withScratch(async (directory) => {
    const pair = await startSurfacePair(directory, seed);
    const tally = await compareCases(pair, runs, seed, tell).finally(() => pair.stop());
    const [gateway, library] = [rowsOf(pair.gateway), rowsOf(pair.library)];
    const unequal = gateway.filter((row, index) => !isDeepStrictEqual(row, library[index])).length;
    return { ...tally, rows: gateway.length, rowsUnequal: unequal + Math.abs(library.length - gateway.length) };
  });
  const planted = await withScratch(async (directory) => {
    const pair = await startSurfacePair(directory, seed);
    return compareCases({ ...pair, library: losingAHeader(pair.library) }, 10, seed, quiet).finally(() => pair.stop());
  });
  return [
    counted("cases-that-differ", compared.differing, compared.cases, { op: "==", value: 0 }, "cases"),
    counted("answered", compared.answered, compared.cases, { op: ">=", value: runs / 4 }, "cases"),
    counted("ledger-rows-that-differ", compared.rowsUnequal, compared.rows, { op: "==", value: 0 }, "rows"),
    counted("planted-fault-noticed", planted.differing, planted.cases, { op: ">=", value: 1 }, "cases"),
  ];
}

interface Tally {
  cases: number;
  differing: number;
  /** With status 200. */
  answered: number;
}

type Teller = (wanted: SurfaceCase, gateway: SurfaceOutcome, library: SurfaceOutcome) => void;
const quiet: Teller = () => {};

async function compareCases(pair: SurfacePair, runs: number, seed: number, teller: Teller): Promise<Tally> {
  // Drawn and not shrunk: what a case finds depends on those before it, which filled caches and spent budgets.
  const tally: Tally = { cases: 0, differing: 0, answered: 0 };
  for (const wanted of fc.sample(surfaceCases(pair.localKey), { numRuns: runs, seed })) {
    const gateway = await askSide(pair.gateway, wanted, null);
    const library = await askSide(pair.library, wanted, gateway.records.length);
    tally.cases += 1;
    if (gateway.status === 200) tally.answered += 1;
    if (isDeepStrictEqual(gateway, library)) continue;
    tally.differing += 1;
    teller(wanted, gateway, library);
  }
  return tally;
}

/** The first places where the two part, one a line. */
const tell: Teller = (wanted, gateway, library) => {
  const where = differences(gateway, library, "").slice(0, 5);
  const asked = `${wanted.method} ${wanted.path} ${wanted.body?.slice(0, 200) ?? ""}`;
  process.stderr.write(`library-equals-gateway: ${asked}\n${where.map((line) => `  ${line}\n`).join("")}`);
};

function differences(left: unknown, right: unknown, path: string): readonly string[] {
  if (isDeepStrictEqual(left, right)) return [];
  if (!isContainer(left) || !isContainer(right)) {
    return [`${path}: ${String(JSON.stringify(left)).slice(0, 200)} | ${String(JSON.stringify(right)).slice(0, 200)}`];
  }
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => differences(left[name], right[name], `${path}.${name}`));
}

const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The rows on disk, without ids. */
function rowsOf({ directory }: SurfaceSide): readonly unknown[] {
  const requests = ledgerRows(directory).map((row) => ({ ...row, id: 0n }));
  return [...requests, ...attemptRows(directory).map((row) => ({ ...row, requestId: 0n }))];
}

/** The planted fault. */
function losingAHeader(side: SurfaceSide): SurfaceSide {
  const fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const { body, status, headers } = await side.fetch(path, init);
    headers.delete("x-farthing-decision");
    return new Response(body, { status, headers });
  };
  return { ...side, fetch };
}
