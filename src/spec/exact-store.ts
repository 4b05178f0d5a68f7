import type { Scope } from "./caller.ts";
import type { Usage } from "./usage.ts";

/** A stored answer. Only complete 200 replies are stored. */
export interface StoredReply {
  readonly kind: "whole" | "stream";
  readonly headers: readonly string[];
  /** The body, or the stream's pieces as they arrived; the last holds the terminal event. */
  readonly pieces: readonly Uint8Array[];
  /** What the provider counted when it was bought; the basis of the saving. */
  readonly usage: Usage;
  readonly endpointId: string;
  readonly vendor: string;
  /** The model that was asked when it was bought. */
  readonly model: string;
  /** Ledger id of the request that bought it. */
  readonly boughtBy: bigint;
  readonly storedAtMs: number;
  readonly expiresAtMs: number;
}

/** Where exact answers are kept. Keys are digests that already hold the scope; the scope is asked again all the same. */
export interface ExactStore {
  get(scope: Scope, key: string, nowMs: number): Promise<StoredReply | null> | StoredReply | null;
  /** Keeps a copy: the pieces given often are windows on far larger buffers. */
  set(scope: Scope, key: string, reply: StoredReply): Promise<void> | void;
}
