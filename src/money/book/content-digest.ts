/**
 * A short digest of a text: two 32-bit FNV-1a hashes with different offsets over its UTF-16 units, 16 hex digits. Tells
 * versions of data apart; it protects nothing, so it must not be used where somebody could gain by a collision.
 * Constants: http://www.isthe.com/chongo/tech/comp/fnv/ (32-bit prime and offset basis).
 */
export function contentDigest(text: string): string {
  let first = 0x811c9dc5;
  let second = 0x01000193;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x01000193);
    // The second hash sees the position too, so that the two do not collide together.
    second = Math.imul(second ^ (unit + index), 0x01000193);
  }
  return hex32(first) + hex32(second);
}

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
