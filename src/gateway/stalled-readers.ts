import type { Surface } from "./surface.ts";

/**
 * Longest time in which a caller takes nothing of what is written to it, milliseconds. Then its connection is cut, which ends and
 * settles its call: else a reader that stalls for ever would hold a slot, and keep the row of a paid call from being written.
 */
export const writeStallMsDefault = 60_000;

const checkEveryMsMax = 1000;

/**
 * Looks at every open call once a second (oftener for a short limit) instead of keeping a timer for each, so a stalled reader is
 * cut at most that much late.
 * @returns what ends the watch
 */
export function watchReaders(surface: Surface, limitMs: number): () => void {
  const check = (): void => {
    const nowMs = performance.now();
    for (const call of surface.openCalls.snapshot()) call.cutIfStalled(nowMs, limitMs);
  };
  const timer = setInterval(check, Math.max(1, Math.min(checkEveryMsMax, limitMs / 4)));
  timer.unref();
  return () => clearInterval(timer);
}

/** What the system's side of a socket knows. Node shows it to itself only, for its own socket timeouts. */
interface SocketHandle {
  /** Bytes ever handed over. */
  readonly bytesWritten: number;
  /** Bytes of these that the system has not taken yet. */
  readonly writeQueueSize: number;
}

/** How a caller's socket takes what is written to it. */
export class WritePace {
  #takenBytes = -1;
  #sinceMs = 0;

  /** Whether bytes have waited for `limitMs` in which the system took none. A large answer that is taken slowly never stalls. */
  isStalled(socket: object | null, nowMs: number, limitMs: number): boolean {
    const handle = socket === null ? undefined : (Reflect.get(socket, "_handle") as SocketHandle | null | undefined);
    const waitingBytes = handle?.writeQueueSize ?? 0;
    if (handle === null || handle === undefined || waitingBytes === 0) {
      this.#takenBytes = -1;
      return false;
    }
    const takenBytes = handle.bytesWritten - waitingBytes;
    if (takenBytes !== this.#takenBytes) {
      this.#takenBytes = takenBytes;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs >= limitMs;
  }
}
