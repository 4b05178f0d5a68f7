import { describe, expect, it } from "vitest";
import { redisAbsence } from "../../src/stores/redis/test-redis-server.ts";
import { holds } from "../measurement.ts";
import { proveAborts } from "./aborts.ts";
import { proveBudgets } from "./budgets.ts";
import { proveCacheFreshness } from "./cache-freshness.ts";
import { proveCacheKill } from "./cache-kill.ts";
import { proveCacheScope } from "./cache-scope.ts";
import { proveCoalesce } from "./coalesce.ts";
import { proveCompliance } from "./compliance.ts";
import { proveConservation } from "./conservation.ts";
import { proveKill } from "./kill.ts";
import { proveLibraryEqualsGateway } from "./library-equals-gateway.ts";
import { proveMoney } from "./money.ts";
import { proveMutations } from "./mutations.ts";
import type { Proof } from "./proof.ts";
import { proveRedisFaults } from "./redis-faults.ts";
import { proveStalledReaders } from "./stalled-readers.ts";
import { proveSyncOrder } from "./sync-order.ts";

// The short versions of `npm run prove`: the same code, fewer rounds.
const proofs: readonly (readonly [string, Proof])[] = [
  ["money", proveMoney],
  ["conservation of money", proveConservation],
  ["coalesce", proveCoalesce],
  ["aborts", proveAborts],
  ["stalled readers", proveStalledReaders],
  ["kill -9", proveKill],
  ["sync before the last byte", proveSyncOrder],
  ["library = gateway", proveLibraryEqualsGateway],
  ["budgets", proveBudgets],
  ["compliance routes", proveCompliance],
  ["answers are forgotten on time", proveCacheFreshness],
  ["kill -9 while answers are stored", proveCacheKill],
  ["no answer reaches who may not have it", proveCacheScope],
  ["broken streams and replies are no success", proveMutations],
];

/** What a proof missed. All stand in one file: two at a time would disturb what they measure. */
async function missedBy(proof: Proof): Promise<readonly string[]> {
  const results = await proof({ seed: 1, quick: true });
  if (results.length === 0) return ["it measured nothing"];
  const missed = results.filter((result) => !holds(result));
  return missed.map((result) => `${result.name} ${Object.values(result.labels).join(" ")}: ${result.value}`);
}

describe.skipIf(process.platform !== "linux")("proofs, short version", () => {
  for (const [name, proof] of proofs) {
    it(`${name} holds`, { timeout: 60_000 }, async () => {
      expect(await missedBy(proof)).toEqual([]);
    });
  }

  it.skipIf(redisAbsence !== null)(
    `a gateway goes on while Redis is killed, stalled and back${redisAbsence === null ? "" : `: ${redisAbsence}`}`,
    { timeout: 60_000 },
    async () => {
      expect(await missedBy(proveRedisFaults)).toEqual([]);
    },
  );
});
