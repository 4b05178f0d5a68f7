import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { PoolOptions, PoolRunnerInitializer, PoolWorker } from "vitest/node";

/**
 * A vitest pool of one process for several runs: starting one costs more than most test files. It remembers the code that it has
 * loaded, so a change of the code asks for another.
 */
export interface WarmPool {
  readonly initializer: PoolRunnerInitializer;
  /** Told when the process has started and a test file begins: until then nothing that a mutant does takes time. */
  onBegin: () => void;
  /** The next run starts in a fresh process. */
  renew(): void;
  /** Ends the process, in whatever it is. */
  kill(): void;
}

/** A pool whose process starts with the first run. */
export function openWarmPool(): WarmPool {
  let child: ChildProcess | null = null;
  let isStale = false;
  // Vitest starts a run while the one before it is still being closed; in one process each has to wait for the other.
  let closed: Promise<void> = Promise.resolve();
  const kill = (): void => {
    child?.kill("SIGKILL");
    child = null;
    isStale = false;
  };
  const take = ({ env, execArgv }: PoolOptions): ChildProcess => {
    if (isStale) kill();
    if (child === null || !child.connected) child = startWorker(env as NodeJS.ProcessEnv, execArgv);
    return child;
  };
  const createPoolWorker = (options: PoolOptions): PoolWorker => {
    let mine: ChildProcess | null = null;
    let close: (() => void) | null = null;
    const listened: [string, (...values: never[]) => void][] = [];
    return {
      name: "warm",
      on: (event, listener) => {
        listened.push([event, listener]);
        mine?.on(event, listener);
      },
      off: (event, listener) => void mine?.off(event, listener),
      send: (message) => {
        if (message.type === "run") pool.onBegin();
        mine?.send(message, () => {});
      },
      deserialize: (data) => data,
      start: async () => {
        const before = closed;
        closed = new Promise((resolve) => {
          close = resolve;
        });
        await before;
        mine = take(options);
        // A process that dies before it has started is not closed by anybody.
        mine.once("exit", () => close?.());
      },
      stop: () => {
        for (const [event, listener] of listened) mine?.off(event, listener as (...values: unknown[]) => void);
        close?.();
        return Promise.resolve();
      },
    };
  };
  const pool: WarmPool = {
    initializer: { name: "warm", createPoolWorker },
    onBegin: () => {},
    renew: () => {
      isStale = true;
    },
    kill,
  };
  return pool;
}

function startWorker(env: NodeJS.ProcessEnv, execArgv: readonly string[]): ChildProcess {
  const child = fork(join(import.meta.dirname, "warm-worker.ts"), [], {
    env,
    execArgv: [...execArgv],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
  return child.setMaxListeners(0);
}
