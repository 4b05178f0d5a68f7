import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AnswerSelector } from "../../../spec/answer-store.ts";
import type { AnswerEpochs } from "./answer-epochs.ts";
import type { EntryToStore } from "./answer-protocol.ts";
import { decayedHits, valueDensity } from "./value-density.ts";

/** Entries looked at when room is made, sorted by what they are worth. */
const candidates = 64;
/** Rounds of that in one transaction; what is still too much waits for the next. */
const roundsMax = 64;
/** Rows that a step through all entries looks at, so that other changes get their turn. */
const stepRows = 2_000;
/** Ended entries that one transaction deletes beside its own work. */
const endedMax = 128;
/** So that the index in the process stays below 48 MiB. */
const entriesMax = 3_000_000;

interface Hits {
  readonly hits: number;
  readonly hitAtMs: number;
}

interface Doomed {
  readonly id: number;
  readonly fingerprint: number;
  readonly bytes: number;
}

/** What changed since {@link EntryWriter.begin}; see `FromAnswerWriter`. */
export interface EntryChanges {
  readonly cleared: boolean;
  readonly changes: readonly number[];
  readonly evicted: number;
}

/** Writes entries; every call belongs inside a transaction between `begin` and `finish`. */
export class EntryWriter {
  readonly #epochs: AnswerEpochs;
  readonly #bytesMax: number;
  readonly #statements: EntryStatements;
  readonly #sequences: Map<string, number> = new Map();
  #entries = 0;
  #bytes = 0;
  #cleared = false;
  #changes: number[] = [];
  #evicted = 0;
  /** Entries up to here were looked at last when room was made; the next round begins behind it. */
  #hand = 0;

  constructor(database: DatabaseSync, epochs: AnswerEpochs, bytesMax: number) {
    this.#epochs = epochs;
    this.#bytesMax = bytesMax;
    this.#statements = prepareEntryStatements(database);
  }

  /** Reads the totals: other processes may have changed them. */
  begin(): void {
    const totals = this.#statements.totals.get();
    this.#entries = Number(totals?.["entries"] ?? 0);
    this.#bytes = Number(totals?.["bytes"] ?? 0);
    this.#cleared = false;
    this.#changes = [];
    this.#evicted = 0;
    this.forgetEpochs();
  }

  /** What was read of an owner's invalidations holds for one transaction, in which only {@link EpochWriter} changes them. */
  forgetEpochs(): void {
    this.#sequences.clear();
  }

  /** Makes room and writes the totals. */
  finish(nowMs: number): EntryChanges {
    this.sweep(nowMs, endedMax);
    for (let round = 0; round < roundsMax && this.#isTooFull(); round++) this.#makeRoom(nowMs);
    this.#statements.setTotals.run(this.#entries, this.#bytes);
    return { cleared: this.#cleared, changes: this.#changes, evicted: this.#evicted };
  }

  /** @returns whether it was stored: not when it was invalidated meanwhile, nor over a newer one that lives. */
  set(entry: EntryToStore, nowMs: number): boolean {
    const { owner, key, tags, sequence } = entry;
    if (entry.generation !== this.#epochs.generation || nowMs >= entry.endsAtMs) return false;
    if (this.#isInvalidated(owner, key, tags, sequence)) return false;
    if (!this.#insert(entry, { hits: 0, hitAtMs: nowMs }) && !this.#replace(entry, nowMs)) return false;
    this.#entries++;
    this.#bytes += storedBytes(entry);
    this.#changes.push(entry.fingerprint);
    return true;
  }

  /** Most answers are to a new question: that is found out by storing them. @returns false where something has the same fingerprint. */
  #insert(entry: EntryToStore, { hits, hitAtMs }: Hits): boolean {
    const { fingerprint, owner, partition, isolation, key, tags, body } = entry;
    const { costPicoUsd, sequence, storedAtMs, endsAtMs } = entry;
    const facts = [
      fingerprint,
      storedBytes(entry),
      costPicoUsd,
      hits,
      hitAtMs,
      sequence,
      storedAtMs,
      endsAtMs,
    ] as const;
    const done = this.#statements.insert.run(...facts, isolation, owner, partition, key, tags);
    if (done.changes === 0) return false;
    this.#statements.insertBody.run(done.lastInsertRowid, body);
    return true;
  }

  /** In the place of what has the same fingerprint: an older answer to the same question, or, once in 10^10, another's. */
  #replace(entry: EntryToStore, nowMs: number): boolean {
    const { fingerprint, storedAtMs } = entry;
    const old = this.#statements.find.get(fingerprint);
    if (old === undefined) return false;
    if (Number(old["stored_at_ms"]) > storedAtMs && this.#lives(old, nowMs)) return false;
    this.#remove({ id: Number(old["id"]), fingerprint, bytes: Number(old["bytes"]) });
    // What was asked for again keeps its hits: it is the same question.
    return this.#insert(entry, { hits: Number(old["hits"]), hitAtMs: Number(old["hit_at_ms"]) });
  }

  addHits(id: number, hits: number, nowMs: number): void {
    const row = this.#statements.hitsOf.get(id);
    if (row === undefined) return;
    const before = decayedHits(Number(row["hits"]), Number(row["hit_at_ms"]), nowMs);
    this.#statements.setHits.run(before + hits, nowMs, id);
  }

  /** Deletes one entry, whatever it is. */
  drop(id: number): void {
    const row = this.#statements.byId.get(id);
    if (row !== undefined) this.#remove(doomedOf(row));
  }

  /** Deletes entries that have ended. @returns how many. */
  sweep(nowMs: number, most: number = stepRows): number {
    const ended = this.#statements.ended.all(nowMs, most).map(doomedOf);
    for (const entry of ended) this.#remove(entry);
    return ended.length;
  }

  /** Deletes everything at once. @returns how many there were. */
  clear(): number {
    const gone = this.#entries;
    this.#statements.clear.run();
    this.#statements.clearBodies.run();
    this.#entries = 0;
    this.#bytes = 0;
    this.#cleared = true;
    this.#changes = [];
    return gone;
  }

  /** Deletes those meant among the next entries behind `afterId`. */
  deleteStep(
    { owner, tag, key }: AnswerSelector,
    belowSequence: number,
    afterId: number,
  ): { readonly count: number; readonly lastId: number | null } {
    const end = this.#statements.endOfStep.get(afterId, stepRows)?.["id"] ?? null;
    const lastId = end === null ? null : Number(end);
    const meant = this.#statements.meant
      .all(afterId, lastId, belowSequence, owner ?? null, key ?? null, tag ?? null)
      .map(doomedOf);
    for (const entry of meant) this.#remove(entry);
    return { count: meant.length, lastId };
  }

  #isTooFull(): boolean {
    return this.#bytes > this.#bytesMax || this.#entries > entriesMax;
  }

  /**
   * Looks at the next entries in the order they came, as a clock's hand goes round: the least worth go, at most half, those
   * of equal worth oldest first. What is worth more stays where it is and is met again a round later.
   */
  #makeRoom(nowMs: number): void {
    const rows = this.#statements.behind.all(this.#hand, candidates);
    // The newest few are not judged yet: nobody had the time to ask for them again.
    if (rows.length < candidates && this.#hand > 0) {
      this.#hand = 0;
      return;
    }
    const worth = rows.map((row) => ({ entry: doomedOf(row), density: densityOf(row, nowMs) }));
    worth.sort((one, other) => one.density - other.density || one.entry.id - other.entry.id);
    for (const { entry } of worth.slice(0, Math.max(1, rows.length >> 1))) {
      if (!this.#isTooFull()) return;
      this.#remove(entry);
      this.#evicted++;
      this.#hand = Math.max(this.#hand, entry.id);
    }
  }

  #remove({ id, fingerprint, bytes }: Doomed): void {
    this.#statements.remove.run(id);
    this.#statements.removeBody.run(id);
    this.#entries--;
    this.#bytes -= bytes;
    this.#changes.push(-fingerprint);
  }

  #lives(row: Record<string, unknown>, nowMs: number): boolean {
    if (nowMs >= Number(row["ends_at_ms"])) return false;
    const [owner, key, tags] = [String(row["owner"]), String(row["key"]), String(row["tags"])];
    return !this.#isInvalidated(owner, key, tags, Number(row["sequence"]));
  }

  #isInvalidated(owner: string, key: string, tags: string, sequence: number): boolean {
    let ofOwner = this.#sequences.get(owner);
    if (ofOwner === undefined) {
      ofOwner = this.#epochs.sequenceOf(owner);
      this.#sequences.set(owner, ofOwner);
    }
    return ofOwner > sequence && this.#epochs.isDead(owner, key, tags, sequence);
  }
}

type EntryStatements = ReturnType<typeof prepareEntryStatements>;

function prepareEntryStatements(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  const doomed = "SELECT id, fingerprint, bytes FROM entries WHERE";
  return {
    totals: prepare("SELECT entries, bytes FROM store"),
    setTotals: prepare("UPDATE store SET entries = ?, bytes = ?"),
    find: prepare("SELECT * FROM entries WHERE fingerprint = ?"),
    insert: prepare("INSERT OR IGNORE INTO entries VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    insertBody: prepare("INSERT INTO bodies VALUES (?, ?)"),
    hitsOf: prepare("SELECT hits, hit_at_ms FROM entries WHERE id = ?"),
    setHits: prepare("UPDATE entries SET hits = ?, hit_at_ms = ? WHERE id = ?"),
    byId: prepare(`${doomed} id = ?`),
    ended: prepare(`${doomed} ends_at_ms <= ? LIMIT ?`),
    behind: prepare(
      "SELECT id, fingerprint, bytes, cost_pico_usd, hits, hit_at_ms FROM entries WHERE id > ? ORDER BY id LIMIT ?",
    ),
    endOfStep: prepare("SELECT id FROM entries WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"),
    meant: prepare(
      `${doomed} id > ?1 AND (?2 IS NULL OR id <= ?2) AND sequence < ?3 AND (?4 IS NULL OR owner = ?4)
       AND (?5 IS NULL OR key = ?5) AND (?6 IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?6))`,
    ),
    remove: prepare("DELETE FROM entries WHERE id = ?"),
    removeBody: prepare("DELETE FROM bodies WHERE id = ?"),
    clear: prepare("DELETE FROM entries"),
    clearBodies: prepare("DELETE FROM bodies"),
  };
}

function doomedOf(row: Record<string, unknown>): Doomed {
  return { id: Number(row["id"]), fingerprint: Number(row["fingerprint"]), bytes: Number(row["bytes"]) };
}

function densityOf(row: Record<string, unknown>, nowMs: number): number {
  const worth = { bytes: Number(row["bytes"]), costPicoUsd: Number(row["cost_pico_usd"]) };
  return valueDensity({ ...worth, hits: Number(row["hits"]), hitAtMs: Number(row["hit_at_ms"]) }, nowMs);
}

const pageBytes = 4_096;
/** Columns, row headers and three index rows beside the texts, measured. */
const rowBytes = 200;

/** What an entry takes in the file: bodies of more than a page take whole ones, smaller ones share as many to a page as fit. */
export function storedBytes({ owner, partition, key, tags, body }: EntryToStore): number {
  const texts = owner.length + partition.length + key.length + Buffer.byteLength(tags);
  const toPage = Math.floor(pageBytes / (body.length + 16));
  const pages = toPage === 0 ? Math.ceil(body.length / pageBytes) * pageBytes : Math.ceil(pageBytes / toPage);
  return rowBytes + texts + pages;
}
