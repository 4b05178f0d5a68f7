import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Clock } from "../../spec/clock.ts";
import type { CacheSettings } from "../../spec/config.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import { createGuardedAnswerStore } from "../../stores/answers/guarded-answer-store.ts";
import { createTieredAnswerStore } from "../../stores/answers/tiered-answer-store.ts";
import { createMemoryAnswerStore } from "../../stores/memory/answers/memory-answer-store.ts";
import { openPostgresAnswerStore } from "../../stores/postgres/postgres-answer-store.ts";
import { openRedisAnswerStore } from "../../stores/redis/redis-answer-store.ts";
import { openSqliteAnswerStore } from "../../stores/sqlite/answers/open-answer-store.ts";

/** What a store of answers is opened with. */
export interface AnswerStoreParts {
  readonly settings: CacheSettings;
  /** The data directory, which exists. */
  readonly directory: string;
  readonly clock: Clock;
  readonly alarm: (code: AlarmCode, detail: string) => void;
}

/** The usual settings: a file in the data directory behind 256 MiB of memory. */
export const usualCache: CacheSettings = {
  store: "sqlite",
  memoryBytesMax: 268_435_456,
  bytesMax: 1_073_741_824,
  url: null,
  prefix: "farthing",
  waitMsMax: 20,
  cpuHourPicoUsd: 40_000_000_000n,
};

/**
 * The store that the settings name: in memory, or behind a tier in memory, with a guard before what may be slow. A server that
 * does not answer is no reason not to open; rejects when the file, or the library of the server, cannot be had.
 */
export async function openAnswerStore(parts: AnswerStoreParts): Promise<AnswerStore> {
  const { settings, clock, alarm } = parts;
  const { memoryBytesMax: bytesMax, waitMsMax } = settings;
  if (settings.store === "memory") return createMemoryAnswerStore({ bytesMax });
  const store = await openBackStore(parts);
  const back = createGuardedAnswerStore({ store, clock, waitMsMax, alarm });
  return createTieredAnswerStore({ bytesMax, back });
}

/** The store behind the tier by itself, as commands look into it: what fails is told. */
export function openBackStore({ settings, directory, clock, alarm }: AnswerStoreParts): Promise<AnswerStore> {
  const { bytesMax, prefix, url } = settings;
  switch (settings.store) {
    case "memory":
      return Promise.resolve(createMemoryAnswerStore({ bytesMax: settings.memoryBytesMax }));
    case "sqlite":
      return openSqliteAnswerStore({ directory, bytesMax, clock, alarm });
    case "redis":
      return openRedisAnswerStore({ url: url ?? "", prefix, bytesMax, clock, alarm });
    case "postgres":
      return openPostgresAnswerStore({ url: url ?? "", prefix, bytesMax, clock, alarm });
  }
}
