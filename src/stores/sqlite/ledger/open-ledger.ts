import type { Clock } from "../../../spec/clock.ts";
import type { LedgerSettings } from "../../../spec/config.ts";
import type { AppendResult, LedgerStatus, LedgerStore, RequestRecord, StoredRequest } from "../../../spec/ledger.ts";
import type { AlarmCode } from "../../../spec/metrics.ts";
import { firstIdAt } from "../../../kit/request-id.ts";
import { createFinder, type Finder } from "../requests/find-request.ts";
import type { LedgerFaults } from "./ledger-protocol.ts";
import { RowQueue, asReplay } from "./row-queue.ts";
import { WaitList } from "./wait-list.ts";
import { startWorkerLink, type WorkerLink } from "./worker-link.ts";

/** What a ledger is opened with. */
export interface OpenLedgerOptions {
  /** Created with mode 0700 where it does not exist. One process writes in it at a time. */
  readonly directory: string;
  readonly settings: LedgerSettings;
  /** Zone of the daily sums, a name of the time zone database. Default UTC. Another one than last time: they are made anew. */
  readonly zone?: string;
  readonly clock: Clock;
  /** Told when rows stall, are lost, or cannot be written. Must not throw. */
  readonly alarm: (code: AlarmCode, detail: string) => void;
  /** For tests only. */
  readonly faults?: LedgerFaults;
}

const accepted: Promise<AppendResult> = Promise.resolve("accepted");
const dropped: Promise<AppendResult> = Promise.resolve("dropped");
const retentionEveryMs = 3_600_000;
const closeMsMax = 10_000;
/** Longest time that a row nobody waits for stays in memory with an idle disk. */
const gatherMs = 20;
/** After a commit of so many rows, the next gathers for a moment: it takes as much CPU as ten rows, and load brings those. */
const busyRowsMin = 4;
const busyGatherMs = 1;
const dayMs = 86_400_000;

/**
 * Opens the ledger: `node:sqlite` in a thread of its own, WAL, every commit synced, rows grouped into commits. The states of a
 * row and what holds in each are in docs/specs/ledger.md.
 * @throws FarthingError `config_invalid` when another process has the directory, or the file is newer than this version.
 */
export async function openLedger(options: OpenLedgerOptions): Promise<LedgerStore> {
  const ledger = new SqliteLedger(options);
  await ledger.open();
  return ledger;
}

class SqliteLedger implements LedgerStore {
  readonly #options: OpenLedgerOptions;
  readonly #queue: RowQueue = new RowQueue();
  readonly #waits: WaitList = new WaitList();
  readonly #finder: Finder;
  /** Searches that wait until the rows before them are on disk; each ends after the longest wait. */
  readonly #readers: Set<{ sequence: number; resolve: () => void }> = new Set();
  #link: WorkerLink | null = null;
  /** The batch that the worker has; null when it has none. */
  #inFlight: string | null = null;
  #flushScheduled = false;
  #isBusy = false;
  #deadlineTimer: (() => void) | null = null;
  #gatherTimer: (() => void) | null = null;
  #retentionTimer: (() => void) | null = null;
  #closing: Promise<void> | null = null;
  #onDrained: (() => void) | null = null;
  /** Rows taken and rows on disk; their difference waits in memory. */
  #handedOver = 0;
  #written = 0;
  #spooled = 0;
  #dropped = 0;
  /** Rows lost since the last correction that says so. */
  #unreported: { firstId: bigint; rows: number } | null = null;
  #lastError: string | null = null;

  constructor(options: OpenLedgerOptions) {
    this.#options = options;
    this.#finder = createFinder(options.directory);
  }

  async open(): Promise<void> {
    const { directory, clock, faults, zone = "UTC" } = this.#options;
    this.#link = await startWorkerLink({ directory, zone, faults: faults ?? {} }, clock, {
      committed: (rows) => this.#onCommitted(rows),
      failed: (message) => this.#onFailed(message),
      restarted: () => {
        if (this.#inFlight !== null) this.#link?.send(asReplay(this.#inFlight));
      },
    });
    this.#retain();
  }

  append(record: RequestRecord, sync: boolean): Promise<AppendResult> {
    const { settings, clock } = this.#options;
    if (this.#closing !== null || this.#handedOver - this.#written >= settings.spoolRowsMax) return this.#drop(record);
    this.#queue.add(record);
    const sequence = (this.#handedOver += 1);
    if (!sync) {
      this.#gather();
      return accepted;
    }
    this.#scheduleFlush();
    return new Promise((resolve) => {
      this.#waits.add(sequence, record.id, clock.monotonicUs() + settings.syncWaitMsMax * 1_000, resolve);
      this.#armDeadline();
    });
  }

  async find(anyId: string): Promise<StoredRequest | null> {
    await this.#caughtUp();
    return this.#finder.find(anyId);
  }

  status(): LedgerStatus {
    return {
      rowsQueued: this.#handedOver - this.#written,
      rowsWritten: this.#written,
      rowsSpooled: this.#spooled,
      rowsDropped: this.#dropped,
      lastError: this.#lastError,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** With the worker idle, a turn of the event loop later, under load a moment: what settles until then shares one sync. */
  #scheduleFlush(): void {
    if (this.#inFlight !== null || this.#flushScheduled) return;
    this.#flushScheduled = true;
    const flush = (): void => {
      this.#flushScheduled = false;
      this.#flush();
    };
    if (this.#isBusy) this.#options.clock.after(busyGatherMs, flush);
    else setImmediate(flush);
  }

  /** Rows that nobody waits for share a commit with what comes within a moment: a commit of its own costs ten times the row. */
  #gather(): void {
    this.#gatherTimer ??= this.#options.clock.after(gatherMs, () => {
      this.#gatherTimer = null;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#inFlight !== null || this.#queue.isEmpty) return;
    this.#inFlight = this.#queue.take();
    this.#link?.send(this.#inFlight);
  }

  #onCommitted(rows: number): void {
    this.#inFlight = null;
    this.#written += rows;
    this.#lastError = null;
    this.#waits.settle(this.#written);
    if (this.#readers.size > 0) this.#wakeReaders();
    this.#reportLost();
    this.#isBusy = rows >= busyRowsMin;
    if (this.#closing !== null) this.#flush();
    else if (this.#waits.size > 0 || this.#readers.size > 0) this.#scheduleFlush();
    else if (!this.#queue.isEmpty) this.#gather();
    if (this.#inFlight === null) this.#onDrained?.();
  }

  #onFailed(message: string): void {
    this.#lastError = message;
    this.#options.alarm("ledger-error", message);
  }

  #drop(record: RequestRecord): Promise<AppendResult> {
    this.#dropped += 1;
    this.#unreported ??= { firstId: record.id, rows: 0 };
    this.#unreported.rows += 1;
    this.#options.alarm("ledger-dropped", `request ${record.requestId} has no ledger row`);
    return dropped;
  }

  /** Writes down, now that the disk takes rows again, how many were lost. */
  #reportLost(): void {
    if (this.#unreported === null) return;
    const { firstId, rows } = this.#unreported;
    this.#unreported = null;
    this.#queue.addCorrection([firstId.toString(), "dropped", this.#options.clock.nowMs(), JSON.stringify({ rows })]);
  }

  #armDeadline(): void {
    const deadlineUs = this.#waits.nextDeadlineUs;
    if (this.#deadlineTimer !== null || deadlineUs === null) return;
    const { clock } = this.#options;
    const delayMs = Math.max(0, Math.ceil((deadlineUs - clock.monotonicUs()) / 1_000));
    this.#deadlineTimer = clock.after(delayMs, () => {
      this.#deadlineTimer = null;
      this.#expire();
      this.#armDeadline();
    });
  }

  #expire(): void {
    const { clock, alarm, settings } = this.#options;
    const expired = this.#waits.expire(clock.monotonicUs());
    if (expired.length === 0) return;
    this.#spooled += expired.length;
    const nowMs = clock.nowMs();
    for (const id of expired) this.#queue.addCorrection([id.toString(), "spooled", nowMs, null]);
    alarm("ledger-stalled", `${expired.length} rows were not on disk after ${settings.syncWaitMsMax} ms`);
    this.#scheduleFlush();
  }

  #retain(): void {
    const { clock, settings } = this.#options;
    const beforeId = firstIdAt(clock.nowMs() - settings.retentionDays * dayMs);
    this.#link?.send({ kind: "retain", beforeId: beforeId.toString() });
    this.#retentionTimer = clock.after(retentionEveryMs, () => this.#retain());
  }

  /** Resolves when the rows handed over until now are on disk, or the longest wait is over. */
  #caughtUp(): Promise<void> {
    if (this.#written >= this.#handedOver) return Promise.resolve();
    this.#scheduleFlush();
    const { clock, settings } = this.#options;
    return new Promise((resolve) => {
      const reader = { sequence: this.#handedOver, resolve: () => undefined as void };
      const giveUp = clock.after(settings.syncWaitMsMax, () => {
        this.#readers.delete(reader);
        resolve();
      });
      reader.resolve = () => {
        giveUp();
        resolve();
      };
      this.#readers.add(reader);
    });
  }

  #wakeReaders(): void {
    for (const reader of this.#readers) {
      if (reader.sequence > this.#written) continue;
      this.#readers.delete(reader);
      reader.resolve();
    }
  }

  async #close(): Promise<void> {
    this.#retentionTimer?.();
    this.#gatherTimer?.();
    const { clock } = this.#options;
    const drained = new Promise<boolean>((resolve) => {
      const giveUp = clock.after(closeMsMax, () => resolve(false));
      this.#onDrained = () => {
        giveUp();
        resolve(true);
      };
    });
    this.#flush();
    if (this.#inFlight === null) this.#onDrained?.();
    const complete = await drained;
    this.#deadlineTimer?.();
    await this.#finder.close();
    await this.#link?.close(complete ? closeMsMax : 0);
    const lost = this.#handedOver - this.#written;
    if (lost === 0) return;
    this.#handedOver = this.#written;
    this.#dropped += lost;
    this.#waits.abandon();
    this.#options.alarm("ledger-dropped", `${lost} rows could not be written before the end`);
  }
}
