import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Isolation } from "../../../spec/cache-scope.ts";
import { createAnswerEpochs, type AnswerEpochs } from "./answer-epochs.ts";
import type { ReadCall, ReadEntry, ReadGet, ReadScan, ReadStats } from "./answer-protocol.ts";

/** Entries that one step of a scan looks at and carries; their bodies are in memory together. */
const scanStepRows = 64;

/** Reads entries and judges them. Every answer is of one moment: one transaction. */
export class AnswerReader {
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #epochs: AnswerEpochs;
  readonly #find: StatementSync;
  readonly #body: StatementSync;
  readonly #step: StatementSync;
  readonly #totals: StatementSync;

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare("BEGIN");
    this.#commit = database.prepare("COMMIT");
    this.#epochs = createAnswerEpochs(database);
    this.#find = database.prepare(
      `SELECT id, sequence, ends_at_ms, owner, key, tags FROM entries
       WHERE fingerprint = ? AND owner = ? AND partition = ? AND key = ?`,
    );
    this.#body = database.prepare("SELECT body FROM bodies WHERE id = ?");
    this.#step = database.prepare(
      `SELECT id, sequence, ends_at_ms, owner, partition, isolation, key, tags FROM entries WHERE id > ?1
       AND (?2 IS NULL OR owner = ?2) AND (?3 IS NULL OR key = ?3)
       AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?4)) ORDER BY id LIMIT ?5`,
    );
    this.#totals = database.prepare("SELECT entries, bytes FROM store");
  }

  answer(call: ReadCall): ReadGet | ReadScan | ReadStats {
    this.#begin.run();
    try {
      if (call.kind === "get") return this.#get(call);
      if (call.kind === "scan") return this.#scan(call);
      const row = this.#totals.get();
      return { entries: Number(row?.["entries"]), bytes: Number(row?.["bytes"]) };
    } finally {
      this.#commit.run();
    }
  }

  #get({ fingerprint, owner, partition, key, nowMs }: ReadCall & { readonly kind: "get" }): ReadGet {
    const sequence = this.#epochs.sequenceOf(owner);
    const row = this.#find.get(fingerprint, owner, partition, key);
    const body = row !== undefined && this.#lives(row, sequence, nowMs) ? this.#bodyOf(row) : null;
    return { id: Number(row?.["id"] ?? 0), body, sequence };
  }

  #scan({ selector, afterId, nowMs }: ReadCall & { readonly kind: "scan" }): ReadScan {
    const { owner = null, key = null, tag = null } = selector;
    const rows = this.#step.all(afterId, owner, key, tag, scanStepRows);
    const entries: ReadEntry[] = [];
    for (const row of rows) {
      if (!this.#lives(row, this.#epochs.sequenceOf(String(row["owner"])), nowMs)) continue;
      const body = this.#bodyOf(row);
      if (body !== null) entries.push({ ...placeOf(row), body });
    }
    return { entries, lastId: rows.length < scanStepRows ? null : Number(rows.at(-1)?.["id"]) };
  }

  #lives(row: Row, ownerSequence: number, nowMs: number): boolean {
    if (nowMs >= Number(row["ends_at_ms"])) return false;
    const sequence = Number(row["sequence"]);
    if (sequence >= ownerSequence) return true;
    return !this.#epochs.isDead(String(row["owner"]), String(row["key"]), String(row["tags"]), sequence);
  }

  #bodyOf(row: Row): Uint8Array | null {
    const body = this.#body.get(Number(row["id"]))?.["body"];
    return body instanceof Uint8Array ? body : null;
  }
}

type Row = Readonly<Record<string, unknown>>;

function placeOf(row: Row): Omit<ReadEntry, "body"> {
  return {
    id: Number(row["id"]),
    owner: String(row["owner"]),
    partition: String(row["partition"]),
    isolation: String(row["isolation"]) as Isolation,
    key: String(row["key"]),
  };
}
