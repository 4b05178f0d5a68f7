import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bar, Result } from "../measurement.ts";

/** What a proof is told. `quick` is the short version that the tests run; it is never used for a published figure. */
export interface ProofOptions {
  readonly seed: number;
  readonly quick: boolean;
}

/** A claim about the whole gateway, checked from outside: real processes, real sockets. */
export type Proof = (options: ProofOptions) => Promise<readonly Result[]>;

/** Runs with a directory that is removed afterwards. */
export async function withScratch<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "farthing-proof-"));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A counted figure with its bar. */
export function counted(
  name: string,
  value: number,
  n: number,
  bar: Bar | null,
  unit = "",
  labels: Record<string, string> = {},
): Result {
  return { name, labels, value, unit, n, interval: null, bar };
}

/** Waits; proofs run in real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
