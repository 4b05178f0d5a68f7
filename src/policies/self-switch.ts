import type { PicoUsd } from "../spec/money.ts";
import { shareInterval } from "./share-interval.ts";

/**
 * Lookups of one window, and its shortest time. How they were chosen, and on which traffic: docs/specs/self-switch.md.
 * The time is there for a burst: a job that asks a thousand new questions in a second says nothing of the hour after it.
 */
export const windowLookups = 500;
export const windowMsMin = 60_000;
/** Windows in a row below before it stops: the first of a cold cache is there to be filled. */
export const windowsBelowMax = 2;
/** First pause; each further one doubles, up to the longest. */
export const pauseMs = 600_000;
export const pauseMsMax = 7_200_000;
/** Windows in a row that hold their own until the next pause is a first one again. */
export const windowsToForgive = 4;
/** Partitions remembered by one switch; the one that was longest without a lookup is forgotten, and starts on. */
export const partitionsMax = 10_000;

/** What one lookup came to. */
export interface LookupOutcome {
  readonly hit: boolean;
  /** What the hit made unnecessary to buy, before its own cost; 0n of a miss. Null: its price is not known. */
  readonly savedPicoUsd: PicoUsd | null;
  /** What looking up and storing cost. */
  readonly spentPicoUsd: PicoUsd;
}

/** What is seen of one partition. */
interface Watch {
  lookups: number;
  hits: number;
  usefulHits: number;
  savedPicoUsd: PicoUsd;
  spentPicoUsd: PicoUsd;
  /** A hit whose worth nobody knows: the window's money cannot be judged. */
  unpriced: boolean;
  windowStartMs: number;
  belowInRow: number;
  goodInRow: number;
  pauses: number;
  /** Since when it is off; null: on. */
  pausedAtMs: number | null;
  /** On again after a pause, and not judged yet. */
  probing: boolean;
}

/**
 * Stops a cache where it is of no use. Two windows of lookups in a row whose share of useful hits is below
 * `usefulShareMin` with 95 % certainty, or whose hits saved less than the lookups cost, and the partition is off; after a
 * pause it is on again for two windows more. States and invariants: docs/specs/self-switch.md. One switch for each route.
 */
export class SelfSwitch {
  readonly #usefulShareMin: number;
  readonly #watches = new Map<string, Watch>();

  /** @param usefulShareMin 0 to 1; 0: never off. */
  constructor(usefulShareMin: number) {
    this.#usefulShareMin = usefulShareMin;
  }

  /**
   * Whether this partition looks up and stores now. Time alone ends a pause, so this is where it ends.
   *
   * @param nowMs milliseconds of a clock that does not stand still; one that was set back ends a pause early.
   */
  decide(partition: string, nowMs: number): "on" | "off" {
    const watch = this.#watches.get(partition);
    if (watch === undefined || watch.pausedAtMs === null) return "on";
    const pausedForMs = nowMs - watch.pausedAtMs;
    if (pausedForMs >= 0 && pausedForMs < pauseLengthMs(watch.pauses)) return "off";
    watch.pausedAtMs = null;
    watch.probing = true;
    watch.belowInRow = 0;
    startWindow(watch, nowMs);
    return "on";
  }

  /**
   * Counts a lookup that was made. One that began before the partition went off and ends after it counts for nothing.
   *
   * @returns what this lookup changed, for the journal and the alarm; null: nothing.
   */
  note(partition: string, outcome: LookupOutcome, nowMs: number): "switched-off" | "switched-on" | null {
    if (this.#usefulShareMin <= 0) return null;
    const watch = this.#watchOf(partition, nowMs);
    if (watch.pausedAtMs !== null) return null;
    count(watch, outcome);
    const windowMs = nowMs - watch.windowStartMs;
    if (watch.lookups < windowLookups || (windowMs >= 0 && windowMs < windowMsMin)) return null;
    return this.#judge(watch, nowMs);
  }

  /** How many partitions are remembered. */
  get size(): number {
    return this.#watches.size;
  }

  #judge(watch: Watch, nowMs: number): "switched-off" | "switched-on" | null {
    const below = isUseless(watch, this.#usefulShareMin);
    startWindow(watch, nowMs);
    if (below) {
      watch.goodInRow = 0;
      watch.belowInRow += 1;
      if (watch.belowInRow < windowsBelowMax) return null;
      watch.pausedAtMs = nowMs;
      watch.pauses += 1;
      return "switched-off";
    }
    watch.belowInRow = 0;
    watch.goodInRow += 1;
    if (watch.goodInRow >= windowsToForgive) watch.pauses = 0;
    if (!watch.probing) return null;
    watch.probing = false;
    return "switched-on";
  }

  /** The partition's watch, now the youngest of the map. */
  #watchOf(partition: string, nowMs: number): Watch {
    const known = this.#watches.get(partition);
    if (known === undefined) {
      const oldest = this.#watches.size < partitionsMax ? undefined : this.#watches.keys().next().value;
      if (oldest !== undefined) this.#watches.delete(oldest);
    } else this.#watches.delete(partition);
    const watch = known ?? newWatch(nowMs);
    this.#watches.set(partition, watch);
    return watch;
  }
}

/** Length of the pause after being switched off for the n-th time, milliseconds. */
function pauseLengthMs(pauses: number): number {
  return Math.min(pauseMsMax, pauseMs * 2 ** (pauses - 1));
}

function newWatch(nowMs: number): Watch {
  const empty = { lookups: 0, hits: 0, usefulHits: 0, savedPicoUsd: 0n, spentPicoUsd: 0n, unpriced: false };
  return { ...empty, windowStartMs: nowMs, belowInRow: 0, goodInRow: 0, pauses: 0, pausedAtMs: null, probing: false };
}

function startWindow(watch: Watch, nowMs: number): void {
  watch.windowStartMs = nowMs;
  watch.lookups = 0;
  watch.hits = 0;
  watch.usefulHits = 0;
  watch.savedPicoUsd = 0n;
  watch.spentPicoUsd = 0n;
  watch.unpriced = false;
}

/** A hit is useful when it saved more than it cost; where nobody knows what it saved it is given the benefit of the doubt. */
function count(watch: Watch, { hit, savedPicoUsd, spentPicoUsd }: LookupOutcome): void {
  watch.lookups += 1;
  watch.spentPicoUsd += spentPicoUsd;
  if (!hit) return;
  watch.hits += 1;
  watch.savedPicoUsd += savedPicoUsd ?? 0n;
  if (savedPicoUsd === null) watch.unpriced = true;
  if (savedPicoUsd === null || savedPicoUsd > spentPicoUsd) watch.usefulHits += 1;
}

function isUseless(watch: Watch, usefulShareMin: number): boolean {
  const [, usefulShareAtMost] = shareInterval(watch.usefulHits, watch.lookups);
  if (usefulShareAtMost < usefulShareMin) return true;
  if (watch.unpriced) return false;
  if (watch.hits === 0) return watch.spentPicoUsd > 0n;
  // As many hits as there may be in truth, each worth what these were worth. A judgement, not an account: floats will do.
  const [, hitShareAtMost] = shareInterval(watch.hits, watch.lookups);
  const savedAtMost = (Number(watch.savedPicoUsd) / watch.hits) * hitShareAtMost * watch.lookups;
  return savedAtMost < Number(watch.spentPicoUsd);
}
