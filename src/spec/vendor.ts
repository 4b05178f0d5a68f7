import type { DialectName } from "./request.ts";

/** How far a vendor's row is known to work: `tested` against its real API or a fake of it, `documented` read from its pages only. */
export type VendorStatus = "tested" | "documented";

/** What is known of a vendor before any config: a row of `providers/vendors/<id>.json`. Vendors are data, never branches in code. */
export interface VendorRow {
  /** Lower case, as in the price book: `openai`. */
  readonly id: string;
  /** For people: `OpenAI`. */
  readonly name: string;
  /** Where its API lives: scheme, host, optional port and the path before the dialect's own path (no `/v1`), no trailing slash. */
  readonly baseUrl: string;
  /** Wire formats it answers; the first is its own. */
  readonly dialects: readonly DialectName[];
  /** Header that carries the key, lower case, and what stands before the key in it (`Bearer `, or nothing). */
  readonly keyHeader: string;
  readonly keyPrefix: string;
  /** Response header with the vendor's own request id, lower case. */
  readonly requestIdHeader: string;
  /** False for servers that reject `stream_options`. */
  readonly acceptsStreamUsage: boolean;
  readonly status: VendorStatus;
}
