import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Balance, BalanceKey } from "../../../spec/limit-store.ts";
import type { LimitAnswer, LimitCall } from "../../limit-calls.ts";
import {
  bookReports,
  grantLeases,
  noBalance,
  presumeLeases,
  replaceByTruth,
  reviveLeases,
  type BalanceRows,
  type OwnerBalance,
} from "../../limit-rules.ts";
import { privateFile, type Synchronous } from "../data-directory.ts";
import type { LimitBatch } from "./limit-protocol.ts";
import { limitDatabaseFile, limitSchemaSteps } from "./limit-schema.ts";
import { migrate } from "../migrate.ts";

/** The database of balances, opened by one of several processes. Synchronous: it belongs into a thread of its own. */
export interface LimitDatabase {
  /**
   * Makes all calls in one transaction and syncs it; for a sequence that is written already, gives its answers again.
   * @throws the storage's error, also when others held the lock too long; nothing was written then.
   */
  apply(batch: LimitBatch): readonly LimitAnswer[];
  close(): void;
}

const openWaitMs = 5_000;
const busy = 5;
/** Links that nobody closed are forgotten after so long. */
const linkMsMax = 86_400_000;

/**
 * Opens `budgets.sqlite` (0600) in a directory (created 0700), next to any number of others.
 *
 * @param link unlike that of any other opened store.
 * @throws FarthingError `config_invalid` when the file is newer than this version, or not a store of balances.
 */
export function openLimitDatabase(
  directory: string,
  link: string,
  lockWaitMs: number,
  synchronous: Synchronous = "FULL",
): LimitDatabase {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(privateFile(join(directory, limitDatabaseFile.name)), { timeout: openWaitMs });
  try {
    database.exec(
      `PRAGMA busy_timeout=${openWaitMs}; PRAGMA journal_mode=WAL; PRAGMA synchronous=${synchronous};
       PRAGMA trusted_schema=OFF`,
    );
    migrate(database, directory, limitSchemaSteps, limitDatabaseFile);
    // SQLite's own wait grows to a tenth of a second; short even waits let several processes take turns.
    database.exec("PRAGMA busy_timeout=0");
    return new SharedDatabase(database, link, lockWaitMs);
  } catch (error) {
    database.close();
    throw error;
  }
}

class SharedDatabase implements LimitDatabase {
  readonly #database: DatabaseSync;
  readonly #link: string;
  readonly #lockWaitMs: number;
  readonly #rows: SqlRows;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #lastOf: StatementSync;
  readonly #setLast: StatementSync;
  readonly #sleeper: Int32Array = new Int32Array(new SharedArrayBuffer(4));

  constructor(database: DatabaseSync, link: string, lockWaitMs: number) {
    this.#database = database;
    this.#link = link;
    this.#lockWaitMs = lockWaitMs;
    this.#rows = new SqlRows(database);
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#lastOf = database.prepare("SELECT answers FROM links WHERE link = ? AND sequence = ?");
    this.#setLast = database.prepare("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)");
  }

  apply(batch: LimitBatch): readonly LimitAnswer[] {
    this.#lock();
    try {
      const written = this.#lastOf.get(this.#link, batch.sequence)?.["answers"];
      const answers =
        written === undefined ? this.#write(batch) : (JSON.parse(String(written), revive) as LimitAnswer[]);
      this.#commit.run();
      return answers;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    try {
      this.#database.prepare("DELETE FROM links WHERE link = ?").run(this.#link);
    } finally {
      this.#database.close();
    }
  }

  #write(batch: LimitBatch): readonly LimitAnswer[] {
    const answers = batch.calls.map((call) => this.#rows.answer(call));
    if (batch.sequence === 1) {
      this.#database.prepare("DELETE FROM links WHERE at_ms < ?").run(batch.nowMs - linkMsMax);
    }
    this.#setLast.run(this.#link, batch.sequence, JSON.stringify(answers, replace), batch.nowMs);
    return answers;
  }

  #lock(): void {
    const endMs = performance.now() + this.#lockWaitMs;
    for (;;) {
      try {
        this.#begin.run();
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() >= endMs) throw error;
        Atomics.wait(this.#sleeper, 0, 0, 1);
      }
    }
  }
}

class SqlRows implements BalanceRows {
  readonly #taken: StatementSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #leasedBy: StatementSync;
  readonly #stateOf: StatementSync;
  readonly #setOwner: StatementSync;
  readonly #dead: StatementSync;
  readonly #setSwept: StatementSync;
  readonly #ofAccount: StatementSync;
  readonly #ofAll: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    const select = "SELECT account, slice_start_ms, spent, held, presumed FROM balances WHERE";
    const order = "ORDER BY account, slice_start_ms";
    this.#taken = database.prepare(
      "SELECT spent, held, presumed FROM balances WHERE account = ? AND slice_start_ms >= ?",
    );
    this.#read = database.prepare(
      "SELECT spent, held, presumed FROM balances WHERE account = ? AND slice_start_ms = ? AND owner = ?",
    );
    this.#write = database.prepare("INSERT OR REPLACE INTO balances VALUES (?, ?, ?, ?, ?, ?)");
    this.#leasedBy = database.prepare(
      "SELECT account, slice_start_ms FROM balances WHERE owner = ? AND (held <> '0' OR presumed <> '0')",
    );
    this.#stateOf = database.prepare("SELECT state FROM owners WHERE owner = ?");
    this.#setOwner = database.prepare("INSERT OR REPLACE INTO owners VALUES (?, ?, 'alive')");
    this.#dead = database.prepare("SELECT owner FROM owners WHERE state = 'alive' AND expires_at_ms <= ?");
    this.#setSwept = database.prepare("UPDATE owners SET state = 'swept' WHERE owner = ?");
    this.#ofAccount = database.prepare(`${select} account = ? AND slice_start_ms >= ? ${order}`);
    this.#ofAll = database.prepare(`${select} slice_start_ms >= ? ${order}`);
    this.#forget = database.prepare("DELETE FROM balances WHERE slice_start_ms < ?");
  }

  answer(call: LimitCall): LimitAnswer {
    switch (call.kind) {
      case "lease": {
        const result = grantLeases(this, call.owner, call.asks);
        if ("granted" in result) this.#speak(call.owner, call.expiresAtMs);
        return result;
      }
      case "report":
        this.#speak(call.owner, call.expiresAtMs);
        bookReports(this, call.owner, call.reports);
        return null;
      case "balances":
        return this.#balances(call.account, call.fromMs);
      case "leased-by":
        return this.leasedBy(call.owner);
      case "sweep":
        return this.#sweep(call.nowMs);
      case "recompute":
        replaceByTruth(this, call.owner, call.truth);
        return null;
      case "forget":
        this.#forget.run(call.beforeMs);
        return null;
      default:
        return call satisfies never;
    }
  }

  taken(account: string, fromMs: number): bigint {
    let sum = 0n;
    for (const row of this.#taken.all(account, fromMs)) {
      const { spent, held, presumed } = balanceOf(row);
      sum += spent + held + presumed;
    }
    return sum;
  }

  read({ account, sliceStartMs }: BalanceKey, owner: string): OwnerBalance {
    const row = this.#read.get(account, sliceStartMs, owner);
    return row === undefined ? noBalance : balanceOf(row);
  }

  write({ account, sliceStartMs }: BalanceKey, owner: string, { spent, held, presumed }: OwnerBalance): void {
    this.#write.run(account, sliceStartMs, owner, spent.toString(), held.toString(), presumed.toString());
  }

  leasedBy(owner: string): readonly BalanceKey[] {
    return this.#leasedBy.all(owner).map(keyOf);
  }

  #speak(owner: string, expiresAtMs: number): void {
    if (this.#stateOf.get(owner)?.["state"] === "swept") reviveLeases(this, owner);
    this.#setOwner.run(owner, expiresAtMs);
  }

  #sweep(nowMs: number): number {
    let count = 0;
    for (const { owner } of this.#dead.all(nowMs)) {
      count += presumeLeases(this, String(owner));
      this.#setSwept.run(String(owner));
    }
    return count;
  }

  #balances(account: string | null, fromMs: number): readonly Balance[] {
    const rows = account === null ? this.#ofAll.all(fromMs) : this.#ofAccount.all(account, fromMs);
    const sums: Balance[] = [];
    for (const row of rows) {
      const key = keyOf(row);
      const { spent, held, presumed } = balanceOf(row);
      const last = sums.at(-1);
      if (last === undefined || last.account !== key.account || last.sliceStartMs !== key.sliceStartMs) {
        sums.push({ ...key, spent, held, presumed });
      } else {
        sums[sums.length - 1] = {
          ...key,
          spent: last.spent + spent,
          held: last.held + held,
          presumed: last.presumed + presumed,
        };
      }
    }
    return sums;
  }
}

type SqlRow = Readonly<Record<string, unknown>>;

function keyOf(row: SqlRow): BalanceKey {
  return { account: String(row["account"]), sliceStartMs: Number(row["slice_start_ms"]) };
}

function balanceOf(row: SqlRow): OwnerBalance {
  return {
    spent: BigInt(String(row["spent"])),
    held: BigInt(String(row["held"])),
    presumed: BigInt(String(row["presumed"])),
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && Number(error.errcode) % 256 === busy;
}

/** Bigints as `{"$": "digits"}` in the answers that are kept. */
function replace(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? { $: value.toString() } : value;
}

function revive(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$" in value)) return value;
  return BigInt(String(value.$));
}
