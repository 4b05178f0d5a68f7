/** What a caller asks of the caches for one request. Every wish tightens what the route allows; none widens it. */
export interface CacheControl {
  /** False: a fresh answer is wanted; it may be stored. */
  readonly lookUp: boolean;
  /** False: nothing of this request is kept, and nothing kept is given. */
  readonly store: boolean;
  /** Oldest stored answer that is welcome, milliseconds; null: whatever the route allows. */
  readonly maxAgeMs: number | null;
  /** A stored answer has to be fresh for this much longer, milliseconds; null: no such wish. */
  readonly minFreshMs: number | null;
  /** Longest life of what is stored, milliseconds; null: the route's. */
  readonly ttlMsMax: number | null;
  /** Answers of other namespaces are not given to this request; null: none named. At most 128 characters. */
  readonly namespace: string | null;
}

/** Of a caller that said nothing. */
export const noCacheWishes: CacheControl = {
  lookUp: true,
  store: true,
  maxAgeMs: null,
  minFreshMs: null,
  ttlMsMax: null,
  namespace: null,
};
