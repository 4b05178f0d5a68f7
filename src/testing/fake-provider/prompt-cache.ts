import { noTokens, type CountedTokens } from "./invoice.ts";

/** Entries that one fake provider remembers; the oldest go first. */
const entriesMax = 100_000;
const minuteMs = 60_000;

/** A place in an Anthropic prompt, or a message's end in an OpenAI one: everything until here, and what it amounts to. */
export interface PromptMark {
  readonly hash: string;
  readonly tokens: number;
  /** Set where the caller asked for an entry to end here. */
  readonly ttl: "5m" | "1h" | null;
}

/** Blocks that Anthropic looks back from a breakpoint for an older entry. */
const lookBackBlocks = 20;

/**
 * The vendors' own prompt caches, as their pages describe them. What a call finds depends on the calls before it, so
 * its tokens are a function of the request, the seed and that history; the log says what was counted.
 */
export class PromptCache {
  /** Entry -> when it ends, and the lifetime that a read renews. */
  readonly #entries = new Map<string, { readonly expiresMs: number; readonly lifetimeMs: number }>();
  readonly #nowMs: () => number;

  /** @param nowMs any clock in milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** OpenAI before GPT-5.6: automatic from 1,024 tokens, found again in steps of 128, kept 10 idle minutes, writing is free. */
  automatic(owner: string, promptTokens: number, stepHashes: readonly string[]): CountedTokens {
    let cacheRead = 0;
    for (let step = stepHashes.length - 1; step >= 0 && cacheRead === 0; step--) {
      if (this.#has(`${owner} ${stepHashes[step]}`)) cacheRead = 1_024 + 128 * step;
    }
    for (const hash of stepHashes) this.#keep(`${owner} ${hash}`, 10 * minuteMs);
    return { ...noTokens, input: promptTokens - cacheRead, cacheRead };
  }

  /** Gemini's implicit cache: as OpenAI's automatic one, but prefixes shorter than the model's minimum are not found. */
  prefixed(owner: string, promptTokens: number, stepHashes: readonly string[], tokensMin: number): CountedTokens {
    const found = this.automatic(owner, promptTokens, stepHashes);
    return found.cacheRead >= tokensMin ? found : { ...noTokens, input: promptTokens };
  }

  /** OpenAI from GPT-5.6 on, implicit mode: matched at the ends of messages only, one entry written at the last of them, kept 30 minutes. */
  implicit(owner: string, promptTokens: number, ends: readonly PromptMark[]): CountedTokens {
    const last = ends.at(-1);
    if (last === undefined || last.tokens < 1_024) return { ...noTokens, input: promptTokens };
    const found = ends.findLast((mark) => mark.tokens >= 1_024 && this.#has(`${owner} ${mark.hash}`));
    const cacheRead = found?.tokens ?? 0;
    if (found !== undefined) this.#keep(`${owner} ${found.hash}`, 30 * minuteMs);
    this.#keep(`${owner} ${last.hash}`, 30 * minuteMs);
    return { ...noTokens, input: promptTokens - last.tokens, cacheRead, cacheWrite30m: last.tokens - cacheRead };
  }

  /** Anthropic: read up to the longest known entry, written from there to each breakpoint, by that one's lifetime. */
  marked(owner: string, promptTokens: number, marks: readonly PromptMark[], tokensMin: number): CountedTokens {
    const breakpoints = marks.map((mark, index) => ({ ...mark, index })).filter((mark) => mark.ttl !== null);
    const cacheable = breakpoints.filter((mark) => mark.tokens >= tokensMin);
    const last = cacheable.at(-1);
    if (last === undefined) return { ...noTokens, input: promptTokens };
    const found = this.#longestEntry(owner, marks, cacheable);
    if (found !== null) this.#refresh(`${owner} ${found.hash}`);
    let written = found?.tokens ?? 0;
    const writes = { "5m": 0, "1h": 0 };
    for (const mark of cacheable) {
      if (mark.ttl === null || mark.tokens <= written) continue;
      writes[mark.ttl] += mark.tokens - written;
      written = mark.tokens;
      this.#keep(`${owner} ${mark.hash}`, mark.ttl === "1h" ? 60 * minuteMs : 5 * minuteMs);
    }
    return {
      ...noTokens,
      input: promptTokens - Math.max(written, last.tokens),
      cacheRead: found?.tokens ?? 0,
      cacheWrite5m: writes["5m"],
      cacheWrite1h: writes["1h"],
    };
  }

  #longestEntry(
    owner: string,
    marks: readonly PromptMark[],
    breakpoints: readonly { readonly index: number }[],
  ): PromptMark | null {
    for (const { index } of breakpoints.toReversed()) {
      for (let at = index; at >= 0 && at > index - lookBackBlocks; at--) {
        const mark = marks[at];
        if (mark !== undefined && this.#has(`${owner} ${mark.hash}`)) return mark;
      }
    }
    return null;
  }

  #has(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresMs > this.#nowMs();
  }

  #refresh(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#keep(key, entry.lifetimeMs);
  }

  #keep(key: string, lifetimeMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { expiresMs: this.#nowMs() + lifetimeMs, lifetimeMs });
    if (this.#entries.size <= entriesMax) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
