import { randomBytes } from "node:crypto";
import { closeSync, openSync, rmSync, statSync } from "node:fs";
import * as z from "zod";
import { claimNames } from "../../spec/caller.ts";
import { keyScopes, type LocalKey } from "../../spec/config.ts";
import { readPrivateFile, writePrivateFile } from "../data-directory.ts";
import { type KeyedDigests, sameSecret } from "./keyed-digests.ts";

/** Keys in one file, at most. */
const keysMax = 10_000;

const lockWaitMs = 2_000;
const lockStaleMs = 10_000;
const keyPattern = /^fk_([a-z0-9]{4,32})_[A-Za-z0-9_-]{43}$/;
const label = z.string().min(1).max(128);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.int().min(0);

const storedKey = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{4,32}$/),
  digest,
  tenant: label,
  pinnedClaims: z.partialRecord(z.enum(claimNames), label).default({}),
  name: label.optional(),
  org: label.optional(),
  project: label.optional(),
  scopes: z.array(z.enum(keyScopes)).optional(),
  models: z.array(z.string().min(1).max(256)).max(1000).optional(),
  expiresAtMs: moment.optional(),
  previous: z.strictObject({ digest, untilMs: moment }).optional(),
});

/** Version 1 had id, digest, tenant and pinned claims only; it is read, and written as version 2. */
const keysFile = z.strictObject({
  version: z.union([z.literal(1), z.literal(2)]),
  keys: z.array(storedKey).max(keysMax),
});

/**
 * Reads the local keys; none when the file does not exist.
 * Throws an Error naming the file when it is damaged: serving without the keys would lock their holders out unexplained.
 */
export function readLocalKeys(file: string): readonly LocalKey[] {
  const text = readPrivateFile(file);
  if (text === null) return [];
  const parsed = keysFile.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`${file} is damaged. Restore it from a backup, or remove it and make new keys.`);
  return parsed.data.keys.map((key) => withoutUndefined({ ...key, pinnedClaims: withoutUndefined(key.pinnedClaims) }));
}

/**
 * Runs a change of the keys while no other process makes one: two commands at once would else lose a key. A lock that is older
 * than ten seconds was left behind. Throws an Error naming it after two seconds of waiting.
 */
export function withKeysLocked<T>(file: string, change: () => T): T {
  const lock = `${file}.lock`;
  const endMs = Date.now() + lockWaitMs;
  while (!takeLock(lock)) {
    if (Date.now() > endMs)
      throw new Error(`Another command changes the keys: ${lock}. Try again, or remove that file.`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  try {
    return change();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, "wx", 0o600));
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const sinceMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - sinceMs > lockStaleMs) rmSync(lock, { force: true });
    return false;
  }
}

/** Replaces all keys in one step. Throws an Error beyond 10,000. */
export function writeLocalKeys(file: string, keys: readonly LocalKey[]): void {
  if (keys.length > keysMax) throw new Error(`${file} holds ${keysMax} keys already. Remove some first.`);
  writePrivateFile(file, `${JSON.stringify({ version: 2, keys }, null, 2)}\n`);
}

/** What a key is to be: all of it but its secret. */
export type KeyTerms = Omit<LocalKey, "id" | "digest" | "previous">;

/** What a new key is to be; `pinnedClaims` default to none. */
export type NewLocalKey = Omit<KeyTerms, "pinnedClaims"> & Partial<Pick<KeyTerms, "pinnedClaims">>;

/** A key whose text is seen this once. */
export interface MadeKey {
  readonly key: string;
  readonly stored: LocalKey;
}

/** Makes a key without storing it. */
export function makeLocalKey(digests: KeyedDigests, wanted: NewLocalKey): MadeKey {
  const id = randomBytes(5).toString("hex");
  const key = keyTextOf(id);
  return { key, stored: { pinnedClaims: {}, ...wanted, id, digest: digests.keyDigest(key) } };
}

/** Makes a key, stores its digest and returns the key's text: the only time it can be seen. */
export function addLocalKey(
  file: string,
  digests: KeyedDigests,
  wanted: NewLocalKey,
): { key: string; id: string; stored: LocalKey } {
  const { key, stored } = makeLocalKey(digests, wanted);
  withKeysLocked(file, () => writeLocalKeys(file, [...readLocalKeys(file), stored]));
  return { key, id: stored.id, stored };
}

/** Gives a key a new secret; the old one stays good until `oldUntilMs`. Null when there is no such key. */
export function rotateLocalKey(file: string, digests: KeyedDigests, id: string, oldUntilMs: number): MadeKey | null {
  return withKeysLocked(file, () => {
    const keys = readLocalKeys(file);
    const old = keys.find((candidate) => candidate.id === id);
    if (old === undefined) return null;
    const key = keyTextOf(id);
    const previous = { digest: old.digest, untilMs: oldUntilMs };
    const stored: LocalKey = { ...old, digest: digests.keyDigest(key), previous };
    const next = keys.map((candidate) => (candidate.id === id ? stored : candidate));
    writeLocalKeys(file, next);
    return { key, stored };
  });
}

/** Takes a key out; null when there is no such key, else what it was. */
export function removeLocalKey(file: string, id: string): LocalKey | null {
  return withKeysLocked(file, () => {
    const keys = readLocalKeys(file);
    const gone = keys.find((candidate) => candidate.id === id);
    const rest = keys.filter((candidate) => candidate !== gone);
    if (gone !== undefined) writeLocalKeys(file, rest);
    return gone ?? null;
  });
}

/** Everything about a key that may be seen and logged. */
export function describeLocalKey(key: LocalKey): Readonly<Record<string, unknown>> {
  const { digest: _digest, previous, ...told } = key;
  return previous === undefined ? told : { ...told, oldSecretUntilMs: previous.untilMs };
}

/** True for a text that claims to be one of our keys; such a text never goes to a provider. */
export function looksLikeLocalKey(text: string): boolean {
  return text.startsWith("fk_");
}

/** The stored key that a text is, and until when it is good, milliseconds since the epoch. */
export interface FoundKey {
  readonly key: LocalKey;
  readonly untilMs: number;
}

/** Null for a text that is no key, whatever the reason. */
export function findLocalKey(
  text: string,
  keys: ReadonlyMap<string, LocalKey>,
  digests: KeyedDigests,
): FoundKey | null {
  const id = keyPattern.exec(text)?.[1];
  const key = id === undefined ? undefined : keys.get(id);
  const given = digests.keyDigest(text);
  // An unknown id costs the same work as a wrong secret.
  const isCurrent = sameSecret(given, key?.digest ?? "");
  const isPrevious = sameSecret(given, key?.previous?.digest ?? "");
  if (key === undefined || !(isCurrent || isPrevious)) return null;
  const untilMs = key.expiresAtMs ?? Number.POSITIVE_INFINITY;
  return { key, untilMs: isCurrent ? untilMs : Math.min(untilMs, key.previous?.untilMs ?? 0) };
}

function keyTextOf(id: string): string {
  return `fk_${id}_${randomBytes(32).toString("base64url")}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The same without the fields that are there and undefined. */
function withoutUndefined<T extends object>(value: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter((entry) => entry[1] !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}
