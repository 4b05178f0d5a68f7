import type { InvoicePrice, PriceSpan } from "./invoice-prices.ts";

/** Tokens of one call as the fake provider counted them; every token is in exactly one class. */
export interface CountedTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite30m: number;
  readonly cacheWrite1h: number;
  /** Visible output; reasoning is counted apart and billed alike. */
  readonly output: number;
  readonly reasoning: number;
  /** Sound in the prompt, where it is priced apart; absent where there is none. */
  readonly inputAudio?: number;
}

/** No tokens at all: what an error is billed for. */
export const noTokens: CountedTokens = {
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite30m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};

const parsed = new Map<string, bigint>();

/**
 * Pico-dollars for one token at a price in dollars per million tokens: a millionth of a dollar is a million
 * pico-dollars, so the price's digits up to the sixth decimal are the answer.
 */
export function picoUsdPerToken(usdPerMillion: string): bigint {
  let value = parsed.get(usdPerMillion);
  if (value === undefined) {
    const [whole = "0", decimals = ""] = usdPerMillion.split(".");
    if (!/^\d+$/.test(whole + decimals) || decimals.length > 6) throw new RangeError(`not a price: ${usdPerMillion}`);
    value = BigInt(whole + decimals.padEnd(6, "0"));
    parsed.set(usdPerMillion, value);
  }
  return value;
}

function line(count: number, usdPerMillion: string): bigint {
  return count === 0 ? 0n : BigInt(count) * picoUsdPerToken(usdPerMillion);
}

/** The price that holds at a moment, milliseconds since the epoch. */
function priceOn(price: InvoicePrice, atMs: number): InvoicePrice {
  const holds = ({ from, to }: PriceSpan): boolean =>
    atMs >= Date.parse(from) && (to === undefined || atMs < Date.parse(to));
  return price.spans?.find(holds)?.price ?? price;
}

/** What a call made at `atMs` (milliseconds since the epoch) costs, in pico-dollars; null where the model has no price. */
export function invoicePicoUsd(model: InvoicePrice | null, tokens: CountedTokens, atMs: number): bigint | null {
  if (model === null) return null;
  const price = priceOn(model, atMs);
  const inputAudio = tokens.inputAudio ?? 0;
  const promptTokens =
    inputAudio + tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite30m + tokens.cacheWrite1h;
  const rates = price.long !== undefined && promptTokens > price.long.aboveTokens ? price.long.price : price;
  return (
    line(tokens.input, rates.input) +
    line(inputAudio, rates.inputAudio ?? rates.input) +
    line(tokens.cacheRead, rates.cacheRead ?? rates.input) +
    line(tokens.cacheWrite5m, rates.cacheWrite5m ?? rates.input) +
    line(tokens.cacheWrite30m, rates.cacheWrite30m ?? rates.input) +
    line(tokens.cacheWrite1h, rates.cacheWrite1h ?? rates.input) +
    line(tokens.output + tokens.reasoning, rates.output)
  );
}
