import type { Random } from "../../src/spec/clock.ts";
import { type DialectName, dialectNames } from "../../src/spec/request.ts";
import { scopeRoutes } from "./scope-routes.ts";

/** What requests of the proof differ in. */
export const differences = [
  "owner",
  "credential",
  "user",
  "namespace",
  "prompt",
  "task",
  "route",
  "endpoint",
  "model",
  "dialect",
  "form",
  "query",
  "header",
  "system",
  "earlier",
  "tools",
  "format",
  "temperature",
  "length",
  "option",
  "text",
  "spelling",
  "inputs",
] as const;

/** One of {@link differences}. */
export type Difference = (typeof differences)[number];

/** How many values each has; 0 is the plainest. */
const sizes: Readonly<Record<Difference, number>> = {
  owner: 3,
  credential: 3,
  user: 3,
  namespace: 4,
  prompt: 4,
  task: 2,
  route: scopeRoutes.length,
  endpoint: 2,
  model: 2,
  dialect: dialectNames.length,
  // Whole, a stream, a stream with its usage.
  form: 3,
  query: 2,
  header: 3,
  system: 3,
  earlier: 3,
  tools: 4,
  format: 3,
  temperature: 3,
  length: 2,
  option: 3,
  // The last one is refused by the provider.
  text: 3,
  spelling: 2,
  // Of embeddings: which further inputs stand beside the first, and where.
  inputs: 3,
};

/** A request of the proof: which of its values each difference has, and a number that its round alone has. */
export type Ask = Readonly<Record<Difference, number>> & { readonly round: number };

/** What a dialect has no words for. */
const unsaid: Readonly<Partial<Record<DialectName, readonly Difference[]>>> = {
  "openai-completions": ["system", "earlier", "tools", "format"],
  "openai-embeddings": ["form", "system", "earlier", "tools", "temperature"],
};

/** Dialects whose answers can be given in another form, and to callers of one another. */
const translated: ReadonlySet<DialectName> = new Set([
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
]);

/** Name of the dialect of a request. */
export function dialectOf(ask: Ask): DialectName {
  return dialectNames[ask.dialect] ?? "openai-chat";
}

/** Any request. Half of what it could say is left at its plainest, so that most requests can be kept and shared. */
export function drawAsk(random: Random, round: number): Ask {
  const drawn = Object.fromEntries(
    differences.map((name) => [name, random() < 0.5 || isRouteOrDialect(name) ? below(random, sizes[name]) : 0]),
  );
  return sayable({ ...(drawn as Record<Difference, number>), round });
}

function isRouteOrDialect(name: Difference): boolean {
  return name === "route" || name === "dialect";
}

/** A request that differs from this one in something that it can say; now and then in two things. */
export function neighbourOf(ask: Ask, random: Random): Ask {
  for (;;) {
    const changed: Record<Difference, number> & { round: number } = { ...ask };
    for (let left = random() < 0.75 ? 1 : 2; left > 0; left--) {
      const name = differences[below(random, differences.length)] ?? "text";
      changed[name] = (ask[name] + 1 + below(random, sizes[name] - 1)) % sizes[name];
    }
    const neighbour = sayable(changed);
    if (differences.some((name) => neighbour[name] !== ask[name])) return neighbour;
  }
}

/** Another request that may be given the same answer, or the same once more where none is found. */
export function repeatOf(ask: Ask, random: Random): Ask {
  const name = sharersOf(ask);
  for (let tries = 0; tries < 8; tries++) {
    const changed: Record<Difference, number> & { round: number } = { ...ask };
    for (const each of mayVary) if (random() < 0.5) changed[each] = below(random, sizes[each]);
    const repeat = sayable(changed);
    if (name !== null && sharersOf(repeat) === name) return repeat;
  }
  return { ...ask };
}

/** Differences that some routes or dialects take for none. */
const mayVary = ["form", "spelling", "dialect", "credential", "user", "task", "inputs"] as const;

/** The request without what its dialect has no words for. */
function sayable(ask: Ask): Ask {
  const dialect = dialectOf(ask);
  const said: Record<Difference, number> & { round: number } = { ...ask };
  for (const name of unsaid[dialect] ?? []) said[name] = 0;
  if (dialect !== "openai-embeddings") said.inputs = 0;
  // Only chat has a wish for a usage chunk that all of its servers know.
  if (dialect !== "openai-chat" && said.form > 1) said.form = 1;
  return said;
}

function below(random: Random, size: number): number {
  return Math.floor(random() * size);
}

/**
 * Who may be given the answer to a request, as this proof understands it and without a look at any key: requests of one
 * name, and no others. Null: nobody else. A refusal is shared by fewer.
 */
export function sharersOf(ask: Ask): string | null {
  const { isolation, normalised, acrossDialects, rules } = scopeRoutes[ask.route] ?? scopeRoutes[0];
  if (isolation === "user" && ask.user === 0) return null;
  const dialect = dialectOf(ask);
  const canSpeakOtherwise = translated.has(dialect);
  const isRefused = ask.text === sizes.text - 1;
  const free = new Set<Difference>();
  if (isolation !== "credential") free.add("credential");
  if (isolation !== "user") free.add("user");
  if (!rules) free.add("task");
  if (canSpeakOtherwise && !isRefused) free.add("form");
  if (canSpeakOtherwise && !isRefused && normalised) free.add("spelling");
  // An option is a dialect's own word.
  if (canSpeakOtherwise && !isRefused && acrossDialects && ask.option === 0) free.add("dialect");
  // Each input of a request for embeddings is a question by itself.
  if (dialect === "openai-embeddings" && !isRefused)
    for (const name of ["text", "spelling", "inputs"] as const) free.add(name);
  return JSON.stringify([ask.round, ...differences.map((name) => (free.has(name) ? null : ask[name]))]);
}
