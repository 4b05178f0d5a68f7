import type { Quirks } from "./quirks.ts";

/** What the writer has to know of the server it writes for. */
export interface WriteOptions {
  readonly quirks: Quirks;
}

/** A request as it goes to a provider of another dialect. */
export interface TranslatedRequest {
  readonly body: Uint8Array;
  /** With its `?`, or empty. */
  readonly query: string;
  /** Headers that the provider's dialect demands, names and values in turn. */
  readonly headers: readonly string[];
  readonly dropped: readonly string[];
  readonly approximated: readonly string[];
}
