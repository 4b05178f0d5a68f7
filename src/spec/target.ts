import type { DialectName } from "./request.ts";
import type { Quirks } from "./quirks.ts";

/** A place that answers: one vendor's API under one base URL. Vendors are data; this is a vendor row joined with the config. */
export interface Endpoint {
  /** The name of the provider in the config. */
  readonly id: string;
  /** The vendor's id, as in `providers/vendors/<id>.json`; the price book is keyed by it. */
  readonly vendor: string;
  /** Scheme, host and port; provider keys are bound to it. */
  readonly origin: string;
  /** Path before the dialect's own path, without trailing slash; empty for most. */
  readonly basePath: string;
  readonly dialects: readonly DialectName[];
  /** Header that carries the key, lower case, and what stands before the key in it (`Bearer `, or nothing). */
  readonly keyHeader: string;
  readonly keyPrefix: string;
  /** Response header with the provider's own request id, lower case. */
  readonly requestIdHeader: string;
  /** Paths that differ from the dialect's own; absent: none does. */
  readonly paths?: Readonly<Partial<Record<DialectName, string>>>;
  /** Where it serves, as the price book names regions (`eu`), where its address tells and its replies do not. Absent: not known. */
  readonly region?: string;
  /** Where the server departs from its dialect. */
  readonly quirks: Quirks;
  /** A key held by the server; answers only to local keys. Null: callers bring their own. */
  readonly serverKey: string | null;
  /** The server takes no key, so local keys are served without one. Default false. */
  readonly keyless?: boolean;
}

/** A (provider, model) that can answer; choose-target orders them. */
export interface Target {
  readonly endpoint: Endpoint;
  readonly model: string;
}
