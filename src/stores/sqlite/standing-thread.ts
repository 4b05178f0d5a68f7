import { Worker } from "node:worker_threads";
import type { Clock } from "../../spec/clock.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import { isThreadNews, textOf, type ThreadNews } from "./thread-news.ts";

/** A thread that is started again when it dies, until its link is closed. */
export interface ThreadPlan<From, To> {
  /** Its file; the name of the thread; what it is, for a person. */
  readonly file: URL;
  readonly name: string;
  readonly what: string;
  /** What it begins with, and what it begins with when it is started again. */
  readonly data: object;
  readonly laterData: object;
  /** The message upon which it ends. */
  readonly closing: To;
  readonly clock: Clock;
  /** A message that is no {@link ThreadNews}. */
  receive(message: Exclude<From, ThreadNews>): void;
  /** Something went wrong; the link goes on by itself. */
  failed(message: string): void;
  /** The thread died and a new one stands: what it had not confirmed must be sent again. */
  restarted(): void;
}

/** The connection to a thread. */
export interface ThreadLink<To> {
  /**
   * Without a thread the message is lost; `restarted` makes the owner send again what matters.
   * @param transfer buffers that are the thread's from now on; a message that holds them cannot be sent again.
   */
  send(message: To, transfer?: readonly ArrayBuffer[]): void;
  /** Lets the thread finish; after `waitMs` ends it by force. Resolves false when force was needed. */
  close(waitMs: number): Promise<boolean>;
}

const restartMs = 500;

/** @throws FarthingError what the thread refused with; its message says what to do. */
export async function startStandingThread<From, To>(plan: ThreadPlan<From, To>): Promise<ThreadLink<To>> {
  const { clock } = plan;
  let worker: Worker | null = null;
  let closing = false;
  let onClosed: (() => void) | null = null;

  const lost = (reason: string): void => {
    if (worker === null) return;
    worker = null;
    if (closing) {
      onClosed?.();
      return;
    }
    plan.failed(`${plan.what} ended (${reason}); it is started again.`);
    clock.after(restartMs, restart);
  };
  const receive = (message: From): void => {
    if (isThreadNews(message)) {
      if (message.kind === "closed") onClosed?.();
    } else plan.receive(message as Exclude<From, ThreadNews>);
  };
  const restart = (): void => {
    if (closing) onClosed?.();
    else void relaunch();
  };
  const relaunch = async (): Promise<void> => {
    try {
      const next = await launch(plan, plan.laterData, receive, lost);
      if (closing) return void next.terminate();
      worker = next;
      plan.restarted();
    } catch (error) {
      plan.failed(textOf(error));
      clock.after(restartMs, restart);
    }
  };

  worker = await launch(plan, plan.data, receive, lost);
  return {
    send: (message, transfer = []) => worker?.postMessage(message, transfer),
    close: (waitMs) =>
      new Promise((resolve) => {
        closing = true;
        const last = worker;
        const giveUp = clock.after(waitMs, () => {
          void last?.terminate();
          resolve(false);
        });
        onClosed = () => {
          giveUp();
          resolve(true);
        };
        if (last === null) onClosed();
        else last.postMessage(plan.closing);
      }),
  };
}

/** One thread, ready to work; `lost` is called once if it ends later. */
async function launch<From, To>(
  { file, name, what }: ThreadPlan<From, To>,
  data: object,
  receive: (message: From) => void,
  lost: (reason: string) => void,
): Promise<Worker> {
  const worker = new Worker(file, {
    workerData: data,
    name,
    // The process's own flags (an inspector, a loader) are not for this thread; some would keep it from starting.
    execArgv: [],
  });
  const first = await new Promise<unknown>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error(`${what} ended before it began.`)));
  });
  if (isThreadNews(first) && first.kind === "refused") {
    await worker.terminate();
    throw new FarthingError(first.code, first.message);
  }
  worker.on("message", receive);
  let reason = "no error given";
  worker.on("error", (error) => {
    reason = textOf(error);
  });
  worker.once("exit", () => lost(reason));
  return worker;
}
