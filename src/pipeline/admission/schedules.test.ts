import { expect, test } from "vitest";
import { runSchedule } from "./test-schedule.ts";

test(
  "random schedules of calls, time and failures end with balances of exactly what was settled",
  { timeout: 60_000 },
  async () => {
    let [admitted, refused] = [0, 0];
    for (let seed = 1; seed <= 200; seed++) {
      const result = await runSchedule(seed);
      expect({ seed, ...result }).toMatchObject({ seed, wrong: 0n, leaked: 0n, overshoot: 0n, unbacked: 0n });
      admitted += result.admitted;
      refused += result.refused;
    }
    expect(admitted).toBeGreaterThan(3_000);
    expect(refused).toBeGreaterThan(1_000);
  },
);
