import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVitest, type TestSpecification, type Vitest } from "vitest/node";
import { reachOf } from "./import-graph.ts";
import type { Fate, Mutant } from "./mutant.ts";
import { openWarmPool, type WarmPool } from "./open-warm-pool.ts";
import { runTest } from "./run-test.ts";
import { inOrder, type OrderedTest } from "./test-order.ts";

/** A copy of the code in which mutants are planted one at a time. */
export interface TestBench {
  /** Runs every test file on the untouched copy; those that fail are named and asked no more: they would notice anything. */
  setFailingAside(): Promise<readonly string[]>;
  /** Plants a mutant, runs the test files that reach it, likeliest first, until one fails, and takes it out again. */
  judge(mutant: Mutant): Promise<Fate>;
  close(): Promise<void>;
}

/** Milliseconds that a test file is thought to take until it has run on the untouched copy. */
const untouchedMs = 10_000;

interface TestFile extends OrderedTest {
  readonly specification: TestSpecification;
  /** Known once it has run untouched. */
  tookMs: number;
  readonly kills: Map<string, number>;
}

/** A bench over the test files of which `isTest` is true: paths from the repository's root. Throws an Error when there are none. */
export async function openTestBench(root: string, isTest: (path: string) => boolean): Promise<TestBench> {
  const copy = copyCode(root);
  const pool = openWarmPool();
  const ended = new Map<string, string>();
  const vitest = await openVitest(copy, pool, ended);
  const run = (test: TestFile): Promise<Fate> => runTest({ vitest, pool, ended }, test);
  let tests = await listTests(copy, vitest, isTest);
  if (tests.length === 0) throw new Error("no test file matches");
  return {
    setFailingAside: async () => {
      const failed: TestFile[] = [];
      for (const test of tests) {
        const startMs = performance.now();
        if ((await run(test)) !== "survived") failed.push(test);
        test.tookMs = performance.now() - startMs;
      }
      tests = tests.filter((test) => !failed.includes(test));
      return failed.map(({ path, specification }) => `${path}: ${whyFailed(specification)}`);
    },
    judge: async (mutant) => {
      const path = join(copy, mutant.file);
      const code = readFileSync(path, "utf8");
      if (code.slice(mutant.start, mutant.end) !== mutant.original) throw new Error(`${mutant.file} changed meanwhile`);
      const write = (text: string): void => {
        writeFileSync(path, text);
        vitest.invalidateFile(path);
        pool.renew();
      };
      write(code.slice(0, mutant.start) + mutant.text + code.slice(mutant.end));
      try {
        return await askAll(inOrder(tests, mutant.file), mutant.file, run);
      } finally {
        write(code);
      }
    },
    close: async () => {
      await vitest.close();
      pool.kill();
      rmSync(copy, { recursive: true, force: true });
    },
  };
}

function copyCode(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), "farthing-mutants-"));
  cpSync(join(root, "src"), join(copy, "src"), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

function openVitest(copy: string, pool: WarmPool, ended: Map<string, string>): Promise<Vitest> {
  return createVitest("test", {
    root: copy,
    watch: false,
    config: false,
    reporters: [{ onTestModuleEnd: (module) => void ended.set(module.moduleId, module.state()) }],
    pool: pool.initializer,
    runner: join(import.meta.dirname, "stop-at-failure.ts"),
    maxWorkers: 1,
    include: ["src/**/*.test.ts"],
    testTimeout: 20_000,
  });
}

async function listTests(copy: string, vitest: Vitest, isTest: (path: string) => boolean): Promise<TestFile[]> {
  return (await vitest.globTestSpecifications())
    .map((specification) => ({ specification, path: specification.moduleId.slice(copy.length + 1) }))
    .filter(({ path }) => isTest(path))
    .map((test) => ({
      ...test,
      tookMs: untouchedMs,
      reach: reachOf(copy, test.path),
      kills: new Map<string, number>(),
    }));
}

async function askAll(tests: readonly TestFile[], file: string, run: (test: TestFile) => Promise<Fate>): Promise<Fate> {
  for (const test of tests) {
    const fate = await run(test);
    if (fate === "survived") continue;
    test.kills.set(file, (test.kills.get(file) ?? 0) + 1);
    return fate;
  }
  return "survived";
}

function whyFailed({ testModule }: TestSpecification): string {
  const errors = [...(testModule?.children.allTests("failed") ?? [])].flatMap((test) => test.result().errors ?? []);
  return [...errors, ...(testModule?.errors() ?? [])][0]?.message ?? "it took too long";
}
