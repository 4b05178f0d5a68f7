/** Writes on their way to the store, and their bytes; more are dropped. */
const writesMax = 2_048;
const bytesMax = 16 << 20;
/** A write that is not done by then has failed, and its room is free again; milliseconds. */
export const writeMsMax = 5_000;

/** One write. */
export interface WriteUnderWay {
  readonly bytes: number;
  readonly beganMs: number;
}

/**
 * Bounds what is on its way to a store that may be slow. There is no timer for each write: how long the oldest takes is
 * looked at when the next one begins, which is when its room is needed.
 */
export class WritesUnderWay {
  readonly #writes = new Set<WriteUnderWay>();
  #bytes = 0;

  /** @returns null where there is no room. A write that is alone may have any size. */
  begin(bytes: number, nowMs: number): WriteUnderWay | null {
    const { size } = this.#writes;
    if (size >= writesMax || (size > 0 && this.#bytes + bytes > bytesMax)) return null;
    const write: WriteUnderWay = { bytes, beganMs: nowMs };
    this.#writes.add(write);
    this.#bytes += bytes;
    return write;
  }

  /** @returns false where it was given up before. */
  end(write: WriteUnderWay): boolean {
    if (!this.#writes.delete(write)) return false;
    this.#bytes -= write.bytes;
    return true;
  }

  /** Gives up those that take too long. @returns how many. */
  giveUp(nowMs: number): number {
    let count = 0;
    for (const write of this.#writes) {
      // In the order they began.
      if (nowMs - write.beganMs < writeMsMax) break;
      this.end(write);
      count++;
    }
    return count;
  }
}
