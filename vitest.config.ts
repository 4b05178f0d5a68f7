import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Tests of rooms that do no IO and keep no state share processes: half a minute less than a process for each file. */
const pure = [
  "src/{spec,kit,money,policies,alerts,pipeline}/**/*.test.ts",
  "src/providers/{dialects,translation}/**/*.test.ts",
];
/** They measure times and memory of whole processes, so they run by themselves. */
const proofs = ["bench/proofs/**/*.test.ts"];
const everything = [
  "src/**/*.test.ts",
  "checks/**/*.test.ts",
  "demo/**/*.test.ts",
  "bench/**/*.test.ts",
  "dashboard/**/*.test.ts",
  "consumer-tests/*.test.ts",
];

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
    projects: [
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
      {
        extends: true,
        test: { name: "rest", include: everything, exclude: ["**/node_modules/**", "**/dist/**", ...pure, ...proofs] },
      },
      { extends: true, test: { name: "proofs", include: proofs } },
    ],
  },
});

export default config;
