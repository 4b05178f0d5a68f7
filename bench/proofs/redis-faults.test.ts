import { describe, expect, it } from "vitest";
import { redisAbsence } from "../../src/stores/redis/test-redis-server.ts";
import { holds } from "../measurement.ts";
import { proveRedisFaults } from "./redis-faults.ts";

describe.skipIf(redisAbsence !== null)(
  `redis-faults, short version${redisAbsence === null ? "" : `: ${redisAbsence}`}`,
  () => {
    it("a gateway goes on while Redis is killed, stalled and back", { timeout: 60_000 }, async () => {
      const results = await proveRedisFaults({ seed: 1, quick: true });
      expect(results.length).toBeGreaterThan(0);
      expect(
        results.filter((result) => !holds(result)).map(({ name, labels, value }) => ({ name, labels, value })),
      ).toEqual([]);
    });
  },
);
