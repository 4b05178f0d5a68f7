import { FarthingError } from "../../../kit/farthing-error.ts";
import { lockDirectory } from "../data-directory.ts";
import { writeHead } from "./body-head.ts";
import { deriveMasterKey, type MasterKey } from "./body-keys.ts";
import { openBodyFile, readMark, writeMark } from "./open-body-file.ts";

/**
 * Puts another master key in place: every data key is wrapped anew and the marks sealed anew, in one transaction. Bodies
 * and chain stay as they are, so it takes as long as there are users. No gateway may run in the directory.
 * @returns the number of keys.
 * @throws FarthingError `config_invalid` when `oldSecret` is not the file's, a gateway runs, or a mark or key was edited.
 */
export function rewrapBodies(directory: string, oldSecret: string, newSecret: string): number {
  const lock = lockDirectory(directory);
  try {
    const { database, master } = openBodyFile(directory, oldSecret);
    const next = deriveMasterKey(newSecret);
    try {
      database.exec("BEGIN IMMEDIATE");
      const head = readMark(database, master, "head");
      const base = readMark(database, master, "base");
      if (typeof head === "string" || typeof base === "string") throw edited();
      const keys = database.prepare("SELECT data_key, owner, end_user, wrapped FROM data_keys").all();
      const update = database.prepare("UPDATE data_keys SET wrapped = ? WHERE data_key = ?");
      for (const key of keys) update.run(wrappedAnew(key, master, next), key["data_key"] as bigint);
      database.prepare("UPDATE master SET salt = ?, proof = ?").run(next.salt, next.proof);
      writeMark(database, next, "head", head);
      writeMark(database, next, "base", base);
      // For a process that dies in between: the file fits the one key and the other.
      writeHead(directory, [master, next], head);
      database.exec("COMMIT");
      writeHead(directory, [next], head);
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return keys.length;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    } finally {
      database.close();
    }
  } finally {
    lock.close();
  }
}

function wrappedAnew(row: Record<string, unknown>, master: MasterKey, next: MasterKey): Uint8Array {
  const whose = {
    dataKey: row["data_key"] as bigint,
    owner: String(row["owner"]),
    user: String(row["end_user"]),
  };
  let key: Uint8Array;
  try {
    key = master.unwrap(row["wrapped"] as Uint8Array, whose);
  } catch {
    throw edited();
  }
  return next.wrap(key, whose);
}

function edited(): FarthingError {
  return new FarthingError("config_invalid", "The store of bodies was edited; see: farthing bodies verify");
}
