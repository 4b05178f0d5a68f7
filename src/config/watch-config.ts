import { type BigIntStats, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { FarthingError } from "../kit/farthing-error.ts";
import type { LoadedConfig } from "./load-config.ts";

/** What a watch needs. */
export interface WatchConfigOptions {
  /** Files to watch, there or not: the config, and what a reload reads beside it. At most 64. Asked anew after each reload. */
  readonly files: () => readonly string[];
  /** Loads the config anew under the generation given; throws a FarthingError when it is wrong. */
  readonly load: (generation: number) => LoadedConfig;
  /** Generation in force. */
  readonly generation: number;
  /** Called with every config that loaded. */
  readonly onConfig: (loaded: LoadedConfig) => void;
  /** Called with what is wrong, whatever it is; the config in force stays. */
  readonly onProblems: (error: FarthingError) => void;
  /** Time between two looks at the file, 10 to 60,000. Default 500. */
  readonly intervalMs?: number;
}

/** A watch under way. */
export interface ConfigWatch {
  /** Reloads now, changed or not: what SIGHUP does. Returns false when that failed. Never throws. */
  reload(): boolean;
  close(): void;
}

/**
 * Looks at the files twice a second and reloads when one has changed and all are the same at two looks in a row, so that
 * a half-written file is not read. Looking beats listening for events here: it also sees files that are swapped behind a
 * symbolic link or mounted into a container, at the cost of one stat.
 */
export function watchConfig(options: WatchConfigOptions): ConfigWatch {
  let files = options.files().slice(0, 64);
  let generation = options.generation;
  // At once, so that a change right after the load is seen as one.
  let known = files.map(fingerprintNow).join(" ");
  let previous = known;
  let isLooking = false;
  let isClosed = false;
  const reload = (): boolean => {
    try {
      const loaded = options.load(generation + 1);
      generation += 1;
      options.onConfig(loaded);
      return true;
    } catch (error) {
      report(error, options.onProblems);
      return false;
    } finally {
      const next = options.files().slice(0, 64);
      if (next.join("\n") !== files.join("\n")) {
        files = next;
        known = files.map(fingerprintNow).join(" ");
        previous = known;
      }
    }
  };
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const looked = files;
    const now = (await Promise.all(looked.map(fingerprint))).join(" ");
    isLooking = false;
    // A reload in between may have brought other files: the next look is at those.
    if (isClosed || looked !== files) return;
    const isSettled = now === previous;
    previous = now;
    if (!isSettled || now === known) return;
    known = now;
    reload();
  };
  const timer = setInterval(() => void look(), options.intervalMs ?? 500);
  timer.unref();
  return {
    reload,
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

/** A watch outlives everything: what is no FarthingError is told as one, and a listener that fails is not asked twice. */
function report(error: unknown, onProblems: WatchConfigOptions["onProblems"]): void {
  const message = error instanceof Error ? error.message : String(error);
  try {
    onProblems(
      FarthingError.isInstance(error)
        ? error
        : new FarthingError("internal_error", `The reload failed: ${message}`, { cause: error }),
    );
  } catch {
    // Nobody is left to be told.
  }
}

async function fingerprint(file: string): Promise<string> {
  try {
    return describeStats(await stat(file, { bigint: true }));
  } catch {
    return absent;
  }
}

function fingerprintNow(file: string): string {
  try {
    return describeStats(statSync(file, { bigint: true }));
  } catch {
    return absent;
  }
}

const absent = "absent";

/** Changes when the file is written, replaced, or a link on its way points elsewhere. */
function describeStats({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino}.${size}.${mtimeNs}`;
}
