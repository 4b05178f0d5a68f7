import type { AlertDocument } from "./alert-schema.ts";
import type { BodyDocument, CacheDocument, RouteCacheDocument } from "./cache-schema.ts";
import type { BudgetDocument } from "./budget-schema.ts";
import type { DialectName } from "../spec/request.ts";
import type { Quirks } from "../spec/quirks.ts";

/** Conditions as parsed; each list is never empty. */
export interface ConditionDocument {
  readonly model?: readonly string[] | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly task?: readonly string[] | undefined;
  readonly feature?: readonly string[] | undefined;
  readonly promptTokensMin?: number | undefined;
  readonly promptTokensMax?: number | undefined;
  readonly tools?: boolean | undefined;
}

/** One rule of a route's table. */
export interface RuleDocument {
  readonly name: string;
  readonly when: ConditionDocument;
  /** `provider/model` each. */
  readonly use: readonly string[];
}

/** A route with its defaults filled in. Durations are milliseconds, sizes bytes. */
export interface RouteDocument {
  readonly name: string;
  readonly match: ConditionDocument & { readonly dialect?: readonly DialectName[] | undefined };
  readonly compliance: boolean;
  readonly storeBodies: boolean;
  readonly exactCache: RouteCacheDocument;
  readonly coalesce: { readonly enabled: boolean };
  readonly addStreamUsage: boolean;
  readonly targets: readonly RuleDocument[];
  readonly retry: {
    readonly enabled: boolean;
    readonly attemptsMax: number;
    readonly backoff: number;
    readonly backoffMax: number;
    readonly retryAmbiguous: boolean;
  };
  readonly timeouts: {
    readonly connect: number;
    readonly firstByte: number;
    readonly idle: number;
    readonly total: number;
  };
  readonly abort: { readonly mode: "cut" | "drain"; readonly drainMax: number; readonly drainBytesMax: number };
}

/** A provider as written; what is absent comes from its vendor's row. */
export interface ProviderDocument {
  readonly vendor?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly allowHttp?: boolean | undefined;
  readonly key?: string | undefined;
  readonly keyless?: boolean | undefined;
  readonly region?: string | undefined;
  readonly dialects?: readonly DialectName[] | undefined;
  readonly keyHeader?: string | undefined;
  readonly keyPrefix?: string | undefined;
  readonly requestIdHeader?: string | undefined;
  readonly paths?: Readonly<Partial<Record<DialectName, string | undefined>>> | undefined;
  readonly quirks?: { readonly [Name in keyof Quirks]?: Quirks[Name] | undefined } | undefined;
  /** Older spelling of `quirks.acceptsStreamUsage`. */
  readonly acceptsStreamUsage?: boolean | undefined;
}

/** The whole file as parsed: shapes are right and defaults filled in, names are not yet joined. */
export interface ConfigDocument {
  readonly listen: { readonly traffic: string; readonly admin: string; readonly allowOwnKeys?: boolean | undefined };
  readonly dataDirectory?: string | undefined;
  readonly providers?: Readonly<Record<string, ProviderDocument>> | undefined;
  readonly defaultProviders: Readonly<Partial<Record<DialectName, string | undefined>>>;
  readonly routes: readonly RouteDocument[];
  readonly limits: {
    readonly bodyBytesMax: number;
    readonly jsonDepthMax: number;
    readonly replyBytesMax: number;
    readonly inFlightMax: number;
  };
  readonly ledger: {
    readonly durability: "strict" | "relaxed";
    readonly syncWaitMax: number;
    readonly spoolRowsMax: number;
    readonly retention: number;
  };
  readonly network: {
    readonly httpsProxy?: string | undefined;
    readonly noProxy?: readonly string[] | undefined;
    readonly extraCaFile?: string | undefined;
    readonly connectionsPerOrigin: number;
  };
  /** Files, as written. */
  readonly prices?: readonly string[] | undefined;
  readonly zone?: string | undefined;
  readonly cache: CacheDocument;
  readonly bodies: BodyDocument;
  readonly budgets: readonly BudgetDocument[];
  readonly balancesDirectory?: string | undefined;
  readonly alerts: AlertDocument;
  readonly drain: number;
}
