import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { PoolOptions, PoolRunnerInitializer, PoolWorker } from "vitest/node";

/** A vitest pool of one process that outlives a run: starting one costs more than most test files. */
export interface WarmPool {
  readonly initializer: PoolRunnerInitializer;
  /** Tells the process that a file, an absolute path, is no longer what it was. */
  forget(file: string): void;
  /** Ends the process, in whatever it is; the next run starts another. */
  renew(): void;
}

/** What a test file leaves behind in a process (timers, caches of dependencies) is thrown away after this many files. */
const filesPerProcess = 150;

/** A pool whose process starts with the first run. */
export function openWarmPool(): WarmPool {
  let child: ChildProcess | null = null;
  let filesLeft = 0;
  // Vitest starts a run while the one before it is still being closed; in one process each has to wait for the other.
  let closed: Promise<void> = Promise.resolve();
  const renew = (): void => {
    child?.kill("SIGKILL");
    child = null;
  };
  const take = ({ env, execArgv }: PoolOptions): ChildProcess => {
    if (filesLeft === 0) renew();
    if (child === null || !child.connected) {
      child = startWorker(env as NodeJS.ProcessEnv, execArgv);
      filesLeft = filesPerProcess;
    }
    filesLeft -= 1;
    return child;
  };
  const createPoolWorker = (options: PoolOptions): PoolWorker => {
    let mine: ChildProcess | null = null;
    let close = (): void => {};
    const listened: [string, (...values: never[]) => void][] = [];
    return {
      name: "warm",
      on: (event, listener) => {
        listened.push([event, listener]);
        mine?.on(event, listener);
      },
      off: (event, listener) => void mine?.off(event, listener),
      send: (message) => void mine?.send(message, () => {}),
      deserialize: (data) => data,
      start: async () => {
        const before = closed;
        closed = new Promise((resolve) => {
          close = resolve;
        });
        await before;
        mine = take(options);
      },
      stop: () => {
        for (const [event, listener] of listened) mine?.off(event, listener as (...values: unknown[]) => void);
        close();
        return Promise.resolve();
      },
    };
  };
  return {
    initializer: { name: "warm", createPoolWorker },
    renew,
    forget: (changedFile) => void child?.send({ changedFile }, () => {}),
  };
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
