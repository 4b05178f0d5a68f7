import { runSchedule } from "../../src/pipeline/admission/test-schedule.ts";
import type { Result } from "../measurement.ts";
import { counted } from "./proof.ts";

/** Random schedules: what is reserved is settled or released, to the last unit, whatever the store and the clock do meanwhile. */
export async function runSchedules(seed: number, runs: number): Promise<readonly Result[]> {
  const sums = { wrong: 0n, leaked: 0n, overshoot: 0n, unbacked: 0n };
  let [admitted, refused] = [0, 0];
  for (let index = 0; index < runs; index++) {
    const result = await runSchedule(seed * 1_000_003 + index);
    admitted += result.admitted;
    refused += result.refused;
    sums.wrong += result.wrong;
    sums.leaked += result.leaked;
    sums.overshoot += result.overshoot;
    sums.unbacked += result.unbacked;
  }
  const bar = { op: "==", value: 0 } as const;
  return [
    counted("schedule-balances-unlike-settlements", Number(sums.wrong), runs, bar, "units"),
    counted("schedule-leaked", Number(sums.leaked), runs, bar, "units"),
    counted("schedule-hard-overshoot", Number(sums.overshoot), runs, bar, "units"),
    counted("schedule-reserved-and-not-leased", Number(sums.unbacked), runs, bar, "units"),
    counted("schedule-calls-admitted", admitted, runs, null, "calls"),
    counted("schedule-calls-refused", refused, runs, null, "calls"),
  ];
}
