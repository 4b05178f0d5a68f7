import type { Random } from "../../spec/clock.ts";
import { createSeededRandom } from "../seeded-random.ts";
import type { Behaviour } from "./behaviour.ts";

/** Ways in which a request may go wrong by chance. */
export const chaosKinds = [
  "rate-limit",
  "server-error",
  "overloaded",
  "reset",
  "end-early",
  "stall",
  "stall-before-headers",
  "error-event",
  "slow",
  "no-usage",
] as const;

/** One of {@link chaosKinds}. */
export type ChaosKind = (typeof chaosKinds)[number];

/** Resets and stalls fall somewhere in the first bytes of a response, its head included. */
const offsetMax = 3_000;

function behaviourOf(kind: ChaosKind, random: Random): Behaviour {
  const offset = Math.floor(random() * offsetMax);
  switch (kind) {
    case "rate-limit":
      return { errorStatus: 429, retryAfterMs: String(1 + Math.floor(random() * 50)) };
    case "server-error":
      return { errorStatus: random() < 0.5 ? 500 : 503 };
    case "overloaded":
      return { errorStatus: 529 };
    case "reset":
      return { resetAtByte: offset };
    case "end-early":
      return { endEarlyAtByte: offset };
    case "stall":
      return { stallAfterBytes: offset };
    case "stall-before-headers":
      return { stallBeforeHeaders: true };
    case "error-event":
      return { errorEventAfter: Math.floor(random() * 20) };
    case "slow":
      return { firstTokenDelayMs: 20 + Math.floor(random() * 200) };
    case "no-usage":
      return { noUsage: true };
  }
}

/**
 * What goes wrong with a request by chance: a pure function of seed and request number.
 *
 * @param share of requests that go wrong, 0 to 1.
 */
export function chaosBehaviour(
  seed: number,
  requestNumber: number,
  share: number,
  kinds: readonly ChaosKind[],
): Behaviour | null {
  const random = createSeededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(requestNumber, 0x85ebca6b));
  if (random() >= share) return null;
  const kind = kinds[Math.floor(random() * kinds.length)];
  return kind === undefined ? null : behaviourOf(kind, random);
}
