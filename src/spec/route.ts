import type { Isolation } from "./cache-scope.ts";
import type { ContentClass } from "./content-class.ts";
import type { DialectName } from "./request.ts";
import type { Target } from "./target.ts";

/** Time limits of one call to a provider, milliseconds, each 1 to 2^31-1. */
export interface Timeouts {
  /** Until the connection stands. Default 5,000. */
  readonly connectMs: number;
  /** From sending to the response's headers; of an unstreamed answer the whole generation. Default 600,000. */
  readonly firstByteMs: number;
  /** Between two pieces of a body; a model may think in silence that long. Default 300,000. */
  readonly idleMs: number;
  /** The caller's whole request, all attempts together. Default 600,000. */
  readonly totalMs: number;
}

/** What happens upstream when the caller leaves. */
export interface AbortPolicy {
  /** `cut` (default): cut the upstream within 100 ms, estimate the cost. `drain`: read to the end within the limits. */
  readonly mode: "cut" | "drain";
  readonly drainMsMax: number;
  readonly drainBytesMax: number;
}

/** When a rule applies; every condition given must hold, an absent one always holds. */
export interface RuleCondition {
  /** Requested model: exact, or with `*` for any run of characters. */
  readonly model?: readonly string[];
  /** At least one of the request's tags. */
  readonly tag?: readonly string[];
  readonly task?: readonly string[];
  readonly feature?: readonly string[];
  /** Size of the prompt in estimated tokens, inclusive. */
  readonly promptTokensMin?: number;
  readonly promptTokensMax?: number;
  /** True: only requests that offer tools; false: only those that do not. */
  readonly tools?: boolean;
}

/** The operator's word on who answers: the first rule whose condition holds decides. */
export interface TargetRule {
  readonly name: string;
  readonly when: RuleCondition;
  /** In order of preference: the target, then its fallbacks. */
  readonly use: readonly [Target, ...Target[]];
}

/** How often and how a failed call is tried again. */
export interface RetryPolicy {
  readonly enabled: boolean;
  /** All calls for one request together, 1 to 3. Default 3. */
  readonly attemptsMax: number;
  /** First back-off; doubles, with full jitter. Default 250. */
  readonly backoffMs: number;
  /** Longest wait, the provider's Retry-After included; a longer wish ends the retries. Default 60,000. */
  readonly backoffMsMax: number;
  /** Try again after a request was sent and no byte came back; it may be billed twice. Default false. */
  readonly retryAmbiguous: boolean;
}

/** Which repeats are answered from the store, and for how long. */
export interface ExactCachePolicy {
  readonly enabled: boolean;
  /** How fast the route's answers grow old; bounds `ttlMs`. Default unlabelled. */
  readonly contentClass: ContentClass;
  /** Life of an entry from its storing; reading never renews it. Default: as its content class says, 3,600,000 unlabelled. 0: nothing is stored. */
  readonly ttlMs: number;
  /** How long past its life an answer is still served once more while a fresh one is fetched. Default 0: never. Off for `user`. */
  readonly staleMs: number;
  /** Life of a refusal (400, 404, 413, 422) that every repeat would meet, at most 60,000. Default 30,000; 0: not stored. */
  readonly refusalMs: number;
  /** Larger answers are not stored. Default 1 MiB. */
  readonly entryBytesMax: number;
  /** Who shares the answers. Default tenant. */
  readonly isolation: Isolation;
  /** Requests that differ in case, spaces, greetings and end marks of their last text only are one. Default false. */
  readonly normalised: boolean;
  /** An answer that was bought in one dialect serves callers of another. Default false. */
  readonly acrossDialects: boolean;
  /** Tools whose calls have no effect, so that an answer that calls only these may be stored. Default none. */
  readonly pureTools: readonly string[];
  /** Store answers to requests that ask for variety too (temperature above 1, several answers). Default false. */
  readonly variety: boolean;
  /** The cache stops storing for those whose share of useful hits stays below this, 0 to 1. Default 0.15; 0: never stops. */
  readonly usefulShareMin: number;
}

/** A named rule of the config that a request falls into; carries switches, limits, time-outs, abort policy. */
export interface Route {
  readonly name: string;
  readonly match: RouteMatch;
  /** No cache, no sharing, no cheaper model, whatever the switches say; requests and replies are kept, or refused. */
  readonly compliance: boolean;
  /** Keep full requests and replies in the body store; always so on a compliance route. Default false. */
  readonly storeBodies: boolean;
  readonly exactCache: ExactCachePolicy;
  /** Ask OpenAI streams for their usage chunk when the caller did not, and keep it from the caller. Default true. */
  readonly addStreamUsage: boolean;
  readonly coalesce: { readonly enabled: boolean };
  readonly rules: readonly TargetRule[];
  readonly retry: RetryPolicy;
  readonly timeouts: Timeouts;
  readonly abort: AbortPolicy;
}

/** Which requests fall into a route; as RuleCondition, an absent condition always holds. The last route matches all. */
export interface RouteMatch extends RuleCondition {
  readonly dialect?: readonly DialectName[];
}
