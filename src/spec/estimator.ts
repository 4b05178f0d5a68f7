import type { Usage } from "./usage.ts";

/** Estimates the usage of a call whose provider never reported it, from bytes and what earlier calls taught. */
export interface UsageEstimator {
  /** Whether a call of this model is worth measuring: all of the first ones, then a sample. */
  isDue(model: string): boolean;
  /** Learns from a call whose usage is known. */
  learn(model: string, promptBytes: number, generatedBytes: number, usage: Usage): void;
  /** Source `estimated`; at least one input token, since something was sent. */
  estimate(model: string, promptBytes: number, generatedBytes: number): Usage;
}
