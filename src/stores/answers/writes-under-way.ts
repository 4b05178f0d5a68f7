/** Writes on their way to the store, and their bytes; more are dropped. */
const writesMax = 2_048;
const bytesMax = 16 << 20;
/** Writes that are not done by then have failed, and their room is free again; milliseconds. */
export const writeMsMax = 5_000;

/** Writes that are done together: the store gave one promise for all of them. */
interface JointWrite {
  readonly promised: Promise<void>;
  readonly beganMs: number;
  writes: number;
  bytes: number;
  /** Resolves when they are done, or have failed. */
  over: Promise<void>;
}

/**
 * Bounds what is on its way to a store that may be slow. There is no timer for each write: how long the oldest takes is
 * looked at when the next one comes, which is when its room is needed. Writes of one transaction are watched as one, for
 * what is remembered of thousands costs more than writing it down.
 */
export class WritesUnderWay {
  readonly #joint = new Set<JointWrite>();
  #newest: JointWrite | null = null;
  #writes = 0;
  #bytes = 0;

  /** A write that is alone may have any size. */
  hasRoom(bytes: number): boolean {
    return this.#writes === 0 || (this.#writes < writesMax && this.#bytes + bytes <= bytesMax);
  }

  /** @returns null where the newest write was promised by another promise; then it begins one of its own. */
  join(promised: Promise<void>, bytes: number): Promise<void> | null {
    const newest = this.#newest;
    if (newest?.promised !== promised) return null;
    this.#count(newest, 1, bytes);
    return newest.over;
  }

  /**
   * @param failed told once, unless they were given up before.
   * @returns a promise that resolves when the writes of `promised` are done, or have failed.
   */
  begin(promised: Promise<void>, bytes: number, nowMs: number, failed: (error: unknown) => void): Promise<void> {
    const joint: JointWrite = { promised, beganMs: nowMs, writes: 0, bytes: 0, over: promised };
    this.#joint.add(joint);
    this.#newest = joint;
    this.#count(joint, 1, bytes);
    joint.over = promised.then(
      () => void this.#end(joint),
      (error: unknown) => {
        if (this.#end(joint)) failed(error);
      },
    );
    return joint.over;
  }

  /** Gives up those that take too long. @returns how many promises that were. */
  giveUp(nowMs: number): number {
    let count = 0;
    for (const joint of this.#joint) {
      // In the order they began.
      if (nowMs - joint.beganMs < writeMsMax) break;
      this.#end(joint);
      count++;
    }
    return count;
  }

  /** @returns false where they were given up before. */
  #end(joint: JointWrite): boolean {
    if (!this.#joint.delete(joint)) return false;
    if (this.#newest === joint) this.#newest = null;
    this.#count(joint, -joint.writes, -joint.bytes);
    return true;
  }

  #count(joint: JointWrite, writes: number, bytes: number): void {
    joint.writes += writes;
    joint.bytes += bytes;
    this.#writes += writes;
    this.#bytes += bytes;
  }
}
