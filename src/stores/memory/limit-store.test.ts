import { describe, test } from "vitest";
import { limitStoreConformance } from "../../testing/limit-store-conformance.ts";
import { createMemoryLimitStore } from "./limit-store.ts";

describe("balances in memory: conformance", () => {
  limitStoreConformance(test, createMemoryLimitStore);
});
