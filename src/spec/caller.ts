/** Names of the claims a caller can make about a request; also the dimensions of `farthing report --by`. */
export const claimNames = ["feature", "user", "team", "cohort", "session", "run", "step", "task", "prompt"] as const;

/** One of {@link claimNames}. */
export type ClaimName = (typeof claimNames)[number];

/**
 * What the caller says about a request. Bounded and checked, kept as the caller's claim: it never grants a right.
 * A local key may pin a claim, and then the caller's word for it is ignored.
 */
export interface Claims extends Readonly<Partial<Record<ClaimName, string>>> {
  /** At most 8 free labels. */
  readonly tags: readonly string[];
}

/**
 * Who may share a cached answer: a keyed digest of the credential that pays, or of the tenant of a local key.
 * Branded, so that no plain string is taken for one: a scope is a required argument everywhere.
 */
export type Scope = string & { readonly __scope: unique symbol };

/** Who pays for a request and how the provider will be convinced of it. */
export interface Caller {
  /** `own-key`: the caller's provider key passes through. `local-key`: the caller holds a key of ours, the server a provider key. */
  readonly kind: "own-key" | "local-key";
  /** Public id of the local key, or a short digest of the caller's own key. Never the key. */
  readonly keyId: string;
  readonly scope: Scope;
  /** The caller's own provider key, to be attached to its own vendor's endpoint only; null for a local key. */
  readonly providerKey: string | null;
  /** The one endpoint that an own key belongs to: it is never sent to another. Null for a local key. */
  readonly endpointId: string | null;
  /** Whom its key belongs to, for budgets; absent where the key does not say. */
  readonly org?: string;
  readonly project?: string;
  readonly claims: Claims;
}
