import { FarthingError } from "./farthing-error.ts";

/** Top-level names that decide what a call costs; standing twice, they could be read one way here and another upstream. */
const guardedNames = ["model", "messages", "max_tokens", "max_completion_tokens", "stream", "n"] as const;

/** Longest spelling of a guarded name: every character as a six-byte escape. */
const spellingBytesMax = Math.max(...guardedNames.map((name) => name.length)) * 6;

const lengthsMin = Math.min(...guardedNames.map((name) => name.length));

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Refuses a body that must not reach JSON.parse: one nested deeper than `depthMax` (parsing it would block the process), or one in
 * which a field that decides cost stands twice. One pass over the bytes; whether they are JSON at all is left to JSON.parse,
 * and for every body that is, the verdict is exact. `depthMax` counts brackets open at once, at least 1.
 * @throws FarthingError `json_too_deep`, or `duplicate_field` naming the field.
 */
export function guardJson(bytes: Uint8Array, depthMax: number): void {
  const length = bytes.length;
  let depth = 0;
  let topIsObject = false;
  let keyComes = false;
  let seen = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = closingQuote(bytes, at + 1);
      if (keyComes) {
        keyComes = false;
        const bit = bitOfName(bytes, at + 1, end);
        if ((seen & bit) !== 0) throw duplicateOf(bit);
        seen |= bit;
      }
      at = end;
    } else if (byte === comma) {
      if (depth === 1) keyComes = topIsObject;
    } else if (byte === openBrace || byte === openBracket) {
      if (++depth > depthMax) throw tooDeep(depthMax);
      if (depth === 1) keyComes = topIsObject = byte === openBrace;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth--;
    }
  }
}

/** Index of the quote that ends the string whose first byte is at `start`, or the length when none does. */
function closingQuote(bytes: Uint8Array, start: number): number {
  const length = bytes.length;
  let at = start;
  for (;;) {
    // Short strings and dense escapes: by hand. Long runs of plain text: the engine's own search.
    const stop = Math.min(at + 32, length);
    while (at < stop) {
      const byte = bytes[at];
      if (byte === quote) return at;
      at += byte === backslash ? 2 : 1;
    }
    if (at >= length) return length;
    const found = bytes.indexOf(quote, at);
    if (found === -1) return length;
    // An odd run of backslashes escapes the quote.
    let run = found - 1;
    while (run >= at && bytes[run] === backslash) run--;
    if (((found - run) & 1) === 1) return found;
    at = found + 1;
  }
}

/** One bit for each guarded name, 0 for any other; `start` to `end` are the bytes between the quotes. */
function bitOfName(bytes: Uint8Array, start: number, end: number): number {
  const spelling = end - start;
  if (spelling < lengthsMin || spelling > spellingBytesMax) return 0;
  let name = "";
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === backslash) return bitOf(unescapedName(bytes.subarray(start - 1, end + 1)));
    name += String.fromCharCode(byte);
  }
  return bitOf(name);
}

function bitOf(name: string): number {
  const index = (guardedNames as readonly string[]).indexOf(name);
  return index === -1 ? 0 : 1 << index;
}

/** A quoted name with its escapes resolved; what is no JSON string is refused by JSON.parse later, with a better message. */
function unescapedName(quoted: Uint8Array): string {
  try {
    return String(JSON.parse(new TextDecoder().decode(quoted)));
  } catch {
    return "";
  }
}

function duplicateOf(bit: number): FarthingError {
  const field = guardedNames[31 - Math.clz32(bit)] ?? "";
  const message = `The body holds the field '${field}' twice. Send it once.`;
  return new FarthingError("duplicate_field", message, { field });
}

function tooDeep(depthMax: number): FarthingError {
  return new FarthingError("json_too_deep", `The body is nested deeper than ${depthMax} levels. Flatten it.`);
}
