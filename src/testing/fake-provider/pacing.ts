import type { LatencyProfile } from "./settings.ts";
import { createSeededRandom } from "../seeded-random.ts";

/** When the tokens of one answer come. */
export interface Pacing {
  /** From the request to the first token. */
  readonly firstTokenMs: number;
  readonly perTokenMs: number;
}

/** No waiting at all. */
export const unpaced: Pacing = { firstTokenMs: 0, perTokenMs: 0 };

/** First-token delay and pace of a profile, least and most; drawn anew for each answer. */
const profiles: Readonly<
  Record<
    Exclude<LatencyProfile, "none">,
    { readonly first: readonly [number, number]; readonly token: readonly [number, number] }
  >
> = {
  fast: { first: [2, 8], token: [0.1, 0.4] },
  realistic: { first: [220, 900], token: [7, 22] },
};

/**
 * Pace of one answer: a pure function of profile and seed. Small models (`mini`, `nano`, `haiku`, `luna`) are twice as quick.
 *
 * @param delayMs added before the first token by a scenario.
 */
export function pacingOf(profile: LatencyProfile, seed: number, model: string, delayMs: number): Pacing {
  if (profile === "none") return delayMs === 0 ? unpaced : { firstTokenMs: delayMs, perTokenMs: 0 };
  const { first, token } = profiles[profile];
  const random = createSeededRandom(seed ^ 0x51ed270b);
  const factor = /mini|nano|haiku|luna/.test(model) ? 0.5 : 1;
  return {
    firstTokenMs: delayMs + factor * (first[0] + random() * (first[1] - first[0])),
    perTokenMs: factor * (token[0] + random() * (token[1] - token[0])),
  };
}
