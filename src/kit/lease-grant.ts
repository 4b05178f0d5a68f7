/** Of what an account has left beyond a need, one owner gets at most the eighth part on top of it. */
const shareOfLeft = 8n;
/** Near the limit, nothing on top: less than this many times the need is left. */
const nearTimes = 64n;

/**
 * How much of a lease's wish is granted on top of the need, when the need itself fits. Far from the limit a part of what is
 * left, so that most calls are admitted without the store; near it nothing, so that no room lies idle in one process while
 * another is refused. Both stores decide by it, in the same transaction as the lease.
 *
 * @param left what the account has left before the lease; at least `needed`.
 * @param needed 0 for a lease asked ahead of need; then the wish itself is the measure of near.
 */
export function grantOnTop(left: bigint, needed: bigint, wished: bigint): bigint {
  const measure = needed > 0n ? needed : wished / shareOfLeft;
  if (left < nearTimes * measure) return 0n;
  const share = (left - needed) / shareOfLeft;
  return share < wished ? share : wished;
}
