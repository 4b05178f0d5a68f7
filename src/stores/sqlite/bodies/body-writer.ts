import type { DatabaseSync } from "node:sqlite";
import { type ChainLine, type ChainMark, digestOf, lineDigest, placeOf } from "./body-chain.ts";
import { encrypt, makeDataKey, type MasterKey } from "./body-keys.ts";
import type { BodyAppend, BodyBatch, BodyErasure } from "./body-protocol.ts";
import { type BodyFile, readMark, writeMark } from "./open-body-file.ts";

/** Unwrapped keys at hand; unwrapping one again costs some ten microseconds. */
const keysMax = 10_000;
const noBytes = new Uint8Array(0);

/** Appends to the chain, a transaction for each batch. */
export interface BodyWriter {
  /**
   * Writes a batch and syncs it. @returns for each erasure of it how many records can be read no more.
   * @throws the storage's error when nothing of the batch was kept; Error when the chain's head was edited.
   */
  write(batch: BodyBatch): readonly number[];
  /** Where the chain ends now. */
  readonly head: ChainMark;
}

/** A writer over an open file. Several processes may write in turn: each reads the head in its own transaction. */
export function createBodyWriter({ database, master }: BodyFile): BodyWriter {
  return new ChainWriter(database, master);
}

class ChainWriter implements BodyWriter {
  readonly #database: DatabaseSync;
  readonly #master: MasterKey;
  readonly #keys = new Map<bigint, Uint8Array>();
  #head: ChainMark;

  constructor(database: DatabaseSync, master: MasterKey) {
    this.#database = database;
    this.#master = master;
    this.#head = this.#readHead();
  }

  get head(): ChainMark {
    return this.#head;
  }

  write(batch: BodyBatch): readonly number[] {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      this.#head = this.#readHead();
      const erased: number[] = [];
      for (const item of batch) {
        if (item.kind === "append") this.#append(item);
        else erased.push(this.#erase(item));
      }
      writeMark(this.#database, this.#master, "head", this.#head);
      this.#database.exec("COMMIT");
      if (erased.length > 0) this.#forgetLog();
      return erased;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.#keys.clear();
      this.#head = this.#readHead();
      throw error;
    }
  }

  /** @throws Error when the mark is not ours: appending to an edited chain would put our seal on the edit. */
  #readHead(): ChainMark {
    const head = readMark(this.#database, this.#master, "head");
    if (typeof head === "string") throw new Error(`The store of bodies takes nothing more: ${head}.`);
    return head;
  }

  #append({ id, part, owner, user, route, dialect, called, atMs, status, complete, body }: BodyAppend): void {
    const position = this.#head.position + 1n;
    const { dataKey, key } = this.#keyFor(owner, user, position);
    const sealed = encrypt(key, body, placeOf(position, id, part));
    this.#link({
      position,
      id,
      part,
      owner,
      dataKey,
      route,
      dialect,
      called,
      atMs: BigInt(Math.floor(atMs)),
      status: status === null ? null : BigInt(status),
      complete: complete === null ? null : BigInt(complete),
      sealedDigest: digestOf(sealed),
    });
    this.#database.prepare("INSERT INTO sealed_bodies VALUES (?, ?)").run(position, sealed);
  }

  #link(line: ChainLine): void {
    const digest = lineDigest(this.#head.line, line);
    this.#database
      .prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        line.position,
        line.id,
        line.part,
        line.owner,
        line.dataKey,
        line.route,
        line.dialect,
        line.called,
        line.atMs,
        line.status,
        line.complete,
        line.sealedDigest,
        digest,
      );
    this.#head = { position: line.position, line: digest };
  }

  /** Read anew each time: another process may have destroyed it since. */
  #keyFor(owner: string, user: string, position: bigint): { readonly dataKey: bigint; readonly key: Uint8Array } {
    const row = this.#database
      .prepare("SELECT data_key, wrapped FROM data_keys WHERE owner = ? AND end_user = ?")
      .get(owner, user);
    if (row === undefined) {
      const key = makeDataKey();
      const wrapped = this.#master.wrap(key, { dataKey: position, owner, user });
      this.#database.prepare("INSERT INTO data_keys VALUES (?, ?, ?, ?)").run(position, owner, user, wrapped);
      return { dataKey: position, key: this.#remember(position, key) };
    }
    const dataKey = row["data_key"] as bigint;
    const known = this.#keys.get(dataKey);
    const key = known ?? this.#master.unwrap(row["wrapped"] as Uint8Array, { dataKey, owner, user });
    return { dataKey, key: known ?? this.#remember(dataKey, key) };
  }

  #remember(dataKey: bigint, key: Uint8Array): Uint8Array {
    if (this.#keys.size >= keysMax) this.#keys.clear();
    this.#keys.set(dataKey, key);
    return key;
  }

  #erase({ owner, user, atMs }: BodyErasure): number {
    const row = this.#database
      .prepare("SELECT data_key, length(wrapped) AS size FROM data_keys WHERE owner = ? AND end_user = ?")
      .get(owner, user);
    if (row === undefined) return 0;
    const dataKey = row["data_key"] as bigint;
    this.#keys.get(dataKey)?.fill(0);
    this.#keys.delete(dataKey);
    this.#database
      .prepare("UPDATE data_keys SET wrapped = ? WHERE data_key = ?")
      .run(new Uint8Array(Number(row["size"])), dataKey);
    this.#database.prepare("DELETE FROM data_keys WHERE data_key = ?").run(dataKey);
    this.#link({
      position: this.#head.position + 1n,
      id: 0n,
      part: "erasure",
      owner,
      dataKey,
      route: "",
      dialect: "",
      called: "",
      atMs: BigInt(Math.floor(atMs)),
      status: null,
      complete: null,
      sealedDigest: digestOf(noBytes),
    });
    const counted = this.#database
      .prepare("SELECT count(*) AS n FROM records WHERE data_key = ? AND part <> 'erasure'")
      .get(dataKey);
    return Number(counted?.["n"] ?? 0);
  }

  /** The write-ahead log still holds the page with the key as it was. @throws Error while a reader keeps it there. */
  #forgetLog(): void {
    const state = this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    if (state?.["busy"] === 0n) return;
    throw new Error(
      "The user's key is deleted, but a reader keeps a copy in the log. Delete the user again in a moment.",
    );
  }
}
