import type { ExactCachePolicy, Route } from "../../src/spec/route.ts";
import { type Isolation, isolations } from "../../src/spec/cache-scope.ts";
import { stageCache, stageEndpoint, stageRoute } from "../../src/testing/stage-context.ts";
import { dialectNames } from "../../src/spec/request.ts";
import type { Endpoint } from "../../src/spec/target.ts";

/** A route of the proof, and what of it decides who shares. */
export interface ScopeRoute {
  readonly route: Route;
  readonly isolation: Isolation;
  readonly normalised: boolean;
  readonly acrossDialects: boolean;
  /** It has rules that look at the caller's task. */
  readonly rules: boolean;
}

/** Two servers of every dialect. */
export const scopeEndpoints: readonly [Endpoint, Endpoint] = [
  stageEndpoint("first", { dialects: dialectNames }),
  stageEndpoint("second", { dialects: dialectNames }),
];

/** An answer is fresh that long; then it may be served once more for as long again. Milliseconds. */
export const freshMs = 60_000;

/** What the routes of one isolation switch on. */
const kinds: Readonly<Record<string, Partial<ExactCachePolicy>>> = {
  plain: {},
  normalised: { normalised: true },
  across: { acrossDialects: true },
  both: { normalised: true, acrossDialects: true },
  ruled: {},
  coalesce: { enabled: false },
};

/** Every isolation with every way to share. */
export const scopeRoutes: readonly [ScopeRoute, ...ScopeRoute[]] = isolations.flatMap((isolation) =>
  Object.entries(kinds).map(([kind, changes]) => scopeRoute(isolation, kind, changes)),
) as [ScopeRoute, ...ScopeRoute[]];

function scopeRoute(isolation: Isolation, kind: string, changes: Partial<ExactCachePolicy>): ScopeRoute {
  const exactCache = stageCache({
    enabled: true,
    ttlMs: freshMs,
    staleMs: freshMs,
    // The probes repeat so little that the caches would switch themselves off.
    usefulShareMin: 0,
    isolation,
    ...changes,
  });
  const ruled = {
    name: "t1",
    when: { task: ["t1"] },
    use: [{ endpoint: scopeEndpoints[0], model: "model-ruled" }],
  } as const;
  const rules = kind === "ruled";
  const route = stageRoute({
    name: `${isolation} ${kind}`,
    exactCache,
    coalesce: { enabled: true },
    retry: { ...stageRoute().retry, enabled: false },
    rules: rules ? [ruled] : [],
  });
  const { normalised, acrossDialects } = exactCache;
  return { route, isolation, normalised, acrossDialects, rules };
}
