import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AnswerSelector } from "../../../spec/answer-store.ts";

/** What is known of an owner's invalidations, read from the database of answers. */
export interface AnswerEpochs {
  /** Of the file: another file has another one. */
  readonly generation: string;
  /** Another number once anybody else has written to the file: while it stays, what was read still holds. About 2 us. */
  fileVersion(): number;
  /** Sequence of the last invalidation that concerns the owner; 0: none. */
  sequenceOf(owner: string): number;
  /** Whether an entry looked up at `sequence` was invalidated since. `tags` is a JSON array of strings. */
  isDead(owner: string, key: string, tags: string, sequence: number): boolean;
}

const all = "*";

/** Prepares the statements on any connection, reading or writing. */
export function createAnswerEpochs(database: DatabaseSync): AnswerEpochs {
  const generation = String(database.prepare("SELECT generation FROM store").get()?.["generation"]);
  const version = database.prepare("PRAGMA data_version");
  const last = database.prepare(
    `SELECT max(ifnull((SELECT max(sequence) FROM epochs WHERE owner = '${all}'), 0),
                ifnull((SELECT max(sequence) FROM epochs WHERE owner = ?), 0)) AS sequence`,
  );
  const later = database.prepare(
    `SELECT 1 FROM epochs WHERE owner IN ('${all}', ?) AND tag IN (SELECT '${all}' UNION ALL SELECT '=' || value FROM json_each(?))
     AND key IN ('${all}', ?) AND sequence > ? LIMIT 1`,
  );
  return {
    generation,
    fileVersion: () => Number(version.get()?.["data_version"]),
    sequenceOf: (owner) => Number(last.get(`=${owner}`)?.["sequence"] ?? 0),
    isDead: (owner, key, tags, sequence) => later.get(`=${owner}`, tags, `=${key}`, sequence) !== undefined,
  };
}

/** Epochs kept for one owner, and in all. Beyond, they become one that kills every older entry: safe, and rare. */
export interface EpochBounds {
  readonly ofOwnerMax: number;
  readonly max: number;
}

const usualBounds: EpochBounds = { ofOwnerMax: 4_096, max: 65_536 };

/** Writes epochs; belongs inside a transaction. */
export class EpochWriter {
  readonly #next: StatementSync;
  readonly #write: StatementSync;
  readonly #count: StatementSync;
  readonly #countOfOwner: StatementSync;
  readonly #forget: StatementSync;
  readonly #forgetOfOwner: StatementSync;
  readonly #ofOwnerMax: number;
  readonly #max: number;

  constructor(database: DatabaseSync, bounds: EpochBounds = usualBounds) {
    this.#ofOwnerMax = bounds.ofOwnerMax;
    this.#max = bounds.max;
    this.#next = database.prepare("UPDATE store SET sequence = sequence + 1 RETURNING sequence");
    this.#write = database.prepare("INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?)");
    this.#count = database.prepare("SELECT count(*) AS n FROM epochs");
    this.#countOfOwner = database.prepare("SELECT count(*) AS n FROM epochs WHERE owner = ?");
    this.#forget = database.prepare("DELETE FROM epochs");
    this.#forgetOfOwner = database.prepare("DELETE FROM epochs WHERE owner = ?");
  }

  /** Kills every entry meant that was looked up before. @returns the sequence from which on answers may be stored again. */
  raise({ owner, tag, key }: AnswerSelector): number {
    const sequence = Number(this.#next.get()?.["sequence"]);
    const place = markOf(owner);
    this.#write.run(place, markOf(tag), markOf(key), sequence);
    if (Number(this.#count.get()?.["n"]) > this.#max) {
      this.#forget.run();
      this.#write.run(all, all, all, sequence);
    } else if (Number(this.#countOfOwner.get(place)?.["n"]) > this.#ofOwnerMax) {
      this.#forgetOfOwner.run(place);
      this.#write.run(place, all, all, sequence);
    }
    return sequence;
  }
}

function markOf(value: string | undefined): string {
  return value === undefined ? all : `=${value}`;
}
