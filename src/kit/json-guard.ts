import { FarthingError } from "./farthing-error.ts";

/** Top-level names a body may hold; calls of a model have a few dozen at most. */
const namesMax = 1024;

/** Up to so many names are compared byte by byte, each with each; beyond, or once one is escaped, a set of texts is faster. */
const comparedMax = 16;

/** A name that may stand in a message: it looks like a parameter's, so it is no text of a request and no key. */
const parameterName = /^[a-z][a-z0-9_]{0,39}$/;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Refuses a body that must not reach JSON.parse: one nested deeper than `depthMax` (parsing it would block the process), or one in
 * which a top-level field stands twice (it could be read one way here and another upstream). One pass over the bytes; whether
 * they are JSON at all is left to JSON.parse, and for every body that is, the verdict is exact. `depthMax` counts brackets
 * open at once, at least 1.
 * @throws FarthingError `json_too_deep`; `duplicate_field`; `invalid_request` for more than 1,024 top-level fields.
 */
export function guardJson(bytes: Uint8Array, depthMax: number): void {
  const length = bytes.length;
  const names = new TopLevelNames(bytes);
  let depth = 0;
  let topIsObject = false;
  let keyComes = false;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = closingQuote(bytes, at + 1);
      if (keyComes) {
        keyComes = false;
        names.add(at + 1, end);
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

/** The names seen until now, as ranges of the body's bytes while they are few and plain, then as texts. */
class TopLevelNames {
  readonly #bytes: Uint8Array;
  /** Start and end in turn, between the quotes. */
  readonly #ranges: number[] = [];
  #texts: Set<string> | null = null;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws FarthingError `duplicate_field`, or `invalid_request` beyond the most names. */
  add(start: number, end: number): void {
    if (++this.#count > namesMax) throw tooMany();
    const few = this.#count <= comparedMax && !hasEscape(this.#bytes, start, end);
    if (this.#texts === null && few) {
      this.#compare(start, end);
      this.#ranges.push(start, end);
    } else this.#look(start, end);
  }

  #compare(start: number, end: number): void {
    const ranges = this.#ranges;
    for (let index = 0; index < ranges.length; index += 2) {
      const other = ranges[index] ?? 0;
      const otherEnd = ranges[index + 1] ?? 0;
      if (otherEnd - other !== end - start) continue;
      if (sameBytes(this.#bytes, other, start, end - start)) throw this.#duplicate(start, end);
    }
  }

  #look(start: number, end: number): void {
    const texts = (this.#texts ??= this.#textsOfRanges());
    const text = textOf(this.#bytes, start, end);
    if (text === null) return;
    if (texts.has(text)) throw this.#duplicate(start, end);
    texts.add(text);
  }

  #textsOfRanges(): Set<string> {
    const texts = new Set<string>();
    for (let index = 0; index < this.#ranges.length; index += 2) {
      const text = textOf(this.#bytes, this.#ranges[index] ?? 0, this.#ranges[index + 1] ?? 0);
      if (text !== null) texts.add(text);
    }
    return texts;
  }

  #duplicate(start: number, end: number): FarthingError {
    const name = textOf(this.#bytes, start, end) ?? "";
    if (!parameterName.test(name)) {
      const message = `Field number ${this.#count} of the body has the name of an earlier one. Send each field once.`;
      return new FarthingError("duplicate_field", message);
    }
    const message = `The body holds the field '${name}' twice. Send it once.`;
    return new FarthingError("duplicate_field", message, { field: name });
  }
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === backslash) return true;
  }
  return false;
}

function sameBytes(bytes: Uint8Array, first: number, second: number, size: number): boolean {
  for (let at = 0; at < size; at++) {
    if (bytes[first + at] !== bytes[second + at]) return false;
  }
  return true;
}

/** A name with its escapes resolved; null for what is no JSON string: JSON.parse refuses it later, with a better message. */
function textOf(bytes: Uint8Array, start: number, end: number): string | null {
  try {
    return String(JSON.parse(new TextDecoder().decode(bytes.subarray(start - 1, end + 1))));
  } catch {
    return null;
  }
}

function tooDeep(depthMax: number): FarthingError {
  return new FarthingError("json_too_deep", `The body is nested deeper than ${depthMax} levels. Flatten it.`);
}

function tooMany(): FarthingError {
  return new FarthingError("invalid_request", `The body has more than ${namesMax} top-level fields. Send fewer.`);
}
