import type { Clock, Random } from "../spec/clock.ts";
import type { LimitStore } from "../spec/limit-store.ts";

/** How slow, and how bad, a store of balances is made. */
export interface SlowLimitStoreOptions {
  /** Longest way of a batch of calls there, and of its answers back, milliseconds; each is drawn anew. */
  readonly delayMsMax: number;
  /** Share of batches that fail without having changed anything, 0 to 1. Default 0. */
  readonly failShare?: number;
}

/**
 * A store of balances as one process of several sees it: calls travel in batches, take effect in their order, and the answers
 * come later, so that other processes' calls fall in between. Closing it leaves the store behind open.
 */
export function createSlowLimitStore(
  store: LimitStore,
  clock: Clock,
  random: Random,
  { delayMsMax, failShare = 0 }: SlowLimitStoreOptions,
): LimitStore {
  let waiting: { run: () => Promise<unknown>; fail: (error: Error) => void; done: (answer: unknown) => void }[] = [];
  let busy = false;
  const travel = (run: () => void): void => void clock.after(random() * delayMsMax, run);
  const send = (): void => {
    busy = true;
    travel(() => {
      const batch = waiting;
      waiting = [];
      const fails = random() < failShare;
      const answers = fails ? [] : batch.map(({ run }) => run());
      travel(() => {
        busy = false;
        for (const [index, { fail, done }] of batch.entries()) {
          if (fails) fail(new Error("The slow store was told to fail."));
          else done(answers[index]);
        }
        if (waiting.length > 0) send();
      });
    });
  };
  const call = <Answer>(run: () => Promise<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.push({ run, fail: reject, done: (answer) => resolve(answer as Promise<Answer>) });
      if (!busy) send();
    });
  return {
    lease: (...words) => call(() => store.lease(...words)),
    report: (...words) => call(() => store.report(...words)),
    balances: (...words) => call(() => store.balances(...words)),
    leasedBy: (owner) => call(() => store.leasedBy(owner)),
    sweep: (nowMs) => call(() => store.sweep(nowMs)),
    recompute: (...words) => call(() => store.recompute(...words)),
    forget: (beforeMs) => call(() => store.forget(beforeMs)),
    close: () => Promise.resolve(),
  };
}
