import { randomBytes } from "node:crypto";
import * as z from "zod";
import { claimNames } from "../spec/caller.ts";
import type { LocalKey } from "../spec/config.ts";
import { readPrivateFile, writePrivateFile } from "./data-directory.ts";
import { type KeyedDigests, sameSecret } from "./keyed-digests.ts";

/** Keys in one file, at most. */
const keysMax = 10_000;

const keyPattern = /^fk_([a-z0-9]{4,32})_[A-Za-z0-9_-]{43}$/;

const storedKey = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{4,32}$/),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  tenant: z.string().min(1).max(128),
  pinnedClaims: z.partialRecord(z.enum(claimNames), z.string().min(1).max(128)).default({}),
});

const keysFile = z.strictObject({ version: z.literal(1), keys: z.array(storedKey).max(keysMax) });

/**
 * Reads the local keys; none when the file does not exist.
 * Throws an Error naming the file when it is damaged: serving without the keys would lock their holders out unexplained.
 */
export function readLocalKeys(file: string): readonly LocalKey[] {
  const text = readPrivateFile(file);
  if (text === null) return [];
  const parsed = keysFile.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`${file} is damaged. Restore it from a backup, or remove it and make new keys.`);
  return parsed.data.keys.map((key) => ({ ...key, pinnedClaims: withoutUndefined(key.pinnedClaims) }));
}

/** What a new key is to be. */
export interface NewLocalKey {
  /** Keys of one tenant share cached answers. */
  readonly tenant: string;
  readonly pinnedClaims?: LocalKey["pinnedClaims"];
}

/** Makes a key, stores its digest and returns the key's text: the only time it can be seen. */
export function addLocalKey(file: string, digests: KeyedDigests, wanted: NewLocalKey): { key: string; id: string } {
  const keys = readLocalKeys(file);
  if (keys.length >= keysMax) throw new Error(`${file} holds ${keysMax} keys already. Remove some first.`);
  const id = randomBytes(5).toString("hex");
  const key = `fk_${id}_${randomBytes(32).toString("base64url")}`;
  const stored: LocalKey = {
    id,
    digest: digests.keyDigest(key),
    tenant: wanted.tenant,
    pinnedClaims: wanted.pinnedClaims ?? {},
  };
  writePrivateFile(file, `${JSON.stringify({ version: 1, keys: [...keys, stored] }, null, 2)}\n`);
  return { key, id };
}

/** True for a text that claims to be one of our keys; such a text never goes to a provider. */
export function looksLikeLocalKey(text: string): boolean {
  return text.startsWith("fk_");
}

/** The stored key that `text` is; null when it is none, whatever the reason. */
export function findLocalKey(
  text: string,
  keys: ReadonlyMap<string, LocalKey>,
  digests: KeyedDigests,
): LocalKey | null {
  const id = keyPattern.exec(text)?.[1];
  const stored = id === undefined ? undefined : keys.get(id);
  // An unknown id costs the same work as a wrong secret.
  const same = sameSecret(digests.keyDigest(text), stored?.digest ?? "");
  return stored !== undefined && same ? stored : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function withoutUndefined(claims: Readonly<Record<string, string | undefined>>): LocalKey["pinnedClaims"] {
  return Object.fromEntries(Object.entries(claims).filter((entry) => entry[1] !== undefined));
}
