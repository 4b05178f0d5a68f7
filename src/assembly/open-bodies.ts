import type { BodyStore } from "../spec/body-store.ts";
import type { Clock } from "../spec/clock.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { AlarmCode } from "../spec/metrics.ts";
import { openBodyStore } from "../stores/sqlite/bodies/open-body-store.ts";
import { type BodyReader, createBodyReader } from "../stores/sqlite/bodies/read-bodies.ts";
import { rewrapBodies } from "../stores/sqlite/bodies/rewrap-bodies.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { createKeyedDigests } from "./access/keyed-digests.ts";
import { openDataDirectory } from "./data-directory.ts";
import { systemClock } from "./system-clock.ts";
import type { Scope } from "../spec/caller.ts";

export type { BodyReader };

/**
 * The store of the config's bodies, in its data directory; null where the config has no key for one.
 * @throws FarthingError `config_invalid` when the key is not the file's, or the chain's end was cut off.
 */
export async function openConfiguredBodies(
  { bodies, dataDirectory: directory }: FarthingConfig,
  clock: Clock,
  alarm: (code: AlarmCode, detail: string) => void,
): Promise<BodyStore | null> {
  if (bodies === undefined) return null;
  return openBodyStore({ directory, key: bodies.key, retentionDays: bodies.retentionDays, clock, alarm });
}

/**
 * Reads the config's bodies, beside a running gateway or without one.
 * @throws FarthingError `invalid_request` when the config has no key for them.
 */
export function readConfiguredBodies(config: FarthingConfig): BodyReader {
  return createBodyReader(config.dataDirectory, bodyKeyOf(config));
}

/** Whose bodies are meant: a tenant of local keys, or the holder of one provider key; and the name of the user. */
export interface BodySubject {
  readonly tenant?: string;
  readonly ownKey?: string;
  readonly user: string;
}

/**
 * Destroys a user's key, beside a running gateway or without one. @returns how many records can be read no more.
 * @throws FarthingError as `openConfiguredBodies`, `invalid_request` without a key in the config; Error when it must be said again.
 */
export async function deleteBodiesOf(config: FarthingConfig, subject: BodySubject): Promise<number> {
  const { dataDirectory: directory } = config;
  const key = bodyKeyOf(config);
  const { scopeOf, digest } = createKeyedDigests(openDataDirectory(directory).secret);
  const { tenant, ownKey, user } = subject;
  const owner = ownKey === undefined ? scopeOf("tenant", tenant ?? "") : scopeOf("own-key", ownKey);
  const store = await openBodyStore({
    directory,
    key,
    retentionDays: null,
    clock: systemClock,
    alarm: () => undefined,
  });
  try {
    return await store.deleteUser(owner, digest(owner, `user:${user}`) as Scope);
  } finally {
    await store.close();
  }
}

/**
 * Puts the config's key in place of the one that the bodies were kept under; no gateway may run.
 * @returns how many keys were wrapped anew.
 * @throws FarthingError `config_invalid` when `oldKey` is not the file's.
 */
export function rewrapConfiguredBodies(config: FarthingConfig, oldKey: string): number {
  return rewrapBodies(config.dataDirectory, oldKey, bodyKeyOf(config));
}

function bodyKeyOf({ bodies }: FarthingConfig): string {
  if (bodies !== undefined) return bodies.key;
  throw new FarthingError("invalid_request", "The config has no bodies.key: no bodies are kept.");
}
