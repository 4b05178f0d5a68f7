import type { BodyFile } from "./open-body-file.ts";
import { readMark, writeMark } from "./open-body-file.ts";

/** Records of one transaction, so that those who append wait for a moment only. */
const sliceRecords = 200;

/**
 * Deletes the chain's oldest records as far as all of them are older than `beforeMs`: their lines, their bodies, and keys
 * that nothing is encrypted with any more. The last one's digest becomes the chain's base, under our seal.
 * @returns whether there may be more.
 * @throws the storage's error; Error when a mark was edited: then nothing is deleted.
 */
export function retainSlice({ database, master }: BodyFile, beforeMs: number): boolean {
  database.exec("BEGIN IMMEDIATE");
  try {
    const base = readMark(database, master, "base");
    if (typeof base === "string") throw new Error(`The store of bodies deletes nothing: ${base}.`);
    const oldest = database
      .prepare("SELECT position, at_ms, line FROM records ORDER BY position LIMIT ?")
      .all(sliceRecords);
    const firstKept = oldest.findIndex((row) => Number(row["at_ms"]) >= beforeMs);
    const last = oldest[(firstKept === -1 ? oldest.length : firstKept) - 1];
    if (last !== undefined) {
      const position = last["position"] as bigint;
      database.prepare("DELETE FROM sealed_bodies WHERE position <= ?").run(position);
      database.prepare("DELETE FROM records WHERE position <= ?").run(position);
      database
        .prepare(
          "DELETE FROM data_keys WHERE data_key <= ? AND NOT EXISTS (SELECT 1 FROM records r WHERE r.data_key = data_keys.data_key)",
        )
        .run(position);
      writeMark(database, master, "base", { position, line: last["line"] as Uint8Array });
    }
    database.exec("COMMIT");
    return firstKept === -1 && oldest.length === sliceRecords;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
