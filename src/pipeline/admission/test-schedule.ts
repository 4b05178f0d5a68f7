import type { Budget, BudgetMeasure, BudgetWindow, Reservation, Spend, Subject } from "../../spec/budget.ts";
import type { Random } from "../../spec/clock.ts";
import { accountsOf } from "../../money/budgets/account-of.ts";
import { amountOf, sliceAt } from "../../money/budgets/budget-slice.ts";
import { createMemoryLimitStore } from "../../stores/memory/limit-store.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { createSeededRandom } from "../../testing/seeded-random.ts";
import { createSlowLimitStore } from "../../testing/slow-limit-store.ts";
import { createBudgetAdmission, type LeasedAdmission } from "./budget-admission.ts";

/** What a random schedule came to. All but `admitted` and `refused` must be 0. */
export interface ScheduleResult {
  readonly admitted: number;
  readonly refused: number;
  /** Amounts by which balances differ from what was settled. */
  readonly wrong: bigint;
  /** Leases that nobody gave back. */
  readonly leaked: bigint;
  /** Amounts beyond a hard limit, at any moment, that calls using more than they reserved do not explain. */
  readonly overshoot: bigint;
  /** Amounts that calls under way hold of hard budgets and nobody has leased for them, at any moment. */
  readonly unbacked: bigint;
}

const stepsMax = 40;
const zones = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"];
/** A quarter of an hour before the clocks go forward in Berlin, 2026-03-29; and an ordinary noon. */
const starts = [1_774_745_100_000, 1_774_785_600_000];

/**
 * Calls, extensions, settlements, releases, time and failures of the store in random order, in one to three processes. What is
 * settled is added up apart, by plain sums, and compared with the store when all is over.
 */
export async function runSchedule(seed: number): Promise<ScheduleResult> {
  const schedule = new Schedule(createSeededRandom(seed));
  return schedule.run();
}

interface Open {
  readonly subject: Subject;
  readonly atMs: number;
  readonly reservation: Reservation;
  reserved: Spend;
}

class Schedule {
  readonly #random: Random;
  readonly #clock: FakeClock;
  readonly #store = createMemoryLimitStore();
  readonly #budgets: readonly Budget[];
  readonly #admissions: readonly LeasedAdmission[];
  readonly #open: Open[] = [];
  readonly #asked: Promise<void>[] = [];
  readonly #spent = new Map<string, bigint>();
  #admitted = 0;
  #refused = 0;
  #overshoot = 0n;
  #unbacked = 0n;
  /** What calls used beyond what they had reserved, in any measure. */
  #overrun = 0n;

  constructor(random: Random) {
    this.#random = random;
    this.#clock = createFakeClock(this.#pick(starts));
    this.#budgets = Array.from({ length: 1 + this.#below(3) }, (_, index) => this.#budget(index));
    const failShare = random() < 0.3 ? 0.15 : 0;
    this.#admissions = Array.from({ length: 1 + this.#below(3) }, (_, index) =>
      createBudgetAdmission({
        budgets: this.#budgets,
        store: createSlowLimitStore(this.#store, this.#clock, random, { delayMsMax: 1 + this.#below(80), failShare }),
        owner: `owner-${index}`,
        clock: this.#clock,
        alarm: () => undefined,
        accountsPerBudgetMax: 2,
      }),
    );
  }

  async run(): Promise<ScheduleResult> {
    for (const admission of this.#admissions) void admission.start(() => Promise.resolve([]));
    for (let step = 0; step < stepsMax; step++) await this.#step();
    await this.#clock.advanceAsync(1_000);
    await Promise.all(this.#asked);
    while (this.#open.length > 0) this.#end();
    await this.#clock.advanceAsync(3_000);
    const closed = Promise.all(this.#admissions.map((admission) => admission.close()));
    await this.#clock.advanceAsync(3_000);
    await closed;
    return {
      admitted: this.#admitted,
      refused: this.#refused,
      overshoot: this.#overshoot,
      unbacked: this.#unbacked,
      ...(await this.#compare()),
    };
  }

  async #step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.5) for (let calls = 1 + this.#below(4); calls > 0; calls--) this.#asked.push(this.#admit());
    else if (dice < 0.7) {
      this.#end();
      // In the same turn: before anybody was told of the room that came back.
      if (this.#random() < 0.6) this.#asked.push(this.#admit());
    } else if (dice < 0.78) this.#asked.push(this.#extend());
    else await this.#clock.advanceAsync(this.#random() < 0.05 ? 30_000 : this.#below(2_000));
    await this.#clock.advanceAsync(this.#below(20));
    await this.#look();
  }

  async #admit(): Promise<void> {
    const subject = { key: `key-${this.#below(4)}`, team: `team-${this.#below(2)}` };
    const atMs = this.#clock.nowMs();
    const reserved = { picoUsd: BigInt(this.#below(100)), tokens: BigInt(this.#below(50)) };
    const result = await this.#pick(this.#admissions).admit(subject, reserved, atMs);
    if ("refusal" in result) this.#refused += 1;
    else {
      this.#admitted += 1;
      this.#open.push({ subject, atMs, reserved, reservation: result.reservation });
    }
  }

  async #extend(): Promise<void> {
    const open = this.#open[this.#below(this.#open.length)];
    if (open === undefined) return;
    const more = { picoUsd: BigInt(this.#below(100)), tokens: BigInt(this.#below(50)) };
    if (!(await open.reservation.extend(more))) return;
    open.reserved = { picoUsd: open.reserved.picoUsd + more.picoUsd, tokens: open.reserved.tokens + more.tokens };
  }

  #end(): void {
    const [open] = this.#open.splice(this.#below(this.#open.length), 1);
    if (open === undefined) return;
    const { subject, atMs, reserved, reservation } = open;
    if (this.#random() < 0.3) return reservation.release();
    const more = this.#random() < 0.05 ? BigInt(this.#below(30)) : 0n;
    this.#overrun += 2n * more;
    const share = BigInt(this.#below(101));
    const used = {
      picoUsd: (reserved.picoUsd * share) / 100n + more,
      tokens: (reserved.tokens * share) / 100n + more,
    };
    this.#book(subject, atMs, used);
    reservation.settle(used);
    // Whoever settles twice, or changes its mind, changes nothing.
    if (this.#random() < 0.2) reservation.settle(used);
    if (this.#random() < 0.2) reservation.release();
  }

  /** By budget and slice: which values share an account depends on the order in which processes met them. */
  #book(subject: Subject, atMs: number, used: Spend): void {
    for (const { budget } of accountsOf(this.#budgets, subject)) {
      const name = `${budget.name} ${sliceAt(budget.window, atMs).startMs}`;
      this.#spent.set(name, (this.#spent.get(name) ?? 0n) + amountOf(budget.measure, used));
    }
  }

  async #look(): Promise<void> {
    await this.#lookAtLimits();
    const held = new Map<string, bigint>();
    for (const one of await this.#store.balances(null, 0)) {
      const name = `${nameIn(one.account)} ${one.sliceStartMs}`;
      held.set(name, (held.get(name) ?? 0n) + one.held + one.presumed);
    }
    for (const { subject, atMs, reserved } of this.#open) {
      for (const { budget } of accountsOf(this.#budgets, subject)) {
        const name = `${budget.name} ${sliceAt(budget.window, atMs).startMs}`;
        const rest = (held.get(name) ?? 0n) - amountOf(budget.measure, reserved);
        held.set(name, rest);
        if (budget.mode === "hard" && -rest > this.#unbacked) this.#unbacked = -rest;
      }
    }
  }

  async #lookAtLimits(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const sums = new Map<string, bigint>();
    for (const { account, sliceStartMs, spent, held, presumed } of await this.#store.balances(null, 0)) {
      const budget = this.#budgets.find(({ name }) => account.startsWith(`"${name}"`));
      if (budget === undefined || sliceStartMs < sliceAt(budget.window, nowMs).windowStartMs) continue;
      sums.set(account, (sums.get(account) ?? 0n) + spent + held + presumed);
      const over = (sums.get(account) ?? 0n) - budget.limit - this.#overrun;
      if (budget.mode === "hard" && over > this.#overshoot) this.#overshoot = over;
    }
  }

  async #compare(): Promise<{ wrong: bigint; leaked: bigint }> {
    let leaked = 0n;
    for (const { account, sliceStartMs, spent, held, presumed } of await this.#store.balances(null, 0)) {
      leaked += held + presumed;
      const name = `${nameIn(account)} ${sliceStartMs}`;
      this.#spent.set(name, (this.#spent.get(name) ?? 0n) - spent);
    }
    let wrong = 0n;
    for (const difference of this.#spent.values()) wrong += difference < 0n ? -difference : difference;
    return { wrong, leaked };
  }

  #budget(index: number): Budget {
    const measure = this.#pick<BudgetMeasure>(["usd", "requests", "tokens"]);
    const scale = { usd: 300, requests: 6, tokens: 150 }[measure];
    return {
      name: `budget-${index}`,
      subject: this.#pick<Subject>([{}, { key: "*" }, { team: "*", key: "*" }, { team: "team-1" }]),
      measure,
      limit: BigInt(Math.floor(scale * this.#pick([0, 0.5, 1, 4, 100, 10_000]))),
      window: this.#window(),
      mode: this.#random() < 0.7 ? "hard" : "soft",
      outputQuantile: 0.9,
    };
  }

  #window(): BudgetWindow {
    if (this.#random() < 0.4) return { kind: "sliding", lengthMs: this.#pick([60_000, 90_001, 3_600_000]) };
    return { kind: "calendar", unit: this.#pick(["minute", "hour", "day", "month"]), zone: this.#pick(zones) };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item;
  }
}

/** The budget's name that an account's id begins with; names here have no space. */
function nameIn(account: string): string {
  return JSON.parse(account.slice(0, account.indexOf(" "))) as string;
}
