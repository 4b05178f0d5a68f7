/**
 * Finds the fields of a JSON object in its bytes, so that one value can be replaced and every other byte stays as it
 * was: parsing and printing again would round long integers and exact decimals. The bytes must be valid JSON.
 */

/** Where one field of an object stands; offsets into the bytes, ends exclusive. */
export interface FieldSpan {
  /** The field's name, unescaped. */
  readonly name: string;
  /** The quote before the name. */
  readonly nameStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** An object found in bytes. */
export interface ObjectSpan {
  readonly fields: readonly FieldSpan[];
  /** Offset of the closing brace. */
  readonly closingBrace: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const text = new TextDecoder();

/** The object whose opening brace is the first non-blank byte at or after `from`; null when none stands there. */
export function scanJsonObject(bytes: Uint8Array, from: number): ObjectSpan | null {
  let at = skipBlank(bytes, from);
  if (bytes[at] !== openBrace) return null;
  const fields: FieldSpan[] = [];
  at = skipBlank(bytes, at + 1);
  // Each turn reads one field and moves forward, so the loop ends with the bytes.
  while (bytes[at] === quote) {
    const nameEnd = endOfString(bytes, at);
    const name = unescapedName(bytes, at, nameEnd);
    const valueStart = skipBlank(bytes, skipBlank(bytes, nameEnd) + 1);
    const valueEnd = endOfValue(bytes, valueStart);
    fields.push({ name, nameStart: at, valueStart, valueEnd });
    at = skipBlank(bytes, valueEnd);
    if (bytes[at] === comma) at = skipBlank(bytes, at + 1);
  }
  return bytes[at] === closeBrace ? { fields, closingBrace: at } : null;
}

/** The first offset at or after `from` that holds no blank. */
export function skipBlank(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** Offset after the closing quote of the string that starts at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === backslash) at += 1;
    else if (byte === quote) return at + 1;
  }
  return bytes.length;
}

function unescapedName(bytes: Uint8Array, start: number, end: number): string {
  const raw = text.decode(bytes.subarray(start, end));
  const name: unknown = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
  return typeof name === "string" ? name : "";
}

/** Offset after the value that starts at `start`; of bytes that are cut off, their end. Skips strings whole, so brackets inside them do not count. */
export function endOfValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === quote) return endOfString(bytes, start);
  if (first !== openBrace && first !== openBracket) return endOfScalar(bytes, start);
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at) - 1;
    else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return bytes.length;
}

/** A number or a word ends at a blank, a comma or a closing bracket. */
function endOfScalar(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte <= 0x20 || byte === comma || byte === closeBrace || byte === closeBracket) break;
    at += 1;
  }
  return at;
}
