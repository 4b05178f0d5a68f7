import type { ChainHead, ChainReport } from "../../../spec/body-store.ts";
import { type ChainLine, type ChainMark, digestOf, hex, lineDigest, type RecordPart } from "./body-chain.ts";
import { type BodyFile, brokenEnd, readMark } from "./open-body-file.ts";

/** Records checked in one go; then others have their turn. Bodies count as one for each 64 KiB. */
const stepWeightMax = 256;
const weightBytes = 65_536;

type Row = Record<string, unknown>;

/**
 * Walks the whole chain in one snapshot and yields between steps; returns what it found. Checked is every column of every
 * table: lines by their digests, bodies and keys by what the lines say of them, the marks by their seals, the end by its file.
 *
 * @param filed the head in its file, read before the walk.
 * @param kept a head that somebody noted earlier.
 * @throws the storage's error.
 */
export function* walkChain(
  { database, master }: BodyFile,
  filed: ChainMark | string,
  kept: ChainHead | null = null,
): Generator<void, ChainReport> {
  database.exec("BEGIN");
  try {
    const base = readMark(database, master, "base");
    const start: ChainMark = typeof base === "string" ? { position: 0n, line: new Uint8Array(0) } : base;
    const walk = new Walk(start, kept);
    const rows = database
      .prepare(
        "SELECT r.*, b.sealed FROM records r LEFT JOIN sealed_bodies b ON b.position = r.position ORDER BY r.position",
      )
      .iterate();
    let weight = 0;
    for (const row of rows) {
      walk.take(row);
      if (walk.broken !== null) break;
      weight += 1 + (row["sealed"] instanceof Uint8Array ? row["sealed"].length / weightBytes : 0);
      if (weight < stepWeightMax) continue;
      weight = 0;
      yield;
    }
    const keys = database.prepare("SELECT data_key, owner, end_user, wrapped FROM data_keys").all();
    const end = brokenEnd(database, filed, master);
    const strays = database
      .prepare(
        "SELECT min(position) AS position FROM sealed_bodies WHERE position NOT IN (SELECT position FROM records)",
      )
      .get();
    const stray = strays?.["position"] as bigint | null;
    if (end !== null) walk.breakAt(walk.last.position, end);
    if (stray !== null) walk.breakAt(stray, "a body stands there that no record names");
    for (const key of keys) walk.takeKey(key, (wrapped, whose) => void master.unwrap(wrapped, whose));
    walk.checkKeysLeft();
    return walk.report();
  } finally {
    if (database.isTransaction) database.exec("ROLLBACK");
  }
}

/** What a walk has seen. It stops at the first line that does not fit: nothing behind it can be told. */
class Walk {
  #last: ChainMark;
  #records = 0n;
  broken: { readonly position: bigint; readonly what: string } | null = null;
  /** Keys that lines name, with the first of them; those of erased users are in the other. */
  readonly #named = new Map<bigint, { readonly position: bigint; readonly owner: string }>();
  readonly #erased = new Set<bigint>();

  readonly #kept: ChainHead | null;

  constructor(start: ChainMark, kept: ChainHead | null) {
    this.#last = start;
    this.#kept = kept;
    if (kept !== null && kept.position < start.position)
      this.breakAt(start.position, "the noted head is older than what retention left");
    else this.#compareKept();
  }

  #compareKept(): void {
    const { position, line } = this.#last;
    if (this.#kept?.position === position && this.#kept.digest !== hex(line))
      this.breakAt(position, "the noted head is another");
  }

  get last(): ChainMark {
    return this.#last;
  }

  /** The first break counts. */
  breakAt(position: bigint, what: string): void {
    this.broken ??= { position, what };
  }

  take(row: Row): void {
    const line = lineOf(row);
    const { position } = line;
    if (position !== this.#last.position + 1n) return this.breakAt(this.#last.position + 1n, "the record is missing");
    const digest = lineDigest(this.#last.line, line);
    if (hex(digest) !== hex(bytesOf(row["line"])))
      return this.breakAt(position, "the record, or one before it, was edited");
    this.#checkBody(line, row["sealed"]);
    this.#last = { position, line: digest };
    this.#compareKept();
    this.#records += 1n;
    if (line.part === "erasure") this.#erased.add(line.dataKey);
    else if (this.#erased.has(line.dataKey)) this.breakAt(position, "it uses a key that was destroyed");
    else if (!this.#named.has(line.dataKey)) this.#named.set(line.dataKey, { position, owner: line.owner });
  }

  #checkBody({ position, part, sealedDigest }: ChainLine, sealed: unknown): void {
    if (part === "erasure") {
      if (sealed instanceof Uint8Array) this.breakAt(position, "a body stands there that no record names");
    } else if (!(sealed instanceof Uint8Array)) this.breakAt(position, "the body is missing");
    else if (hex(digestOf(sealed)) !== hex(sealedDigest)) this.breakAt(position, "the body was edited");
  }

  /** A key that is there must be one that a line names, of that line's owner, and open under the master key. */
  takeKey(
    row: Row,
    unwrap: (wrapped: Uint8Array, whose: { dataKey: bigint; owner: string; user: string }) => void,
  ): void {
    const dataKey = row["data_key"] as bigint;
    const owner = String(row["owner"]);
    const named = this.#named.get(dataKey);
    if (this.broken !== null) return;
    if (named === undefined || this.#erased.has(dataKey) || named.owner !== owner)
      return this.breakAt(named?.position ?? dataKey, "a key stands there that belongs to no record");
    try {
      unwrap(bytesOf(row["wrapped"]), { dataKey, owner, user: String(row["end_user"]) });
      this.#named.delete(dataKey);
    } catch {
      this.breakAt(named.position, "the key of its body was edited");
    }
  }

  /** Every record's key is there, unless its user was erased; and the noted head was passed. */
  checkKeysLeft(): void {
    if (this.#kept !== null && this.#kept.position > this.#last.position)
      this.breakAt(this.#last.position, "the chain ends before the noted head");
    for (const [dataKey, { position }] of this.#named) {
      if (!this.#erased.has(dataKey)) this.breakAt(position, "the key of its body is missing, and no erasure says so");
    }
  }

  report(): ChainReport {
    const { position, line } = this.#last;
    return { records: this.#records, head: { position, digest: hex(line) }, brokenAt: this.broken };
  }
}

function lineOf(row: Row): ChainLine {
  return {
    position: row["position"] as bigint,
    id: row["id"] as bigint,
    part: row["part"] as RecordPart,
    owner: row["owner"] as string,
    dataKey: row["data_key"] as bigint,
    route: row["route"] as string,
    dialect: row["dialect"] as string,
    called: row["called"] as string,
    atMs: row["at_ms"] as bigint,
    status: row["status"] as bigint | null,
    complete: row["complete"] as bigint | null,
    sealedDigest: bytesOf(row["sealed_digest"]),
  };
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}
