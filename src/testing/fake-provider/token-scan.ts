/**
 * The fake provider's own tokenizer. It follows no vendor's vocabulary; it is made so that counts are plausible, cheap
 * (one pass, no allocation) and easy to work out by hand:
 *
 * - a run of letters costs one token per `lettersPerToken` letters begun; letters beyond ASCII up to U+2E7F count as letters;
 * - a run of digits costs one token per three digits begun;
 * - one space before anything is free (at the very end it costs one); a longer run of spaces and tabs costs one token, a run of line ends one;
 * - every other sign costs one token, as does every CJK character and every surrogate pair (emoji).
 */

/** OpenAI-shaped models count with this many letters a token. */
export const openaiLettersPerToken = 7;
/** Anthropic-shaped models count with this many, so the same text costs more tokens there, as it really does. */
export const anthropicLettersPerToken = 5;
/** Gemini-shaped models count with this many. */
export const geminiLettersPerToken = 6;

const kindLetter = 1;
const kindDigit = 2;
const kindSpace = 3;
const kindLine = 4;
const kindSign = 5;
const kindPair = 6;

/** Kinds of the ASCII characters, looked up because this is the hot loop. */
const asciiKinds = new Uint8Array(128).map((_, code) => {
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return kindLetter;
  if (code >= 48 && code <= 57) return kindDigit;
  if (code === 32 || code === 9) return kindSpace;
  if (code === 10 || code === 13) return kindLine;
  return kindSign;
});

function kindOf(code: number): number {
  if (code < 128) return asciiKinds[code] ?? kindSign;
  if (code < 0x2e80) return kindLetter;
  if (code >= 0xd800 && code <= 0xdbff) return kindPair;
  return kindSign;
}

/** End of the token that starts at `start` (a leading single space belongs to it). */
function tokenEnd(text: string, start: number, lettersPerToken: number): number {
  let at = start;
  let kind = kindOf(text.charCodeAt(at));
  if (kind === kindSpace) {
    while (at < text.length && kindOf(text.charCodeAt(at)) === kindSpace) at += 1;
    if (at - start > 1 || at === text.length) return at;
    kind = kindOf(text.charCodeAt(at));
  }
  const first = at;
  at += kind === kindPair ? 2 : 1;
  if (kind === kindLetter) {
    while (at < text.length && at - first < lettersPerToken && kindOf(text.charCodeAt(at)) === kindLetter) at += 1;
  } else if (kind === kindDigit) {
    while (at < text.length && at - first < 3 && kindOf(text.charCodeAt(at)) === kindDigit) at += 1;
  } else if (kind === kindLine) {
    while (at < text.length && kindOf(text.charCodeAt(at)) === kindLine) at += 1;
  }
  return Math.min(at, text.length);
}

/** The text cut into its tokens; joined they are the text again. */
export function splitTokens(text: string, lettersPerToken: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = tokenEnd(text, at, lettersPerToken);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** Tokens of one text; the number of pieces that {@link splitTokens} would give. */
export function countTokens(text: string, lettersPerToken: number): number {
  let tokens = 0;
  for (let at = 0; at < text.length; at = tokenEnd(text, at, lettersPerToken)) tokens += 1;
  return tokens;
}

/** Distance of the points at which a prefix may be found again in OpenAI's automatic prompt cache. */
const cacheStepTokens = 128;
/** Below this an OpenAI prompt is never cached. */
const cacheStartTokens = 1_024;

/**
 * Counts and hashes a whole prompt in one pass. The hash seeds the answer and names the prefix in the prompt caches;
 * it is FNV-1a over UTF-16 units in two 32-bit lanes, not a cryptographic one.
 */
export class PromptScan {
  readonly lettersPerToken: number;
  tokens = 0;
  /** Hash of the prefix at every 128th token from the 1,024th. */
  readonly stepHashes: string[] = [];
  #low = 0x811c9dc5;
  #high = 0x9747b28c;
  #nextStep = cacheStartTokens;

  constructor(lettersPerToken: number) {
    this.lettersPerToken = lettersPerToken;
  }

  /** Adds text that the model reads. */
  text(text: string): void {
    for (let at = 0; at < text.length;) {
      const end = tokenEnd(text, at, this.lettersPerToken);
      for (let index = at; index < end; index++) this.#mix(text.charCodeAt(index));
      at = end;
      this.overhead(1);
    }
  }

  /** Adds tokens without a text: what a message or an image costs beside its words. */
  overhead(tokens: number): void {
    this.tokens += tokens;
    while (this.tokens >= this.#nextStep) {
      this.stepHashes.push(this.hash);
      this.#nextStep += cacheStepTokens;
    }
  }

  /** Marks a border (a role, a block), so that moved borders give another hash. Costs nothing. */
  mark(text: string): void {
    for (let index = 0; index < text.length; index++) this.#mix(text.charCodeAt(index) + 0x10000);
  }

  /** Hash of everything until here. */
  get hash(): string {
    return `${this.#low.toString(36)}.${this.#high.toString(36)}`;
  }

  /** 32 bits of the hash, to seed a random source with. */
  get seed(): number {
    return (this.#low ^ Math.imul(this.#high, 0x9e3779b1)) >>> 0;
  }

  #mix(unit: number): void {
    this.#low = Math.imul(this.#low ^ unit, 0x01000193) >>> 0;
    this.#high = Math.imul(this.#high ^ unit, 0x85ebca6b) >>> 0;
  }
}
