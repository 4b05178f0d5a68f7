import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import type { CellMeta } from "./cell.ts";
import { compatibilityPage } from "./compatibility-page.ts";
import { type CellResult, type Outcome, printResults, type Results } from "./results.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes results.json and the page of it, after a run of everything (`FARTHING_CLIENTS_WRITE=1`). */
export default class CollectResults implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (process.env["FARTHING_CLIENTS_WRITE"] !== "1") return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const reasons = new Set(tests.flatMap((test) => test.meta().cell?.skipped ?? []));
    const results: Results = {
      versions: readVersions(),
      skippedBecause: [...reasons].join("; "),
      cells: tests.flatMap(resultOf),
    };
    writeFileSync(here("results.json"), printResults(results));
    writeFileSync(here("../../docs/reference/compatibility.md"), compatibilityPage(results));
  }
}

function resultOf(test: TestCase): CellResult[] {
  const cell: CellMeta | undefined = test.meta().cell;
  if (cell === undefined) return [];
  const { client, endpoint, feature, provider, mode } = cell;
  return [{ client, endpoint, feature, provider, mode, result: outcomeOf(cell, test.result().state) }];
}

/** A test that vitest skipped because its file's stack did not start has not passed. */
function outcomeOf({ refused, skipped }: CellMeta, state: string): Outcome {
  if (skipped !== null) return "skipped";
  if (state !== "passed") return "fail";
  return refused === null ? "pass" : "refused";
}

/** Versions as pinned. */
function readVersions(): Readonly<Record<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(here("package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const python = readFileSync(here("requirements.txt"), "utf8").trim().split("\n");
  const pinned = python.map((line) => line.split("=="));
  return {
    ...dependencies,
    ...Object.fromEntries(pinned.map(([name = "", version = ""]) => [`${name} (Python)`, version])),
  };
}
