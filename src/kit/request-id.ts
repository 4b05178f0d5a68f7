/**
 * Ids of requests: 63-bit integers, 41 bits of milliseconds since 2025, 10 bits of process nonce, 12 bits of sequence.
 * They sort by time, so the ledger needs neither a text key nor an index on time.
 */
const epochMs = 1_735_689_600_000; // 2025-01-01T00:00:00Z
const sequenceBits = 12n;
const nonceBits = 10n;
const prefix = "fr_";

/** Makes ids; one for each process. `nonce` (0 to 1023) keeps two processes apart. */
export function createIdSource(nowMs: () => number, nonce: number): () => bigint {
  let lastMs = 0;
  let sequence = 0;
  const low = (nonce & 1023) * 4096;
  return () => {
    // Never backwards: a clock that jumps back, or a full millisecond, borrows from the next one.
    const now = nowMs() - epochMs;
    if (now > lastMs) {
      lastMs = now;
      sequence = 0;
    } else if (++sequence > 4095) {
      lastMs += 1;
      sequence = 0;
    }
    return (BigInt(lastMs) << (sequenceBits + nonceBits)) | BigInt(low + sequence);
  };
}

/** The text form that headers, logs and the CLI show: `fr_` and the id in base 36. */
export function requestIdOf(id: bigint): string {
  return prefix + id.toString(36);
}

/** Reads the text form back; null when it is not one. */
export function parseRequestId(text: string): bigint | null {
  if (!/^fr_[0-9a-z]{1,13}$/.test(text)) return null;
  let id = 0n;
  for (const digit of text.slice(prefix.length)) id = id * 36n + BigInt(Number.parseInt(digit, 36));
  return id < 1n << 63n ? id : null;
}

/** The smallest id a request that arrived at `ms` can have; bounds of a query over time. */
export function firstIdAt(ms: number): bigint {
  return BigInt(Math.max(0, Math.floor(ms - epochMs))) << (sequenceBits + nonceBits);
}

/** Arrival time of a request in milliseconds since the epoch, from its id. */
export function arrivalOf(id: bigint): number {
  return Number(id >> (sequenceBits + nonceBits)) + epochMs;
}
