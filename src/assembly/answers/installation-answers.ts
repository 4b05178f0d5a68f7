import { FarthingError } from "../../kit/farthing-error.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Clock } from "../../spec/clock.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { createKeyedDigests, type KeyedDigests } from "../access/keyed-digests.ts";
import { type DataDirectory, openDataDirectory } from "../data-directory.ts";
import { systemClock } from "../system-clock.ts";
import { openBackStore, usualCache } from "./open-answer-store.ts";

/** An installation's answers, for a command that looks into them beside the gateway. */
export interface InstallationAnswers {
  readonly store: AnswerStore;
  readonly directory: DataDirectory;
  readonly digests: KeyedDigests;
  readonly clock: Clock;
}

/**
 * Does `work` with the store that the config names, itself: no tier in memory, no guard, so that what fails is told.
 * @throws FarthingError `config_invalid` where answers are kept in the gateway's memory only; what opening the store throws.
 */
export async function withInstallationAnswers<Result>(
  config: FarthingConfig,
  work: (answers: InstallationAnswers) => Promise<Result>,
): Promise<Result> {
  const settings = config.cache ?? usualCache;
  if (settings.store === "memory") {
    const message =
      "cache.store is memory: its answers are in the gateway's process and end with it. POST /v1/cache/invalidate reaches them; name sqlite, redis or postgres for this command.";
    throw new FarthingError("config_invalid", message);
  }
  const directory = openDataDirectory(config.dataDirectory);
  const clock = systemClock;
  const store = await openBackStore({
    settings,
    directory: directory.path,
    clock,
    alarm: settings.store === "sqlite" ? tellAlarm : ignoreAlarm,
  });
  try {
    return await work({ store, directory, digests: createKeyedDigests(directory.secret), clock });
  } finally {
    await store.close();
  }
}

/** A file that was damaged is begun anew: nothing else would tell the person who asked. */
function tellAlarm(code: string, detail: string): void {
  process.stderr.write(`${code}: ${detail}\n`);
}

/** What a server does wrong is thrown as well. */
function ignoreAlarm(): void {
  // Said already.
}
