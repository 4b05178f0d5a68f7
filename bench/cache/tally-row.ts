import type { RequestRecord } from "../../src/spec/ledger.ts";
import type { PicoUsd } from "../../src/spec/money.ts";

/** What a level's rows add up to. */
export interface LevelTally {
  requests: number;
  exactHits: number;
  normalisedHits: number;
  /** Requests that the switch kept from the cache. */
  switchedOff: number;
  /** Request at which it went off first; null: never. */
  firstOffAt: number | null;
  /** Times that it went off. */
  timesOff: number;
  /** The last request was kept from the cache. */
  isOff: boolean;
  baselinePicoUsd: PicoUsd;
  /** As the ledger has it: what hits saved, their own lookup taken off. */
  savedPicoUsd: PicoUsd;
  /** What looking up in vain cost; the ledger charges hits only. */
  missesPicoUsd: PicoUsd;
}

/** Of no row yet. */
export function emptyTally(): LevelTally {
  const counts = { requests: 0, exactHits: 0, normalisedHits: 0, switchedOff: 0, timesOff: 0 };
  const money = { baselinePicoUsd: 0n, savedPicoUsd: 0n, missesPicoUsd: 0n };
  return { ...counts, ...money, firstOffAt: null, isOff: false };
}

/** Adds a row. */
export function tallyRow(tally: LevelTally, record: RequestRecord, cpuHourPicoUsd: PicoUsd): void {
  tally.requests += 1;
  tally.baselinePicoUsd += record.baseline.picoUsd ?? 0n;
  for (const { technique, picoUsd } of record.savings) if (technique === "exact-cache") tally.savedPicoUsd += picoUsd;
  const entry = record.journal.find(({ stage }) => stage === "exact-cache");
  if (entry?.reason === "hit") tally.exactHits += 1;
  if (entry?.reason === "hit-normalised") tally.normalisedHits += 1;
  if (entry?.reason === "miss") tally.missesPicoUsd += (BigInt(entry.us ?? 0) * cpuHourPicoUsd) / 3_600_000_000n;
  const isOff = entry?.reason === "switched-off";
  if (isOff) tally.switchedOff += 1;
  if (isOff && !tally.isOff) tally.timesOff += 1;
  if (isOff) tally.firstOffAt ??= tally.requests;
  tally.isOff = isOff;
}
