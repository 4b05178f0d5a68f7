import type { Random } from "../spec/clock.ts";

/**
 * A random source that gives the same numbers for the same seed, on every machine. The generator is Mulberry32
 * (public domain, Tommy Ettinger): one multiply-and-shift step on a 32-bit state; good enough for texts and schedules,
 * never for keys.
 *
 * @param seed any integer; only its low 32 bits count.
 * @returns numbers in [0, 1).
 */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
