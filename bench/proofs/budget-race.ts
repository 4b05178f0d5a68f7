import type { Budget, Reservation, Subject } from "../../src/spec/budget.ts";
import type { Clock, Random } from "../../src/spec/clock.ts";
import type { LimitStore } from "../../src/spec/limit-store.ts";
import { accountsOf } from "../../src/money/budgets/account-of.ts";
import { truthOf, type LedgerSpend } from "../../src/money/budgets/fold-truth.ts";
import { createBudgetAdmission, type LeasedAdmission } from "../../src/pipeline/admission/budget-admission.ts";
import { createMemoryLimitStore } from "../../src/stores/memory/limit-store.ts";
import { createFakeClock, type FakeClock } from "../../src/testing/fake-clock.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { createSlowLimitStore } from "../../src/testing/slow-limit-store.ts";
import {
  beforePicoUsd,
  bookBefore,
  nestBudgets,
  reservationPicoUsd,
  sliceName,
  type Nest,
  type RaceCell,
} from "./budget-nest.ts";

/** What a race came to; everything but `admitted` and `expected` must be 0. */
export interface RaceResult {
  readonly admitted: number;
  readonly expected: number;
  /** Pico-dollars spent and held beyond a limit. */
  readonly overshoot: bigint;
  /** Pico-dollars of leases that were left when all was over. */
  readonly leaked: bigint;
  /** Pico-dollars by which balances differ from the rows. */
  readonly wrong: bigint;
  /** Calls refused after the race although there was room, or admitted although there was none. */
  readonly falseAnswers: number;
}

type RacerAdmission = Pick<LeasedAdmission, "admit" | "start" | "close">;

/** Makes the admission of one process; the planted control makes a wrong one. */
export type MakeAdmission = (parts: {
  readonly budgets: readonly Budget[];
  readonly store: LimitStore;
  readonly owner: string;
  readonly clock: Clock;
}) => RacerAdmission;

/** The admission that is proven; nothing in a race may raise its alarm. */
export const realAdmission: MakeAdmission = (parts) =>
  createBudgetAdmission({
    ...parts,
    alarm: (code, detail) => {
      throw new Error(`${code}: ${detail}`);
    },
  });

const atMost = { picoUsd: reservationPicoUsd, tokens: 0n };

/**
 * Runs one race on an empty store, in virtual time; the same seed runs the same race.
 * @param stores the same store, opened once or several times; the processes take turns.
 */
export async function runRace(
  cell: RaceCell,
  seed: number,
  stores: readonly LimitStore[],
  make: MakeAdmission,
): Promise<RaceResult> {
  const random = createSeededRandom(seed * 7_919 + cell.calls * 31 + cell.remainder * 10 + cell.instances);
  const clock = createFakeClock(1_790_000_000_000 + seed * 977_000);
  const nest = nestBudgets(cell, random, "org");
  const store = stores[0] ?? createMemoryLimitStore();
  const before = await bookBefore(store, nest, clock.nowMs());
  const track: Track = { clock, random, store, nest, before, make };
  const racers = Array.from({ length: cell.instances }, (_, index) => {
    return new Racer(`owner-${index}`, { ...track, store: stores[index % stores.length] ?? store });
  });
  for (const racer of racers) await racer.start();
  const admitted = await until(clock, Promise.all(crowd(cell.calls, racers, track)));
  const overshoot = await overshootOf(track);
  const winners = admitted.filter((one) => one !== null);
  for (const winner of winners) await endOne(winner, track);
  await clock.advanceAsync(1_500);
  const falseAnswers = await probe(racers, track);
  for (const racer of racers) await until(clock, racer.admission.close());
  return {
    admitted: winners.length,
    expected: Math.min(cell.calls, Math.floor(cell.remainder)),
    overshoot: overshoot + (await overshootOf(track)),
    falseAnswers,
    ...(await compare(
      track,
      racers.flatMap((racer) => racer.rows),
    )),
  };
}

interface Track {
  readonly clock: FakeClock;
  readonly random: Random;
  readonly store: LimitStore;
  readonly nest: Nest;
  readonly before: ReadonlySet<string>;
  readonly make: MakeAdmission;
}

/** A process: its admission, its way to the store, and its ledger, which outlives it. */
class Racer {
  readonly rows: LedgerSpend[] = [];
  admission: RacerAdmission;
  life = 0;
  readonly #owner: string;
  readonly #track: Track;

  constructor(owner: string, track: Track) {
    this.#owner = owner;
    this.#track = track;
    this.admission = this.#begin();
  }

  async start(): Promise<void> {
    const { store, nest, clock } = this.#track;
    const truth = this.admission.start(async (keys) => {
      const known = new Set((await store.balances(null, 0)).map((one) => one.account));
      return truthOf(keys, known, nest.budgets, this.rows);
    });
    await until(clock, truth);
  }

  /** Dies with everything under way, and stands again with its ledger. */
  async crash(): Promise<void> {
    this.life += 1;
    this.admission = this.#begin();
    await this.start();
  }

  #begin(): RacerAdmission {
    const { store, clock, random, nest, make } = this.#track;
    const own = this.life;
    // The dead send nothing more; what they had sent may have arrived.
    const living = new Proxy(store, {
      get: (target, name: keyof LimitStore) =>
        this.life === own ? target[name].bind(target) : () => new Promise<never>(() => undefined),
    });
    const slow = createSlowLimitStore(living, clock, random, { delayMsMax: 4 });
    return make({ budgets: nest.budgets, owner: this.#owner, clock, store: slow });
  }
}

interface Admitted {
  readonly racer: Racer;
  readonly life: number;
  readonly subject: Subject;
  readonly reservation: Reservation;
  readonly atMs: number;
}

/** Half of the calls at once, the others in eight bursts within the next milliseconds. */
function crowd(calls: number, racers: readonly Racer[], { clock, random, nest }: Track): Promise<Admitted | null>[] {
  const bursts = Array.from(
    { length: 8 },
    () => new Promise<void>((resolve) => void clock.after(random() * 6, resolve)),
  );
  return Array.from({ length: calls }, async (_, index) => {
    if (random() < 0.5) await bursts[Math.floor(random() * 8)];
    return admitOne(racers[index % racers.length] as Racer, nest.subjectOf(index), clock);
  });
}

async function admitOne(racer: Racer, subject: Subject, clock: FakeClock): Promise<Admitted | null> {
  const atMs = clock.nowMs();
  const result = await racer.admission.admit(subject, atMost, atMs);
  return "refusal" in result ? null : { racer, life: racer.life, subject, atMs, reservation: result.reservation };
}

/** 20 % abort, 10 % fail, the rest settle; 5 % take their process with them, before their row is written or after. */
async function endOne({ racer, life, subject, reservation, atMs }: Admitted, track: Track): Promise<void> {
  if (racer.life !== life) return;
  const { random, clock } = track;
  await clock.advanceAsync(random() * 20);
  const [fate, dies, late] = [random(), random() < 0.05, random() < 0.5];
  if (dies && !late) return racer.crash();
  if (fate < 0.3) return reservation.release();
  const used = { picoUsd: (reservationPicoUsd * BigInt(Math.floor(random() * 1_001))) / 1_000n, tokens: 0n };
  racer.rows.push({ subject, atMs, spend: used });
  if (dies) return racer.crash();
  reservation.settle(used);
}

/** When all has settled and come back: exactly what is left is admitted, and one call more is refused. */
async function probe(racers: readonly Racer[], { clock, store, nest }: Track): Promise<number> {
  const subject = nest.subjectOf(0);
  const balances = await store.balances(null, 0);
  const lefts = accountsOf(nest.budgets, subject).map(({ id, budget }) => {
    const taken = balances.filter((one) => one.account === id).map((one) => one.spent + one.presumed);
    return Number((budget.limit - sum(taken)) / reservationPicoUsd);
  });
  // More room than this was not raced for.
  const room = Math.min(...lefts, 12);
  const more = Math.min(...lefts) > room ? 0 : 1;
  const kept: Admitted[] = [];
  for (let index = 0; index < room + more; index++) {
    const one = await until(clock, admitOne(racers[index % racers.length] as Racer, subject, clock));
    if (one !== null) kept.push(one);
  }
  for (const { reservation } of kept) reservation.release();
  return Math.abs(room - kept.length);
}

async function overshootOf({ store, nest }: Track): Promise<bigint> {
  const balances = await store.balances(null, 0);
  return sum(
    nest.accounts.map(({ id, budget }) => {
      const taken = balances.filter((one) => one.account === id);
      const over = sum(taken.map(({ spent, held, presumed }) => spent + held + presumed)) - budget.limit;
      return over > 0n ? over : 0n;
    }),
  );
}

/** The store's balances against the rows of all ledgers. */
async function compare(
  { store, nest, before }: Track,
  rows: readonly LedgerSpend[],
): Promise<{ leaked: bigint; wrong: bigint }> {
  const balances = await store.balances(null, 0);
  const known = new Set(balances.map((one) => one.account));
  const truth = truthOf(balances, known, nest.budgets, rows);
  const wrong = balances.map((one, index) => {
    const rest = before.has(sliceName(one)) ? one.spent - beforePicoUsd : one.spent;
    const difference = rest - (truth[index]?.spent ?? 0n);
    return difference < 0n ? -difference : difference;
  });
  return { leaked: sum(balances.map(({ held, presumed }) => held + presumed)), wrong: sum(wrong) };
}

/** Moves time until a promise is settled; a minute of it is too long. */
export async function until<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  const state = { settled: false };
  const mark = (): void => void (state.settled = true);
  promise.then(mark, mark);
  for (let step = 0; !state.settled; step++) {
    if (step > 12_000) throw new Error("nothing happened for a minute");
    await clock.advanceAsync(5);
  }
  return promise;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, one) => total + one, 0n);
}
