import type { BodyStore, StoredReplyBody, StoredRequestBody } from "../../../spec/body-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import type { Clock } from "../../../spec/clock.ts";
import type { AlarmCode } from "../../../spec/metrics.ts";
import { envelopeOf } from "./body-envelope.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import { startStandingThread, type ThreadLink } from "../standing-thread.ts";
import type { BodyFaults, BodyWorkerData, FromBodyWorker, ToBodyWorker } from "./body-protocol.ts";
import { BodyQueue } from "./body-queue.ts";
import { type BodyReader, createBodyReader } from "./read-bodies.ts";

/** What a store of bodies is opened with. */
export interface OpenBodyStoreOptions {
  /** Created with mode 0700 where it does not exist. */
  readonly directory: string;
  /** The secret that everything is encrypted with. */
  readonly key: string;
  /** Older records are deleted, hourly; null: this process deletes nothing. */
  readonly retentionDays: number | null;
  readonly clock: Clock;
  /** Told of trouble that no call is told of. Must not throw. */
  readonly alarm: (code: AlarmCode, detail: string) => void;
  /** Longest wait for the disk; then the call rejects. Default 5,000. */
  readonly waitMsMax?: number;
  /** For tests only. */
  readonly faults?: BodyFaults;
}

const dayMs = 86_400_000;
const retentionEveryMs = 3_600_000;
const closeMsMax = 10_000;
const usualWaitMsMax = 5_000;

/**
 * Opens the store of bodies: `bodies.sqlite` through `node:sqlite` in a thread, WAL, every commit synced, bodies that come
 * together in one commit. What holds in it is in docs/specs/body-store.md.
 * @throws FarthingError `config_invalid` when the key is not the file's, the chain's end was cut off, or the file is none of ours.
 */
export async function openBodyStore(options: OpenBodyStoreOptions): Promise<BodyStore> {
  const store = new SqliteBodyStore(options);
  await store.open();
  return store;
}

class SqliteBodyStore implements BodyStore {
  readonly #options: OpenBodyStoreOptions;
  readonly #queue: BodyQueue;
  readonly #reader: BodyReader;
  #link: ThreadLink<ToBodyWorker> | null = null;
  #retentionTimer: (() => void) | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: OpenBodyStoreOptions) {
    const { clock, directory, key, waitMsMax = usualWaitMsMax } = options;
    this.#options = options;
    this.#queue = new BodyQueue(clock, waitMsMax, (batch) => this.#link?.send({ kind: "batch", batch }));
    this.#reader = createBodyReader(directory, key);
  }

  async open(): Promise<void> {
    const { directory, key, clock, alarm, faults = {} } = this.#options;
    const data: BodyWorkerData = { directory, key, faults };
    this.#link = await startStandingThread<FromBodyWorker, ToBodyWorker>({
      file: workerUrl(import.meta.url, "body-worker"),
      name: "farthing-bodies",
      what: "The thread of the store of bodies",
      data,
      laterData: { ...data, faults: {} },
      closing: { kind: "close" },
      clock,
      receive: (message) => {
        if (message.kind === "trouble") alarm("bodies-unavailable", message.message);
        else this.#queue.answered(message);
      },
      failed: (message) => {
        this.#queue.setDown(message);
        alarm("bodies-unavailable", message);
      },
      restarted: () => this.#queue.setDown(null),
    });
    this.#retain();
  }

  async keepRequest({ id, owner, user, route, dialect, called, atMs, asked, body }: StoredRequestBody): Promise<void> {
    const about = { id, owner, user: user ?? "", route, dialect, called, atMs, status: null, complete: null };
    await this.#queue.add({ kind: "append", part: "request", ...about, body: ownCopy([envelopeOf(asked), body]) });
  }

  async keepReply({ id, owner, user, atMs, status, complete, answered, pieces }: StoredReplyBody): Promise<void> {
    const about = { id, owner, user: user ?? "", route: "", dialect: "", called: "", atMs, status, complete };
    await this.#queue.add({
      kind: "append",
      part: "reply",
      ...about,
      body: ownCopy([envelopeOf(answered), ...pieces]),
    });
  }

  deleteUser(owner: Scope, user: Scope): Promise<number> {
    return this.#queue.add({ kind: "erase", owner, user, atMs: this.#options.clock.nowMs() });
  }

  verify: BodyStore["verify"] = (kept) => this.#reader.verify(kept);

  read: BodyStore["read"] = (selector) => this.#reader.read(selector);

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #retain(): void {
    const { clock, retentionDays } = this.#options;
    if (retentionDays === null) return;
    this.#link?.send({ kind: "retain", beforeMs: clock.nowMs() - retentionDays * dayMs });
    this.#retentionTimer = clock.after(retentionEveryMs, () => this.#retain());
  }

  async #close(): Promise<void> {
    this.#retentionTimer?.();
    // Nobody waits longer than that anyway.
    await this.#queue.drained(Math.min(closeMsMax, this.#options.waitMsMax ?? usualWaitMsMax));
    this.#queue.setDown("The store of bodies is closed.");
    await this.#link?.close(closeMsMax);
  }
}

/** In memory of its own size: a view of a larger buffer would be sent to the thread with all of it. */
function ownCopy(pieces: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
