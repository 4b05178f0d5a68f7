/** Bytes that several buffers share. Whoever takes gives back. */
export interface ByteBudget {
  /** Takes `bytes` when so many are left; false, and nothing is taken, when not. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly bytesTaken: number;
}

/** A budget of `bytesMax` bytes, 0 or more. */
export function createByteBudget(bytesMax: number): ByteBudget {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > bytesMax) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
    get bytesTaken() {
      return taken;
    },
  };
}
