import type { Quirks } from "./quirks.ts";
import type { DialectName } from "./request.ts";

/**
 * How far a vendor's row is known to hold: `live` tried against its real API, `documented` read from its pages (or the
 * source of its server), `assumed` taken over from what servers of its kind do.
 */
export const vendorStatuses = ["live", "documented", "assumed"] as const;

/** One of {@link vendorStatuses}. */
export type VendorStatus = (typeof vendorStatuses)[number];

/** What a vendor's models can do at best; a single model may do less. For choosing and for people, never for money. */
export interface Capabilities {
  /** Longest context of its models in tokens; null: depends on what is deployed, or no page that was read tells. */
  readonly contextTokensMax: number | null;
  readonly tools: boolean;
  readonly vision: boolean;
  readonly documents: boolean;
  readonly reasoning: boolean;
  readonly embeddings: boolean;
  readonly batch: boolean;
  /** How it caches prompts: by itself, where breakpoints say so, both, or not at all. */
  readonly promptCache: "automatic" | "breakpoints" | "both" | "none";
}

/** What is known of a vendor before any config: a row of `providers/vendors/<id>.json`. Vendors are data, never branches in code. */
export interface VendorRow {
  /** Lower case, as in the price book: `openai`. */
  readonly id: string;
  /** For people: `OpenAI`. */
  readonly name: string;
  /**
   * Where its API lives: scheme, host, optional port and the path before the dialect's own path (no `/v1`), no trailing
   * slash. Null: every user has an address of their own (a resource of Azure, a server at home), which the config must give.
   */
  readonly baseUrl: string | null;
  /** Wire formats it answers; the first is its own. */
  readonly dialects: readonly DialectName[];
  /** Paths that differ from the dialect's own, under the base URL: `{"openai-chat": "/chat/completions"}`. */
  readonly paths: Readonly<Partial<Record<DialectName, string>>>;
  /** Header that carries the key, lower case, and what stands before the key in it (`Bearer `, or nothing). */
  readonly keyHeader: string;
  readonly keyPrefix: string;
  /** The server takes no key unless told to. */
  readonly keyless: boolean;
  /** Response header with the vendor's own request id, lower case. */
  readonly requestIdHeader: string;
  readonly quirks: Quirks;
  readonly capabilities: Capabilities;
  readonly status: VendorStatus;
  /** Pages that the row was read from: `address (date of reading): what was read there`. */
  readonly sources: readonly string[];
}
