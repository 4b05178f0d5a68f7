/**
 * An amount of money in pico-dollars (1e-12 USD), signed. The only representation of money in the code: a price
 * of $0.05 per million tokens is 50,000 pico-dollars a token, so every published price is a whole number.
 * Never a float: 2^53 pico-dollars is only $9,007. In JSON it travels as a decimal string.
 */
export type PicoUsd = bigint;

/** Pico-dollars in one dollar. */
export const picoUsdPerUsd: PicoUsd = 1_000_000_000_000n;

/**
 * How an amount was arrived at. `priced`: every token class had a price and the provider reported the usage.
 * `estimated`: a price of low confidence or an estimated usage took part. `unpriced`: no price is known; the
 * amount is null, never zero, and an alarm counts it. `free`: nothing was bought (an answer from the cache).
 */
export type CostState = "priced" | "estimated" | "unpriced" | "free";

/** What something cost. `picoUsd` is null exactly when `state` is `unpriced`. */
export interface Cost {
  readonly state: CostState;
  readonly picoUsd: PicoUsd | null;
}

/**
 * How a saving is known. `measured`: the same usage, another price or no call. `modelled`: another model's usage, or an
 * estimate, stands in. `projected`: it did not happen yet.
 */
export type SavingMethod = "measured" | "modelled" | "projected";

/**
 * Why a part of baseline minus cost may belong to no technique: the whole list. `price-moved`: the model's price changed
 * between the request's arrival, whose prices the baseline is reckoned at, and the call.
 */
export const residualCauses = ["price-moved"] as const;

/** One of {@link residualCauses}. */
export type ResidualCause = (typeof residualCauses)[number];

/** What one technique saved on one request; negative when it cost more than it saved. */
export interface Saving {
  /** A stage's name, or `residual:` and a cause of {@link residualCauses}. */
  readonly technique: string;
  /** What it saved given the techniques before it in the pipeline: these add up. */
  readonly picoUsd: PicoUsd;
  readonly method: SavingMethod;
  /**
   * What the request would have cost more had this technique alone been off; absent when that is `picoUsd`. Such amounts
   * do not add up: what one technique leaves undone another does.
   */
  readonly aloneOffPicoUsd?: PicoUsd;
}
