/** A server of one's own: its model, and how much it takes on. */
export interface EngineLimits {
  /** The name that callers use. */
  readonly model: string;
  /** Calls that it works on at once (vLLM: `--max-num-seqs`). */
  readonly concurrency: number;
  /** Calls that may wait for a place; one more is refused. */
  readonly queueDepth: number;
  /** Tokens that fit into the cache of keys and values. */
  readonly kvCacheTokens: number;
}
