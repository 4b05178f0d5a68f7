import { describe, expect, test } from "vitest";
import { ledgerConformance, sampleRecord } from "../../testing/ledger-conformance.ts";
import { createMemoryLedger } from "./test-ledger.ts";

describe("ledger in memory: conformance", () => {
  ledgerConformance(test, () => createMemoryLedger());
});

test("a full ledger in memory drops rows and counts them", async () => {
  const ledger = createMemoryLedger(1);
  expect(await ledger.append(sampleRecord(1), true)).toBe("synced");
  expect(await ledger.append(sampleRecord(2), true)).toBe("dropped");
  expect(ledger.records.map((record) => record.id)).toEqual([sampleRecord(1).id]);
  expect(ledger.status().rowsDropped).toBe(1);
});
