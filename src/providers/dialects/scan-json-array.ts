import { endOfValue, skipBlank } from "./scan-json-object.ts";

/** Where a value stands in the bytes; the end is exclusive. */
export interface ValueSpan {
  readonly start: number;
  readonly end: number;
}

const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

/** The elements of the JSON array whose bracket is the first byte that is not blank at or after `from`; null when none stands there. */
export function scanJsonArray(bytes: Uint8Array, from: number): readonly ValueSpan[] | null {
  let at = skipBlank(bytes, from);
  if (bytes[at] !== openBracket) return null;
  const elements: ValueSpan[] = [];
  at = skipBlank(bytes, at + 1);
  // Each turn reads one element and moves forward, so the loop ends with the bytes.
  while (at < bytes.length && bytes[at] !== closeBracket) {
    const end = endOfValue(bytes, at);
    if (end === at) return null;
    elements.push({ start: at, end });
    at = skipBlank(bytes, end);
    if (bytes[at] === comma) at = skipBlank(bytes, at + 1);
    else if (bytes[at] !== closeBracket) return null;
  }
  return bytes[at] === closeBracket ? elements : null;
}
