import type { Random } from "../../src/spec/clock.ts";
import type { DialectName } from "../../src/spec/request.ts";
import { type Ask, below, dialectOf, type Difference, differences, sayable, sizes } from "./scope-asks.ts";
import { scopeRoutes } from "./scope-routes.ts";

/** Dialects whose answers can be given in another form, and to callers of one another. */
const translated: ReadonlySet<DialectName> = new Set([
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
]);

/** How what was bought for one request reaches another. */
export interface Sharing {
  /** While it is being bought; else out of the store. */
  readonly underWay: boolean;
  /** It is the provider's refusal. */
  readonly refused: boolean;
}

/**
 * Who may be given what is bought for a request, as this proof understands it and without a look at any key: requests of
 * one name, and no others. Null: nobody else.
 */
export function sharersOf(ask: Ask, sharing: Sharing): string | null {
  const { isolation } = scopeRoutes[ask.route] ?? scopeRoutes[0];
  if (isolation === "user" && ask.user === 0) return null;
  const free = freeDifferences(ask, sharing);
  const values = differences.map((name) => (free.has(name) ? null : ask[name]));
  // A stored refusal is one of a stream or of a whole answer, with the usage chunk or without.
  if (sharing.refused && !sharing.underWay) values.push(Math.min(ask.form, 1));
  return JSON.stringify([ask.round, ...values]);
}

/** Whether two requests may share out of the store. */
export function mayRepeat(one: Ask, other: Ask): boolean {
  const name = sharersOf(one, { underWay: false, refused: isRefused(one) });
  return name !== null && name === sharersOf(other, { underWay: false, refused: isRefused(other) });
}

/** Whether the provider refuses a request. */
function isRefused({ text }: Ask): boolean {
  return text === sizes.text - 1;
}

function freeDifferences(ask: Ask, { underWay, refused }: Sharing): ReadonlySet<Difference> {
  const { isolation, normalised, acrossDialects, rules } = scopeRoutes[ask.route] ?? scopeRoutes[0];
  const dialect = dialectOf(ask);
  const free = new Set<Difference>();
  if (isolation !== "credential") free.add("credential");
  if (isolation !== "user") free.add("user");
  if (!rules) free.add("task");
  if (translated.has(dialect)) {
    // A stored refusal goes to the same words only, one under way to other letters in the very same form.
    if (!refused || !underWay) free.add("form");
    if (normalised && (!refused || underWay)) free.add("spelling");
    // An option is a dialect's own word, and so is a refusal.
    if (acrossDialects && !refused && ask.option === 0) free.add("dialect");
  }
  if (dialect === "openai-embeddings") {
    // What is left of a list when the rest of it is known may be the same of two lists; each input has an answer of its own.
    free.add("inputs");
    if (!refused) free.add("text").add("spelling");
  }
  return free;
}

/** Another request that may be given the same answer, or the same once more where none is found. */
export function repeatOf(ask: Ask, random: Random): Ask {
  for (let tries = 0; tries < 8; tries++) {
    const changed: Record<Difference, number> & { round: number } = { ...ask };
    for (const each of mayVary) if (random() < 0.5) changed[each] = below(random, sizes[each]);
    const repeat = sayable(changed);
    if (mayRepeat(ask, repeat)) return repeat;
  }
  return { ...ask };
}

/** Differences that some routes or dialects take for none. */
const mayVary = ["form", "spelling", "dialect", "credential", "user", "task", "inputs"] as const;
