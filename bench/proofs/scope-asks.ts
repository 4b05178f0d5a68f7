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
export const sizes: Readonly<Record<Difference, number>> = {
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
  // The provider refuses the last one.
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

/** The request without what its dialect has no words for. */
export function sayable(ask: Ask): Ask {
  const dialect = dialectOf(ask);
  const said: Record<Difference, number> & { round: number } = { ...ask };
  for (const name of unsaid[dialect] ?? []) said[name] = 0;
  if (dialect !== "openai-embeddings") said.inputs = 0;
  // Only chat has a wish for a usage chunk that all of its servers know.
  if (dialect !== "openai-chat" && said.form > 1) said.form = 1;
  return said;
}

/** A whole number from 0, less than `size`. */
export function below(random: Random, size: number): number {
  return Math.floor(random() * size);
}
