/** Called once when nobody waits any more. */
export type CancelListener = (() => void) | { handleEvent(): void };

/**
 * Tells that nobody waits for an answer any more. An AbortSignal is one; the gateway uses its own (kit/cancel-source.ts),
 * because a listener on an AbortSignal keeps a request's objects alive until the next major collection.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  /** The listener is called once at most; adding one after the abort calls nothing. */
  addEventListener(type: "abort", listener: CancelListener, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: CancelListener): void;
}
