import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      "src/**/*.test.ts",
      "checks/**/*.test.ts",
      "demo/**/*.test.ts",
      "bench/**/*.test.ts",
      "dashboard/**/*.test.ts",
      "consumer-tests/*.test.ts",
    ],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
  },
});

export default config;
