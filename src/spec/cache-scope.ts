import type { Scope } from "./caller.ts";

/** How far an answer is shared: among all keys of a tenant, within one credential, or with one end user only. */
export const isolations = ["tenant", "credential", "user"] as const;

/** One of {@link isolations}. */
export type Isolation = (typeof isolations)[number];

/**
 * Who may be given a stored answer. A required argument of everything that reads or writes one; there is no default and
 * no wildcard.
 */
export interface CacheScope {
  /** The tenant of a local key, or the credential of a caller with a key of its own. Nothing reaches beyond it: no hit, no invalidation. */
  readonly owner: Scope;
  readonly isolation: Isolation;
  /**
   * Those who share, within the owner: the owner itself, one of its credentials or one of its users, as a keyed digest. Two
   * scopes are the same when owner and partition are.
   */
  readonly partition: Scope;
}
