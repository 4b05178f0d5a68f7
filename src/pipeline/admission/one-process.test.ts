import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Budget, Reservation, Spend, Subject } from "../../spec/budget.ts";
import { accountsOf } from "../../money/budgets/account-of.ts";
import { createMemoryLimitStore } from "../../stores/memory/limit-store.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createBudgetAdmission } from "./budget-admission.ts";

type Step =
  | { readonly kind: "admit" | "extend"; readonly key: string; readonly amount: bigint }
  | { readonly kind: "settle"; readonly share: number }
  | { readonly kind: "release" }
  | { readonly kind: "wait"; readonly ms: number };

const amount = fc.bigInt({ min: 0n, max: 60n });
const key = fc.constantFrom("a", "b");
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("admit" as const), key, amount }) },
  fc.record({ kind: fc.constant("extend" as const), key, amount }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("settle" as const), share: fc.integer({ min: 0, max: 100 }) }),
  },
  fc.record({ kind: fc.constant("release" as const) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 2_000 }) }),
);
const limits = fc.tuple(fc.bigInt({ min: 0n, max: 9_000n }), fc.bigInt({ min: 0n, max: 9_000n }));

function budgetsOf([perKey, all]: readonly [bigint, bigint]): readonly Budget[] {
  const same = { measure: "usd", mode: "hard", outputQuantile: 0.9 } as const;
  const window = { kind: "calendar", unit: "month", zone: "UTC" } as const;
  return [
    { ...same, window, name: "key", subject: { key: "*" }, limit: perKey },
    { ...same, window, name: "all", subject: {}, limit: all },
  ];
}

/** Limits by plain sums. */
class Sums {
  readonly #taken = new Map<string, bigint>();
  readonly #budgets: readonly Budget[];

  constructor(budgets: readonly Budget[]) {
    this.#budgets = budgets;
  }

  hasRoom(subject: Subject, wanted: bigint): boolean {
    return accountsOf(this.#budgets, subject).every(
      ({ id, budget }) => wanted === 0n || (this.#taken.get(id) ?? 0n) + wanted <= budget.limit,
    );
  }

  add(subject: Subject, change: bigint): void {
    for (const { id } of accountsOf(this.#budgets, subject)) this.#taken.set(id, (this.#taken.get(id) ?? 0n) + change);
  }
}

interface Answer {
  readonly expected: boolean;
  readonly given: boolean;
}

function alarm(code: string, detail: string): never {
  throw new Error(`${code}: ${detail}`);
}

function usd(picoUsd: bigint): Spend {
  return { picoUsd, tokens: 0n };
}

/** Runs steps against an admission and against plain sums. Returns what each said of every step that asks for room. */
async function runBoth(limit: readonly [bigint, bigint], list: readonly Step[]): Promise<readonly Answer[]> {
  const budgets = budgetsOf(limit);
  const clock = createFakeClock();
  const admission = createBudgetAdmission({ budgets, store: createMemoryLimitStore(), owner: "a", clock, alarm });
  await admission.start(() => Promise.resolve([]));
  const sums = new Sums(budgets);
  const open: { subject: Subject; reserved: bigint; reservation: Reservation }[] = [];
  const answers: Answer[] = [];
  for (const step of list) {
    const last = open.at(-1);
    if (step.kind === "wait") await clock.advanceAsync(step.ms);
    else if (step.kind === "admit") {
      const subject = { key: step.key };
      const expected = sums.hasRoom(subject, step.amount);
      const result = await admission.admit(subject, usd(step.amount), clock.nowMs());
      answers.push({ expected, given: "reservation" in result });
      if ("refusal" in result) continue;
      sums.add(subject, step.amount);
      open.push({ subject, reserved: step.amount, reservation: result.reservation });
    } else if (last !== undefined && step.kind === "extend") {
      const expected = sums.hasRoom(last.subject, step.amount);
      const given = await last.reservation.extend(usd(step.amount));
      answers.push({ expected, given });
      if (!given) continue;
      sums.add(last.subject, step.amount);
      last.reserved += step.amount;
    } else if (last !== undefined) {
      open.pop();
      const used = step.kind === "settle" ? (last.reserved * BigInt(step.share)) / 100n : 0n;
      sums.add(last.subject, used - last.reserved);
      if (step.kind === "settle") last.reservation.settle(usd(used));
      else last.reservation.release();
    }
  }
  return answers;
}

test(
  "one process, one call at a time: there is room exactly when plain sums have it, near the limit and far from it",
  { timeout: 60_000 },
  async () => {
    let [admitted, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(limits, fc.array(steps, { minLength: 10, maxLength: 120, size: "max" }), async (limit, list) => {
        for (const { expected, given } of await runBoth(limit, list)) {
          expect(given).toBe(expected);
          if (given) admitted += 1;
          else refused += 1;
        }
      }),
      { numRuns: 300 },
    );
    expect(admitted).toBeGreaterThan(2_000);
    expect(refused).toBeGreaterThan(200);
  },
);
