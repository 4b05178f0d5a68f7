import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the things of a data directory lie. */
export interface DataDirectory {
  readonly path: string;
  /** 32 random bytes in hex; the root of every keyed digest. Losing it separates all cached answers from their scopes. */
  readonly secret: string;
  /** Bearer token of the admin listener, `fa_...`. */
  readonly adminToken: string;
  readonly adminTokenFile: string;
  /** Local keys, digests only. */
  readonly keysFile: string;
  /** While this file exists, every optimisation is off. */
  readonly offFile: string;
  /** True when this call made the secret: the first start. */
  readonly firstStart: boolean;
}

const secretPattern = /^[0-9a-f]{64}$/;
const tokenPattern = /^fa_[A-Za-z0-9_-]{43}$/;

/**
 * Opens the data directory, making it (mode 0700) and its secrets (0600) where they do not exist. Modes that let others in are
 * tightened. Throws an Error that names the file when a secret is there but damaged: replacing it silently would lock
 * every local key out.
 */
export function openDataDirectory(path: string): DataDirectory {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  tighten(path, 0o700);
  const secretFile = join(path, "scope-secret");
  const firstStart = !existsSync(secretFile);
  const adminTokenFile = join(path, "admin-token");
  return {
    path,
    secret: readOrMake(secretFile, secretPattern, () => randomBytes(32).toString("hex")),
    adminToken: readOrMake(adminTokenFile, tokenPattern, () => `fa_${randomBytes(32).toString("base64url")}`),
    adminTokenFile,
    keysFile: join(path, "keys.json"),
    offFile: join(path, "off"),
    firstStart,
  };
}

/** Reads a text file that only the owner may read; null when it does not exist. */
export function readPrivateFile(file: string): string | null {
  if (!existsSync(file)) return null;
  tighten(file, 0o600);
  return readFileSync(file, "utf8");
}

/** Replaces a file in one step, mode 0600: a crash leaves the old one or the new one. */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, file);
}

function readOrMake(file: string, pattern: RegExp, make: () => string): string {
  const found = readPrivateFile(file)?.trim();
  if (found === undefined) return makeOnce(file, `${make()}\n`);
  if (!pattern.test(found)) {
    throw new Error(`${file} is damaged. Restore it from a backup, or remove it to have a new one made.`);
  }
  return found;
}

/** Two processes may start at once: the one that loses the race takes the winner's text. */
function makeOnce(file: string, text: string): string {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(file, "utf8").trim();
}

/** Windows has no such modes; there the directory of the user is what protects it. */
function tighten(path: string, mode: number): void {
  if (process.platform === "win32") return;
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
}
