import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { privateFile } from "../data-directory.ts";
import { migrate } from "../migrate.ts";
import { answerDatabaseFile, answerSchemaSteps } from "./answer-schema.ts";

/** An open connection to the database of answers. */
export interface AnswerFile {
  readonly database: DatabaseSync;
  /** False once another file lies in its place: what is invalidated there is not heard of here. One `stat`, about 1 us. */
  isInPlace(): boolean;
  close(): void;
}

const openWaitMs = 5_000;

/**
 * Opens `answers.sqlite` (0600) in a directory (created 0700), next to any number of others, and brings it to the newest schema.
 * @param lockWaitMs longest wait for another process's transaction once it is open.
 * @throws FarthingError `config_invalid` when the file is newer than this version, or not a store of answers; SQLite's error
 *   when it is spoilt, see {@link isSpoilt}.
 */
export function openAnswerFile(directory: string, lockWaitMs: number): AnswerFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = privateFile(join(directory, answerDatabaseFile.name));
  const database = new DatabaseSync(file, { timeout: openWaitMs });
  try {
    // Deleted answers are overwritten: somebody asked that they be gone. Kept small: a long log makes checkpoints long.
    database.exec(
      `PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=1000; PRAGMA secure_delete=ON;
       PRAGMA journal_size_limit=4194304; PRAGMA trusted_schema=OFF`,
    );
    migrate(database, directory, answerSchemaSteps, answerDatabaseFile);
    database.exec(`PRAGMA busy_timeout=${lockWaitMs}`);
  } catch (error) {
    database.close();
    throw error;
  }
  const opened = identityOf(file);
  return {
    database,
    isInPlace: () => identityOf(file) === opened,
    close: () => database.close(),
  };
}

/**
 * Renames a spoilt file, so that a new one can begin in its place; what was put aside before is deleted.
 * @returns its new path.
 */
export function moveAnswerFileAside(directory: string): string {
  const file = join(directory, answerDatabaseFile.name);
  const aside = `${file}.spoilt`;
  for (const ending of ["", "-wal", "-shm"]) {
    rmSync(aside + ending, { force: true });
    if (identityOf(file + ending) !== null) renameSync(file + ending, aside + ending);
  }
  return aside;
}

/** SQLite's primary result codes of a file that it cannot make sense of: CORRUPT, NOTADB. */
const spoiltCodes: ReadonlySet<number> = new Set([11, 26]);

/** Whether an error says that the file itself is spoilt; trying again does not help then. */
export function isSpoilt(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && spoiltCodes.has(Number(error.errcode) & 0xff);
}

function identityOf(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}
