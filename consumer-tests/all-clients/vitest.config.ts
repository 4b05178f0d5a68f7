import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const folder: string = fileURLToPath(new URL(".", import.meta.url));

/** `npm run test:clients`: apart from the root's tests, because its clients are installed on demand. */
const config: ViteUserConfig = defineConfig({
  root: folder,
  test: {
    include: ["*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: "forks",
    // Some clients print the errors that they are made to raise.
    silent: "passed-only",
    reporters: ["default", "./collect-results.ts"],
    // Clients that would tell somebody that they ran.
    env: { MASTRA_TELEMETRY_DISABLED: "1", AI_SDK_LOG_WARNINGS: "false", LANGCHAIN_TRACING_V2: "false" },
  },
});

export default config;
