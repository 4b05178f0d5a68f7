import type { Budget } from "../../src/spec/budget.ts";
import { systemClock } from "../../src/assembly/system-clock.ts";
import { createBudgetAdmission } from "../../src/pipeline/admission/budget-admission.ts";
import { createMemoryLimitStore } from "../../src/stores/memory/limit-store.ts";
import { median, spread, type Bar, type Result } from "../measurement.ts";

const rounds = 5;
/** Calls between two turns of the event loop. */
const burst = 200;
const usd = 1_000_000_000_000n;

/** What admitting and settling one call costs where leases cover it, CPU, with one budget and with three nested ones. */
export async function measureAdmission(calls: number, bar: Bar | null): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const budgets of [
    [budget("org", {})],
    [budget("key", { key: "*" }), budget("team", { team: "*" }), budget("org", {})],
  ]) {
    const timings: number[] = [];
    for (let round = 0; round <= rounds; round++) timings.push(await timeOf(budgets, calls));
    // The first round warms the code up.
    const kept = timings.slice(1);
    results.push({
      name: "admit-and-settle-on-a-lease",
      labels: { budgets: String(budgets.length) },
      value: median(kept),
      unit: "ns/call",
      n: calls,
      interval: spread(kept),
      bar,
    });
  }
  return results;
}

function budget(name: string, subject: Budget["subject"]): Budget {
  return {
    name,
    subject,
    measure: "usd",
    limit: 1_000_000_000n * usd,
    window: { kind: "calendar", unit: "month", zone: "Europe/Berlin" },
    mode: "hard",
    outputQuantile: 0.99,
  };
}

/** CPU nanoseconds a call, without those that wait for a lease: an account's first. */
async function timeOf(budgets: readonly Budget[], calls: number): Promise<number> {
  const admission = createBudgetAdmission({
    budgets,
    store: createMemoryLimitStore(),
    owner: "measured",
    clock: systemClock,
    alarm: (code, detail) => {
      throw new Error(`${code}: ${detail}`);
    },
  });
  await admission.start(() => Promise.resolve([]));
  const subject = { key: "key-1", team: "team-1", user: "somebody", model: "gpt-4o" };
  const atMost = { picoUsd: 5_000_000_000n, tokens: 2_000n };
  const used = { picoUsd: 3_123_456_789n, tokens: 1_200n };
  let elapsedNs = 0;
  let timed = 0;
  const nowMs = systemClock.nowMs();
  while (timed < calls) {
    const start = process.threadCpuUsage();
    let done = 0;
    for (; done < burst; done++) {
      const result = admission.admit(subject, atMost, nowMs);
      if (result instanceof Promise) {
        await settleLater(result, used);
        break;
      }
      if ("refusal" in result) throw new Error("refused far from the limit");
      result.reservation.settle(used);
    }
    if (done === burst) {
      const { user, system } = process.threadCpuUsage(start);
      elapsedNs += (user + system) * 1_000;
      timed += done;
    }
    await new Promise(setImmediate);
  }
  await admission.close();
  return elapsedNs / timed;
}

async function settleLater(
  result: Promise<Awaited<ReturnType<ReturnType<typeof createBudgetAdmission>["admit"]>>>,
  used: { picoUsd: bigint; tokens: bigint },
): Promise<void> {
  const late = await result;
  if ("reservation" in late) late.reservation.settle(used);
}
