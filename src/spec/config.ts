import type { AlertSettings } from "./alert.ts";
import type { Budget } from "./budget.ts";
import type { PicoUsd } from "./money.ts";
import type { ClaimName } from "./caller.ts";
import type { DialectName } from "./request.ts";
import type { Route } from "./route.ts";
import type { Endpoint } from "./target.ts";

/** A host and port to listen on. Port 0 takes any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** A key of ours that callers present. Its secret is stored as a digest only. */
export interface LocalKey {
  /** Public id, shown in reports. */
  readonly id: string;
  /** Keyed digest of the whole key text. */
  readonly digest: string;
  /** Keys of one tenant share cached answers; no others do. */
  readonly tenant: string;
  /** Claims that the key pins, whatever the caller says. */
  readonly pinnedClaims: Readonly<Partial<Record<ClaimName, string>>>;
  /** For people. */
  readonly name?: string;
  /** Whom it belongs to, for budgets. */
  readonly org?: string;
  readonly project?: string;
  /** What it may do; absent: call models and read back its own requests. */
  readonly scopes?: readonly KeyScope[];
  /** Models it may ask for: exact, or with `*` for any run of characters; absent: all. */
  readonly models?: readonly string[];
  /** From this moment on it is refused, milliseconds since the epoch; absent: never. */
  readonly expiresAtMs?: number;
  /** The secret before the last rotation: good until then. */
  readonly previous?: { readonly digest: string; readonly untilMs: number };
}

/** Rights of a local key: `models` to call models, `requests` to read its own records back, `outcomes` to post outcomes, `cache` to invalidate its tenant's answers. */
export const keyScopes = ["models", "requests", "outcomes", "cache"] as const;

/** One of {@link keyScopes}. */
export type KeyScope = (typeof keyScopes)[number];

/** Upper bounds of what a caller may send; each refused with a clear 4xx. */
export interface RequestLimits {
  /** Bytes of a body. Default 32 MiB. */
  readonly bodyBytesMax: number;
  /** Nesting depth of a body. Default 128. */
  readonly jsonDepthMax: number;
  /** Bytes of a provider's whole answer. Default 64 MiB. */
  readonly replyBytesMax: number;
  /** Requests being answered at once. Default 4,096. */
  readonly inFlightMax: number;
}

/** Settings of the ledger. */
export interface LedgerSettings {
  readonly durability: "strict" | "relaxed";
  /** Longest wait of a request for its sync. Default 250. */
  readonly syncWaitMsMax: number;
  /** Rows kept in memory while the disk stalls. Default 100,000. */
  readonly spoolRowsMax: number;
  /** Rows older than this are deleted. Default 400. */
  readonly retentionDays: number;
}

/** The stores an answer can be kept in. */
export const answerStoreNames = ["memory", "sqlite", "redis", "postgres"] as const;

/** Where the answers of all routes are kept. */
export interface CacheSettings {
  /** Default sqlite: `answers.sqlite` in the data directory. `redis` and `postgres` are shared by all gateways that name the same. */
  readonly store: (typeof answerStoreNames)[number];
  /** Bytes of the tier in this process's memory. Default 256 MiB. */
  readonly memoryBytesMax: number;
  /** Bytes in the store behind it. Default 1 GiB. */
  readonly bytesMax: number;
  /** Address of the server, `redis://` or `postgres://`; holds a secret. Null where there is none. */
  readonly url: string | null;
  /** Before every name in a shared server, so that two installations keep apart. Default farthing. */
  readonly prefix: string;
  /** Longest wait for the store behind the tier; then the request goes on without. Default 20. */
  readonly waitMsMax: number;
  /** Price of an hour of one processor, for the cost of lookups. Default $0.04. */
  readonly cpuHourPicoUsd: PicoUsd;
}

/** How full requests and replies are kept. */
export interface BodySettings {
  /** The secret that everything is encrypted with; at least 32 characters. */
  readonly key: string;
  /** Older bodies are deleted. Default 365. */
  readonly retentionDays: number;
}

/** How the process reaches providers. */
export interface NetworkSettings {
  /** Proxy for https origins (HTTPS_PROXY), or null. */
  readonly httpsProxy: string | null;
  /** Origins reached without the proxy (NO_PROXY), host names or suffixes starting with a dot. */
  readonly noProxy: readonly string[];
  /** PEM text of certificate authorities trusted beside the built-in ones, or null. */
  readonly extraCa: string | null;
  /** Where that text came from, to be shown in its place; null when there is none. */
  readonly extraCaFile?: string | null;
  /** Connections held open to each origin. Default 256. */
  readonly connectionsPerOrigin: number;
}

/** The whole config, resolved: defaults filled in, secrets read, names joined. Secrets are in here: never print it, print its source. */
export interface FarthingConfig {
  /** Counts up with every reload that took. */
  readonly generation: number;
  /** File it came from, or null for defaults. */
  readonly file: string | null;
  readonly traffic: ListenAddress;
  readonly admin: ListenAddress;
  /** Callers may bring their own provider key. By default only while traffic listens on loopback; absent means that default. */
  readonly allowOwnKeys?: boolean;
  /** Directory of ledger, keys and switches; created with mode 0700. */
  readonly dataDirectory: string;
  readonly endpoints: readonly Endpoint[];
  /** Which endpoint serves a dialect when no rule says otherwise, by endpoint id. */
  readonly defaultEndpoints: Readonly<Partial<Record<DialectName, string>>>;
  /** In order; the last matches everything. */
  readonly routes: readonly Route[];
  readonly limits: RequestLimits;
  readonly ledger: LedgerSettings;
  readonly network: NetworkSettings;
  /** The operator's own price documents, in order; they go over the bundled ones. Absent: none. */
  readonly prices?: readonly unknown[];
  /** Price documents that `farthing prices update` took: in place of the bundled ones of the same vendors. Absent: none. */
  readonly priceUpdate?: readonly unknown[];
  /** In order; absent: none. */
  readonly budgets?: readonly Budget[];
  /** Where their balances are kept, absolute; absent: the data directory. Gateways of one machine that name the same share budgets. */
  readonly balancesDirectory?: string;
  /** Absent: the usual ones. */
  readonly cache?: CacheSettings;
  /** Absent: no route keeps bodies. */
  readonly bodies?: BodySettings;
  /** Absent: the usual ones, to the log. */
  readonly alerts?: AlertSettings;
  /** Zone of daily figures, alerts and calendar windows that name none; absent: UTC. */
  readonly zone?: string;
  /** Where those came from, absolute, to be shown in their place. */
  readonly priceFiles?: readonly string[];
  /** Milliseconds that open requests get after SIGTERM. Default 30,000. */
  readonly drainMs: number;
}
