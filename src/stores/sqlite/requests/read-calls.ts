import type { Attempt } from "../../../spec/attempt.ts";
import { idAt } from "../id-window.ts";
import { openForReading } from "../data-directory.ts";
import { decodeCall, type SqliteRow } from "./decode-row.ts";
import { callColumns } from "../schema.ts";

/** Rows read at once: a longer reading would keep the writer from using its log again. */
const pageRows = 2_000;

const first = callColumns.map(([name]) => `first_${name}`).join(", ");

/**
 * Every call to a provider of the requests that arrived in a window, failed ones too, oldest request first, a page at a time.
 * Rows that are written while it runs may be left out.
 * @throws FarthingError `not_found` without a ledger.
 */
export function* readCalls(directory: string, fromMs: number, toMs: number): Generator<Attempt> {
  const database = openForReading(directory);
  try {
    const page = database.prepare(
      `SELECT id, attempt_count, ${first}, detail -> '$[6]' AS call FROM requests
       WHERE id >= ? AND id < ? AND attempt_count > 0 ORDER BY id LIMIT ${pageRows}`,
    );
    const later = database.prepare("SELECT * FROM later_attempts WHERE request_id = ? ORDER BY attempt_index");
    let fromId = idAt(fromMs);
    for (const toId = idAt(toMs); ;) {
      const rows: readonly SqliteRow[] = page.all(fromId, toId);
      for (const row of rows) {
        yield decodeCall(row, "first_", 0, row["call"] as string);
        if ((row["attempt_count"] as bigint) > 1n) yield* later.all(row["id"] as bigint).map(laterCall);
      }
      const last = rows.at(-1)?.["id"];
      if (rows.length < pageRows || typeof last !== "bigint") return;
      fromId = last + 1n;
    }
  } finally {
    database.close();
  }
}

function laterCall(row: SqliteRow): Attempt {
  return decodeCall(row, "", Number(row["attempt_index"]), row["call"] as string);
}
